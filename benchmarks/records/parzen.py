"""Scores two things that are no model at all under the Parzen window protocol on MNIST.

Usage: python benchmarks/records/parzen.py      (three minutes on a core; `sparring data get mnist` first)

The protocol is fixed: 10,000 samples, sigma from logspace(-1, 0, 10) on the training pictures 50,000 to 50,999, the
10,000 test pictures under that sigma, pixels in [0, 1]. Only the training pictures 0 to 49,999 are used to make the
samples: 10,000 of them as they are, and each of these replaced by the mean of its 10 nearest training pictures, itself
among them. Which 10,000 and which neighbours was settled on the validation pictures. Results: parzen.json beside this.
"""

from __future__ import annotations

import dataclasses
import json
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

import torch
from torch import Tensor

from sparring import Key
from sparring.data import cache
from sparring.data.idx import read_idx
from sparring.machine.files import write_atomically
from sparring.metrics.parzen import report

OUT = Path(__file__).with_suffix(".json")
SAMPLES, NEIGHBOURS, TRAINING, VALIDATION = 10_000, 10, 50_000, 1_000


def pictures(part: str) -> Tensor:
    """MNIST, [N, 784] in [0, 1]."""
    pixels = read_idx(cache.home() / "sets" / "mnist" / f"{part}-images-idx3-ubyte").pixels
    return torch.from_numpy(pixels.copy()).flatten(1).float() / 255


def means_of_nearest(x: Tensor, training: Tensor) -> Tensor:
    """Each picture [n, D] replaced by the mean of those nearest to it, itself among them."""
    lengths = training.square().sum(dim=1)
    chunks = []
    for chunk in x.split(1000):
        nearest = (lengths - 2 * chunk @ training.T).topk(NEIGHBOURS, largest=False).indices
        chunks.append(training[nearest].mean(dim=1))
    return torch.cat(chunks)


def main() -> None:
    torch.set_num_threads(1)
    all_training, test = pictures("train"), pictures("t10k")
    training, validation = all_training[:TRAINING], all_training[TRAINING : TRAINING + VALIDATION]
    raw = training[Key(0).permutation("samples", TRAINING)[:SAMPLES]]
    results = {}
    for name, samples in (
        ("training pictures", raw),
        ("means of 10 nearest training pictures", means_of_nearest(raw, training)),
    ):
        start = time.perf_counter()
        found = dataclasses.asdict(report(samples, validation, test))
        results[name] = found | {"seconds": round(time.perf_counter() - start, 1)}
        print(name, results[name], flush=True)
    record = {
        "command": "python benchmarks/records/parzen.py",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "results": results,
    }
    write_atomically(OUT, json.dumps(record, indent=1).encode())


if __name__ == "__main__":
    main()
