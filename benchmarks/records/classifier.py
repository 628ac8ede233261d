"""Reads the test sets of MNIST and Fashion-MNIST with the classifier that ships with the package.

Usage: python benchmarks/records/classifier.py      (a minute on one core)

Needs `sparring data get mnist` and `sparring data get fashion-mnist`. tools/make_classifier.py made the weights without
reading a test set; they were committed before the first run of this script. Results: classifier.json beside this file.
Accuracy is the share of the 10,000 pictures of a set that are given their class: among the set's own ten, and
among all twenty.
"""

from __future__ import annotations

import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import torch

from sparring.data import fetching
from sparring.data.idx import read_idx
from sparring.kinds.drawing import from_bytes
from sparring.machine.files import write_atomically
from sparring.metrics.classifier import SHA256, classifier

OUT = Path(__file__).with_suffix(".json")
TARGETS = {"mnist": 0.994, "fashion-mnist": 0.92}


@torch.no_grad()
def measure(name: str, first: int) -> dict[str, float]:
    """The accuracies of a set whose classes begin at logit `first`, and what was aimed at."""
    folder = fetching.find(name)
    if folder is None:
        sys.exit(f"{name} is not here yet: sparring data get {name}")
    listing = read_idx(folder / "t10k-images-idx3-ubyte")
    pictures, network = torch.from_numpy(listing.pixels.copy()).permute(0, 3, 1, 2), classifier()
    logits = torch.cat([network(from_bytes(part)) for part in pictures.split(500)])
    y = torch.tensor(listing.labels.y)
    own = logits[:, first : first + 10].argmax(1) == y
    every = logits.argmax(1) == y + first
    found = {"among ten": own.double().mean().item(), "among twenty": every.double().mean().item()}
    return {**found, "target among ten": TARGETS[name], "pictures": len(y)}


def main() -> None:
    torch.set_num_threads(1)
    record = {
        "command": "python benchmarks/records/classifier.py",
        "trained by": "python tools/make_classifier.py",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "training seed": 1,
        "weights": SHA256,
        "test accuracy": {name: measure(name, 10 * number) for number, name in enumerate(TARGETS)},
    }
    write_atomically(OUT, json.dumps(record, indent=1).encode())
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
