"""Plays the demo and evaluates it: a DCGAN on the pictures that ship with the package.

Usage: python benchmarks/records/demo.py      (four minutes on two cores; as `make demo`, in runs/demo_record)

The control is the same generator before its first round. Results: demo.json beside this file; `sparring evaluate` made
the part under `evaluation`.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from torch import Tensor

from sparring.cli import evaluate
from sparring.cli.held_out import some
from sparring.data.embedded import fashion_mnist
from sparring.data.streams import Data
from sparring.evaluation.measures import MEASURES, suited
from sparring.evaluation.record import Claim, Figure, Record, stamp
from sparring.metrics.extractors import extract
from sparring.metrics.nearest import nearest_pair
from sparring.recipes.images import dcgan
from sparring.runs.session import Session

OUT = Path(__file__).with_suffix(".json")
REAL = fashion_mnist("held_out")


def untrained(config: dcgan.Config, n: int) -> dict[str, Any]:
    """The Fréchet distance of the generator as it begins, as `sparring evaluate` measures it."""
    samples = dcgan.sampler(config, Data({"real": REAL}).spec).settled().sample(n, seed=1)
    extractor = suited(REAL.kind, tuple(samples.shape[1:]))
    x, y = (extract(extractor, part) for part in (some(REAL, n, 1).examples(), samples))
    found = MEASURES["frechet"].interval(x, y)
    return {"value": found.value, "low": found.low, "high": found.high, "interval": found.method}


def repeats(samples: Tensor) -> dict[str, float]:
    """How far the nearest other one is, on average, among generated pictures and among as many real ones."""
    real = some(REAL, len(samples), 1).examples()
    return {"generated": round(nearest_pair(samples), 2), "real": round(nearest_pair(real), 2)}


def made(evaluation: Mapping[str, Any], fresh: Mapping[str, Any], nearest: Mapping[str, float], **about: Any) -> Record:
    """The record of what was found."""
    lines = {line["score"]["metric"]: line for line in evaluation["scores"]}
    ends = ("value", "low", "high", "interval")
    distances = {
        name: Figure(what=f"{title}, the shipped classifier's features", **{end: line["score"][end] for end in ends})
        for name, line, title in (
            ("Fréchet", lines["Fréchet distance"], "Fréchet distance to held-out pictures"),
            ("kernel", lines["kernel distance"], "kernel distance to held-out pictures"),
        )
    }
    floor = Figure(
        what="the same Fréchet distance, real pictures",
        **{end: lines["Fréchet distance"]["floor"][end] for end in ends},
    )
    control = Figure(what="the same Fréchet distance, before training", **fresh)
    apart = Figure(what="distance to the nearest other generated picture, mean", value=nearest["generated"])
    twins = Figure(what="the same among real pictures", value=nearest["real"])
    words = "Generated pictures are as far from one another as real ones."
    return Record(
        command="python benchmarks/records/demo.py",
        seeds=(0,),
        ours=(distances["Fréchet"], distances["kernel"], apart),
        controls=(control, floor, twins),
        claims=(
            Claim(words="Training helps.", left=distances["Fréchet"].high, relation="<", right=control.low),
            Claim(words=words, left=apart.value, relation=">=", right=twins.value),
        ),
        missing={
            "interval": "the mean distance to the nearest other one has none",
            "published": "nobody measures these pictures by these features",
            **about.pop("missing", {}),
        },
        **about,
    )


def play(config: dcgan.Config, folder: Path, n: int) -> Record:
    start = time.perf_counter()
    session = Session.create(folder, "dcgan", config)
    if not session.play():
        sys.exit("interrupted: remove the run and begin again")
    with redirect_stdout(StringIO()):
        evaluate.main([str(folder), "--n", str(n), "--training", str(10 * n)])
    evaluation = json.loads((folder / "evaluation.json").read_text())
    nearest = repeats(session.average.sampler.settled().sample(n, seed=1))
    details = {"threads": config.threads, "evaluation": evaluation}
    about = stamp(time.perf_counter() - start)
    return made(evaluation, untrained(config, n), nearest, details=details, **about)


def run(quick: bool = False) -> Record:
    """The demo; quickly 2 rounds of small networks."""
    if not quick:
        return play(dcgan.DEMO, Path("runs/demo_record"), 1000)
    with tempfile.TemporaryDirectory() as folder:
        small = replace(dcgan.DEMO, rounds=2, batch=4, width=4, latent=4, hold_out=0, device="cpu", threads=1)
        return play(small, Path(folder) / "run", 100)


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
