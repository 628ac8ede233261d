"""Sums up what `benchmarks/stacked.py` found: how many of Stacked MNIST's thousand modes five GANs cover.

Usage: python benchmarks/records/stacked.py      (seconds; `python benchmarks/stacked.py` plays the runs)

Seeds, settings and claims were fixed before the runs. Runs that are not finished are named in the details. Controls:
stacks of held-out digits, and the same generators before the first round. Results: stacked.json beside this file, and
the table of docs/tips.md.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import Any

from sparring.evaluation.record import Claim, Figure, Published, Record, over_seeds, stamp
from sparring.metrics.stacked import stacked_floor

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "stacked"
PAGE = Path(__file__).parents[2] / "docs" / "tips.md"
HEAD, TAIL = "\n<!-- modes -->\n\n", "\n<!-- end of modes -->\n"
SEEDS, SAMPLES = (1, 2, 3), 5_000
PLAIN, OTHERS = "non-saturating GAN", {
    "packed": "packs of 2 (PacGAN)",
    "minibatch": "minibatch discrimination",
    "relativistic": "relativistic GAN with R1 and R2",
    "unrolled": "unrolled GAN, 2 steps",
}  # fmt: skip
ORDER = (*((name, ">", "plain") for name in OTHERS), ("unrolled", "<", "packed"))
"""Which of two covers more modes, as was expected before the runs."""
NAMES = {"plain": PLAIN, **OTHERS}
WORDS = {
    "covered": "modes covered, of 1,000",
    "kl_uniform": "KL to uniform, nats",
    "sure": "share of channels of which the classifier is sure",
}


def paper(what: str, value: float, kl: float) -> Published:
    """A row of PacGAN's table of small discriminators."""
    return Published(
        figure=Figure(what=f"modes of 1,000, {what}; its KL to uniform is {kl} nats", value=value),
        source="Lin et al. 2018, https://arxiv.org/abs/1712.04086, table 3, D = 1/4 G",
        difference="500,000 steps of 128 pictures or packs, rates 1e-4 and 2e-4, latents of 256 numbers, players in "
        "turn; mean of 50 runs, 25,600 samples, other networks and another classifier",
    )


PUBLISHED = (
    paper("DCGAN", 30.6, 5.99),
    paper("unrolled, 5 steps", 236.4, 4.67),
    paper("unrolled, 10 steps", 327.2, 4.66),
    paper("PacDCGAN2", 484.5, 2.61),
    paper("PacDCGAN4", 667.4, 1.81),
)


def read(name: str) -> list[dict[str, Any]]:
    """The finished runs of a method."""
    files = [RUNS / f"{name}.{seed}.json" for seed in SEEDS]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files if file.exists()]


def over(runs: Sequence[dict[str, Any]], whose: str, key: str, part: str = "found") -> Figure:
    """A number of each run that did not go wrong."""
    return over_seeds(f"{whose}: {WORDS[key]}", [float(run[part][key]) for run in runs if part in run])


def claims(runs: Mapping[str, Sequence[dict[str, Any]]], covered: Mapping[str, Figure]) -> Iterator[Claim]:
    """The order of methods, each pair over the seeds that the first of them has."""
    for name, relation, other in ORDER:
        if name in covered:
            seeds = {result["seed"] for result in runs[name] if "found" in result}
            same = [result for result in runs[other] if result["seed"] in seeds]
            words = f"Modes covered, in the mean over the same seeds: {NAMES[name]} {relation} {NAMES[other]}."
            right = over(same, NAMES[other], "covered").value
            yield Claim(words=words, left=covered[name].value, relation=relation, right=right)


def run(quick: bool = False) -> Record:
    """The record; it takes seconds, so there is no quicker one."""
    start = time.perf_counter()
    runs = {name: found for name in NAMES if (found := read(name))}
    real = json.loads((RUNS / "real.json").read_text(encoding="utf-8"))["found"]
    ours = {
        key: {
            name: over(found, NAMES[name], key) for name, found in runs.items() if any("found" in one for one in found)
        }
        for key in WORDS
    }
    floor = stacked_floor(SAMPLES)
    return Record(
        command="python benchmarks/records/stacked.py",
        seeds=tuple(seed for seed in SEEDS if any(RUNS.glob(f"*.{seed}.json"))),
        ours=tuple(figure for figures in ours.values() for figure in figures.values()),
        controls=(
            *(over(runs["plain"], "untrained generators", key, "untrained") for key in WORDS),
            *(Figure(what=f"stacks of held-out digits: {words}", value=real[key]) for key, words in WORDS.items()),
            Figure(what=f"a perfect sampler: {WORDS['covered']}, simulated", value=floor.covered.mean),
            Figure(what=f"a perfect sampler: {WORDS['kl_uniform']}, simulated", value=floor.kl_uniform.mean),
        ),
        published=PUBLISHED,
        claims=tuple(claims(runs, ours["covered"])),
        details={
            "runs": [each for found in runs.values() for each in found],
            "missing runs": [f"{n}.{s}" for s in SEEDS for n in NAMES if not (RUNS / f"{n}.{s}.json").exists()],
            "went wrong": [f"{r['method']}.{r['seed']}" for found in runs.values() for r in found if "error" in r],
            "real": real,
            "perfect": asdict(floor),
        },
        **stamp(
            time.perf_counter() - start + sum(r["seconds"]["wall"] for f in runs.values() for r in f if "seconds" in r)
        ),
    )


def table(found: Sequence[dict[str, Any]]) -> str:
    """The table of docs/tips.md, of the finished runs."""
    kept = {(one["method"], one["seed"]): one.get("found") for one in found}
    lines = [f"| method | {' | '.join(f'seed {seed}' for seed in SEEDS)} | sure of digits |", "| --- " * 5 + "|"]
    for name, title in NAMES.items():
        there = [kept.get((name, seed), {"covered": "not played"}) or {"covered": "went wrong"} for seed in SEEDS]
        sure = [one["sure"] for one in there if "sure" in one]
        cells = [*(str(one["covered"]) for one in there), f"{fmean(sure):.0%}" if sure else ""]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    made = run()
    made.write(OUT)
    before, _, after = PAGE.read_text(encoding="utf-8").partition(HEAD)
    text = before + HEAD + table(made.details["runs"]) + TAIL + after.partition(TAIL)[2]
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
