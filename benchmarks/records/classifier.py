"""Reads the test sets of MNIST and Fashion-MNIST with the classifier that ships with the package.

Usage: python benchmarks/records/classifier.py      (some seconds on one core)

Needs `sparring data get mnist` and `sparring data get fashion-mnist`. tools/make_classifier.py made the weights without
reading a test set; they were committed before the first run of this script. Results: classifier.json beside this file.
Accuracy is the share of the 10,000 pictures of a set that are given their class: among the set's own ten, and
among all twenty. The control is a network of the same sizes that was not trained.
"""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import Tensor

from sparring import Key
from sparring.data.digits import mnist
from sparring.data.embedded import fashion_mnist
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.kinds.drawing import from_bytes
from sparring.metrics.classifier import SHA256, classifier
from sparring.metrics.wilson import wilson
from sparring.networks.convnet import ConvNet

OUT = Path(__file__).with_suffix(".json")
FIRST = {"mnist": 0, "fashion-mnist": 10}
"""The logit of a set's first class."""
TARGETS = {"mnist": 0.994, "fashion-mnist": 0.92}


def few() -> tuple[Tensor, Tensor]:
    data = fashion_mnist("held_out")
    assert data.y is not None
    return data.x[:100], data.y[:100]


@torch.no_grad()
def right(network: ConvNet, pictures: Tensor, y: Tensor, first: int) -> dict[str, int]:
    """How many pictures are given their class."""
    logits = torch.cat([network(from_bytes(part)) for part in pictures.split(500)])
    own = logits[:, first : first + 10].argmax(1) == y
    return {"among ten": int(own.sum()), "among twenty": int((logits.argmax(1) == y + first).sum())}


def accuracy(what: str, count: int, n: int) -> Figure:
    low, high = wilson(count, n)
    return Figure(what=what, value=count / n, low=low, high=high, interval=f"Wilson, level 0.95, {n:,} pictures")


def run(quick: bool = False) -> Record:
    """Both test sets; quickly 100 of the garments that ship, of which some were trained on."""
    torch.set_num_threads(1)
    start, trained = time.perf_counter(), classifier()
    with Key(0, ("initial weights",)).seeded():
        fresh = ConvNet().eval()
    sets = {"fashion-mnist": few()} if quick else {name: mnist("t10k", name) for name in TARGETS}
    counts = {name: right(trained, *data, FIRST[name]) for name, data in sets.items()}
    without = {name: right(fresh, *data, FIRST[name])["among ten"] for name, data in sets.items()}
    ours = {name: accuracy(f"accuracy, {name}", counts[name]["among ten"], len(y)) for name, (_, y) in sets.items()}
    controls = {name: accuracy(f"the same, untrained, {name}", without[name], len(y)) for name, (_, y) in sets.items()}
    aims = [
        Claim(words=f"What was aimed at on {name}.", left=figure.value, relation=">=", right=TARGETS[name])
        for name, figure in ours.items()
    ]
    better = [
        Claim(
            words=f"Training makes the difference on {name}.", left=figure.low, relation=">", right=controls[name].high
        )
        for name, figure in ours.items()
    ]
    return Record(
        command="python benchmarks/records/classifier.py",
        seeds=(1,),
        ours=tuple(ours.values()),
        controls=tuple(controls.values()),
        claims=(*aims, *better),
        missing={"published": "the aims were ours; one network for both sets was not looked for in papers"},
        details={"trained by": "python tools/make_classifier.py", "weights": SHA256, "right": counts},
        **stamp(time.perf_counter() - start),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
