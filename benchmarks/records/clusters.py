"""Sums up what `benchmarks/clusters.py` found: clusters of colour pictures as the condition of a GAN, against none.

Usage: python benchmarks/records/clusters.py      (seconds; `python benchmarks/clusters.py play` plays the runs)

Seeds, clusters and claims were fixed in that script before the runs. Controls: clusters of pictures drawn at random,
of the same sizes; the untrained network; and as many training pictures. Results: clusters.json beside this file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "clusters"
SECONDS, SEEDS = 150, (1, 2, 3)
ROWS = {"plain": "no condition", "clusters": "100 clusters", "random": "100 clusters at random"}
DISTANCE = "Fréchet distance of 500 samples to 500 held-out pictures, EfficientNet-Lite0's 320 features"


def read(name: str) -> dict[str, Any]:
    """A result."""
    return dict(json.loads((RUNS / f"{name}.json").read_text(encoding="utf-8")))


def run(quick: bool = False) -> Record:
    """The record; it takes seconds, so there is no quicker one."""
    runs = {row: [read(f"{SECONDS}/{row}.{seed}") for seed in SEEDS] for row in ROWS}
    found, covered = (
        {row: over_seeds(f"{words}: {what}", [one[name] for one in runs[row]]) for row, words in ROWS.items()}
        for name, what in (("frechet", DISTANCE), ("coverage", "share of held-out pictures with a sample near them"))
    )
    rest = read("controls")
    controls = {name: Figure(what=f"{name}: {DISTANCE}", value=one["frechet"]) for name, one in rest.items()}
    gains = {
        row: over_seeds(f"100 clusters: taken off the distance with {ROWS[row]}, on each seed", values)
        for row in ("plain", "random")
        if (values := [a["frechet"] - b["frechet"] for a, b in zip(runs[row], runs["clusters"], strict=True)])
    }
    claims = (
        ("Clusters are nearer than no condition, on every seed.", min(gains["plain"].values), ">", 0),
        ("Clusters are nearer than random ones, on every seed.", min(gains["random"].values), ">", 0),
        (
            "No condition is nearer than the untrained network, on every seed.",
            max(found["plain"].values),
            "<",
            controls["untrained"].value,
        ),
    )
    return Record(
        command="python benchmarks/records/clusters.py",
        seeds=SEEDS,
        ours=(found["clusters"], found["plain"], covered["clusters"], covered["plain"], *gains.values()),
        controls=(found["random"], covered["random"], *controls.values()),
        missing={"published": "a setting of our own"},
        claims=tuple(Claim(words=words, left=a, relation=relation, right=b) for words, a, relation, b in claims),
        details={"seconds": SECONDS, "runs": runs},
        **stamp(sum(one["processor_seconds"] for rows in runs.values() for one in rows)),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
