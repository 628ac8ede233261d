"""Sums up what `benchmarks/features_or_minibatches.py` found: feature matching against minibatch discrimination.

Usage: python benchmarks/records/features_or_minibatches.py     (seconds; that script plays the runs)

Section 5 of Salimans et al. (2016) says that features make the better classifier, and minibatch discrimination the
better pictures. The claims were fixed before the runs. Results: features_or_minibatches.json beside this file.
"""

from __future__ import annotations

import json
from pathlib import Path

from sparring.evaluation.record import Claim, Figure, Published, Record, over_seeds, stamp

OUT = Path(__file__).with_suffix(".json")
RUNS = Path(__file__).parents[1] / "semi_supervised" / "features_or_minibatches"
NAMES = {"semi": "feature matching", "minibatch": "minibatch discrimination", "supervised": "labels alone"}
ERRORS, LOOKS = "errors of 10,000 held-out digits", "Fréchet distance of 10,000 samples to held-out digits"
PAPER = Published(
    figure=Figure(what="errors of 10,000 test digits, feature matching, 100 labels", value=93),
    source="Salimans et al. 2016, https://arxiv.org/abs/1606.03498, table 1",
    difference="300 epochs; test digits. Of minibatch discrimination it has no figure for these digits",
)


def run(quick: bool = False) -> Record:
    """The record of the finished runs; it takes seconds, so there is no quicker one."""
    files = {method: sorted(RUNS.glob(f"{method}.*.json")) for method in NAMES}
    runs = {method: [json.loads(file.read_text(encoding="utf-8")) for file in files[method]] for method in NAMES}
    seeds = {tuple(one["seed"] for one in found) for found in runs.values()}
    assert len(seeds) == 1, f"methods have the seeds {seeds}; play the missing runs first"
    wrong = {m: over_seeds(f"{NAMES[m]}: {ERRORS}", [one["errors"] for one in found]) for m, found in runs.items()}
    looks = {m: over_seeds(f"{NAMES[m]}: {LOOKS}", [one["frechet"] for one in runs[m]]) for m in ("semi", "minibatch")}
    untrained = min(one["untrained"] for m in looks for one in runs[m])
    features, minibatches = wrong["semi"], wrong["minibatch"]
    claims = (
        ("Features make the better classifier, in the mean.", features.value, "<", minibatches.value),
        ("Minibatch discrimination makes the better pictures.", looks["minibatch"].value, "<", looks["semi"].value),
        ("Features have fewer errors than labels alone.", max(features.values), "<", min(wrong["supervised"].values)),
        ("Both generators leave untrained ones behind.", max(max(f.values) for f in looks.values()), "<", untrained),
    )
    return Record(
        command="python benchmarks/records/features_or_minibatches.py",
        seeds=seeds.pop(),
        ours=(features, minibatches, *looks.values()),
        controls=(wrong["supervised"], Figure(what=f"the nearest of untrained generators: {LOOKS}", value=untrained)),
        published=(PAPER,),
        claims=tuple(Claim(words=words, left=a, relation=relation, right=b) for words, a, relation, b in claims),
        details={"runs": runs},
        **stamp(sum(one["processor_seconds"] for found in runs.values() for one in found)),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
