"""Trains `cgan` on the pictures that ship with the package, and asks whether samples are of the class asked for.

Usage: python benchmarks/records/cgan.py      (about four minutes on one core; in runs/cgan_record)

The seed and the number of rounds were fixed before the run; nothing was tried on other seeds. The shipped classifier
says of which of its twenty classes a sample is. Controls: real held-out pictures, most of which it was trained on, and
the same samples with the classes they were asked for shuffled. Results: cgan.json beside this file; `sparring evaluate`
made the part under `evaluation`.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.cli import evaluate
from sparring.data.embedded import FASHION_CLASSES, fashion_mnist
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.metrics.classifier import classifier
from sparring.metrics.wilson import wilson
from sparring.recipes.images import cgan
from sparring.runs.session import Session

OUT = Path(__file__).with_suffix(".json")
CONFIG = cgan.Config(hold_out=0, threads=1, device="cpu")
DIGITS = 10
"""The classifier's classes before the garments."""
AIM = 0.9
"""What was aimed at before the run."""


@torch.no_grad()
def right(pictures: Tensor, y: Tensor) -> Tensor:
    """Which of the pictures [n, 1, 28, 28] are of the classes [n], as the classifier has it."""
    network = classifier()
    found = torch.cat([network(part).argmax(1) for part in pictures.clamp(-1, 1).split(256)])
    return found == y + DIGITS


def share(what: str, found: Tensor) -> Figure:
    """The share of true ones of [n], with its interval."""
    low, high = wilson(int(found.sum()), len(found))
    value = found.double().mean().item()
    return Figure(what=what, value=value, low=low, high=high, interval="95%, Wilson")


def by_class(found: Tensor, y: Tensor) -> dict[str, float]:
    """The share of true ones in each class."""
    return {name: round(found[y == i].double().mean().item(), 4) for i, name in enumerate(FASHION_CLASSES)}


def made(samples: Tensor, asked: Tensor, evaluation: Mapping[str, Any], **about: Any) -> Record:
    """The record of what was found."""
    real = fashion_mnist("held_out").batch()
    assert real.y is not None
    shuffled = asked[Key(0).permutation("shuffled", len(asked))]
    hits, real_hits = right(samples, asked), right(real.x, real.y)
    ours = share("share of samples that are of the class asked for, by the shipped classifier", hits)
    bound = share("the same of held-out pictures and their classes", real_hits)
    control = share("the same with the classes asked for shuffled", right(samples, shuffled))
    [line] = [line for line in evaluation["scores"] if line["score"]["metric"] == "Fréchet distance"]
    ends = ("value", "low", "high", "interval")
    distance, floor = (
        Figure(what=what, **{end: line[of][end] for end in ends})
        for what, of in (
            ("Fréchet distance to held-out pictures, the shipped classifier's features", "score"),
            ("the same distance, real pictures", "floor"),
        )
    )
    about["details"] |= {"by class": by_class(hits, asked), "real by class": by_class(real_hits, real.y)}
    return Record(
        command="python benchmarks/records/cgan.py",
        seeds=(0,),
        ours=(ours, distance),
        controls=(bound, control, floor),
        claims=(
            Claim(words="Nine samples of ten are of the class asked for.", left=ours.value, relation=">=", right=AIM),
            Claim(words="The class makes the difference.", left=ours.value, relation=">", right=control.high or 1.0),
        ),
        missing={"published": "nobody asks this classifier about samples of 10,000 training pictures"},
        **about,
    )


def play(config: cgan.Config, folder: Path, each: int, n: int) -> Record:
    start, used = time.perf_counter(), time.process_time()
    session = Session.create(folder, "cgan", config)
    if not session.play():
        sys.exit("interrupted: remove the run and begin again")
    seconds = {"wall": round(time.perf_counter() - start, 1), "processor": round(time.process_time() - used, 1)}
    with redirect_stdout(StringIO()):
        evaluate.main([str(folder), "--n", str(n), "--training", str(10 * n)])
    evaluation = json.loads((folder / "evaluation.json").read_text())
    asked = torch.arange(each * len(FASHION_CLASSES)) % len(FASHION_CLASSES)
    samples = session.average.sampler.settled().sample(len(asked), given=asked, seed=1)
    told = {"config": dataclasses.asdict(config), "seconds of training": seconds, "evaluation": evaluation}
    return made(samples, asked, evaluation, details=told, **stamp(time.perf_counter() - start))


def run(quick: bool = False) -> Record:
    """4,000 rounds; quickly 2 of small networks."""
    if not quick:
        return play(CONFIG, Path("runs/cgan_record"), 500, 1000)
    with tempfile.TemporaryDirectory() as folder:
        small = dataclasses.replace(CONFIG, rounds=2, batch=4, width=4, latent=4)
        return play(small, Path(folder) / "run", 10, 100)


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
