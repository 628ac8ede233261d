"""Scores two things that are no model at all under the Parzen window protocol on MNIST.

Usage: python benchmarks/records/parzen.py      (under a minute on a core; `sparring data get mnist` first)

The protocol is fixed: 10,000 samples, sigma from logspace(-1, 0, 10) on the training pictures 50,000 to 50,999, the
10,000 test pictures under that sigma, pixels in [0, 1]. Only the training pictures 0 to 49,999 are used to make the
samples: 10,000 of them as they are, and each of these replaced by the mean of its 10 nearest training pictures, itself
among them. Which 10,000 and which neighbours was settled on the validation pictures. Results: parzen.json beside this.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sparring import Key
from sparring.data import digits
from sparring.data.embedded import fashion_mnist
from sparring.evaluation.record import Claim, Figure, Published, Record, stamp
from sparring.metrics.parzen import report

OUT = Path(__file__).with_suffix(".json")
NEIGHBOURS = 10
RAW, MEANS = "training pictures", "means of 10 nearest training pictures"


def published(what: str, value: float, error: float, source: str) -> Published:
    ends = {"low": value - error, "high": value + error, "interval": "standard error"}
    figure = Figure(what=f"{what}, nats", value=value, **ends)
    return Published(
        figure=figure, source=source, difference="the samples are a trained model's; the protocol is theirs"
    )


GAN = published("GAN", 225, 2, "Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661, table 1")
AAE = published("adversarial autoencoder", 340, 2, "Makhzani et al. 2015, https://arxiv.org/abs/1511.05644")


def mnist() -> tuple[Tensor, Tensor, Tensor]:
    """The pictures to make samples of, to choose sigma by, and of the test: [N, 784] in [0, 1]."""
    training, test = (digits.mnist(part)[0].flatten(1).float() / 255 for part in ("train", "t10k"))
    return training[:50_000], training[50_000:51_000], test


def few() -> tuple[Tensor, Tensor, Tensor]:
    """The same of the garments that ship."""
    x = fashion_mnist("held_out").x.flatten(1).float() / 255
    return x[:600], x[600:700], x[700:800]


def means_of_nearest(x: Tensor, training: Tensor) -> Tensor:
    """Each picture [n, D] replaced by the mean of those nearest to it, itself among them."""
    lengths = training.square().sum(dim=1)
    chunks = []
    for chunk in x.split(1000):
        nearest = (lengths - 2 * chunk @ training.T).topk(NEIGHBOURS, largest=False).indices
        chunks.append(training[nearest].mean(dim=1))
    return torch.cat(chunks)


def made(results: Mapping[str, Mapping[str, Any]], **about: Any) -> Record:
    """The record of what `report` found."""
    raw, means = (
        Figure(
            what=f"log-likelihood of {name}, nats",
            value=results[name]["mean"],
            low=results[name]["mean"] - results[name]["standard_error"],
            high=results[name]["mean"] + results[name]["standard_error"],
            interval="standard error over test pictures",
        )
        for name in (RAW, MEANS)
    )
    best = AAE.figure.value
    return Record(
        command="python benchmarks/records/parzen.py",
        seeds=(0,),
        ours=(means, raw),
        controls=(raw,),
        published=(GAN, AAE),
        claims=(
            Claim(words="What is no model beats every published one.", left=means.value, relation=">", right=best),
            Claim(words="Real pictures are worse than a published model.", left=raw.value, relation="<", right=best),
            Claim(words="Blurring real pictures raises it.", left=means.low, relation=">", right=raw.high),
        ),
        **about,
    )


def run(quick: bool = False) -> Record:
    """10,000 samples of MNIST; quickly 200 of the garments that ship."""
    torch.set_num_threads(1)
    start, (training, validation, test) = time.perf_counter(), few() if quick else mnist()
    raw = training[Key(0).permutation("samples", len(training))[: 200 if quick else 10_000]]
    samples = {RAW: raw, MEANS: means_of_nearest(raw, training)}
    results = {name: dataclasses.asdict(report(x, validation, test)) for name, x in samples.items()}
    return made(results, details=results, **stamp(time.perf_counter() - start))


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
