"""Sums up what `benchmarks/augmentation.py` found: DCGANs on 500 pictures, with and without augmentation.

Usage: python benchmarks/records/augmentation.py      (seconds; `python benchmarks/augmentation.py` plays the runs)

Seeds, settings and rounds were fixed in that script before the runs. Only seeds of which all three runs are finished
count. Controls: no augmentation, and a table that copies the 500 pictures. Results: augmentation.json beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "augmentation"
NAMES, SEEDS = ("diff", "ada", "none"), (1, 2, 3)
DISTANCE = "Fréchet distance to 1,000 held-out pictures"
SHARE = "share of the way from training pictures to generated ones at which D puts held-out ones"


def read(name: str) -> dict[str, Any]:
    """A result."""
    return dict(json.loads((RUNS / f"{name}.json").read_text(encoding="utf-8")))


def finished() -> tuple[int, ...]:
    """The seeds of which all runs are there."""
    return tuple(seed for seed in SEEDS if all((RUNS / f"{name}.{seed}.json").exists() for name in NAMES))


def figures(name: str, runs: Sequence[dict[str, Any]]) -> tuple[Figure, Figure]:
    """The share and the distance of an augmentation, over the seeds."""
    shares = [run["overfitting"]["share"] for run in runs]
    return (
        over_seeds(f"{name}: {SHARE}", [round(share, 4) for share in shares]),
        over_seeds(f"{name}: {DISTANCE}", [run["frechet"] for run in runs]),
    )


def run(quick: bool = False) -> Record:
    """The record; it takes seconds, so there is no quicker one."""
    seeds = finished()
    results = {name: [read(f"{name}.{seed}") for seed in seeds] for name in NAMES}
    (diff, worse), (ada, between), (none, better) = (figures(name, runs) for name, runs in results.items())
    table = Figure(what=f"a table that copies the 500 pictures: {DISTANCE}", value=read("copies")["frechet"])
    claims = (
        ("The worst discriminator with diff overfits less than the best without.", diff.high, "<", none.low),
        ("The worst discriminator with ada overfits less than the best without.", ada.high, "<", none.low),
        ("In so few rounds, changing every picture makes worse samples, on every seed.", worse.low, ">", better.high),
    )
    return Record(
        command="python benchmarks/records/augmentation.py",
        seeds=seeds,
        ours=(diff, worse, ada, between),
        controls=(none, better, table),
        claims=tuple(Claim(words=words, left=a, relation=relation, right=b) for words, a, relation, b in claims),
        missing={"published": "nobody has measured these pictures in this time; the papers play for days"},
        details={"runs": results, "p of ada at the end": [run["p"][0] for run in results["ada"]]},
        **stamp(60 * sum(run["minutes"] for runs in results.values() for run in runs)),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
