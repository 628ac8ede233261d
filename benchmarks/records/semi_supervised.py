"""Sums up what `benchmarks/semi_supervised.py` found: errors on MNIST's test digits of classifiers with few labels.

Usage: python benchmarks/records/semi_supervised.py                           (seconds: of the splits that are finished)
       python benchmarks/records/semi_supervised.py --labels 100 --split 3    (plays a split first, for an hour or two)

Options are those of `benchmarks/semi_supervised.py`. Splits were fixed before the runs, and settings were chosen on
other splits with held-out training digits. Errors are of the last checkpoint. Splits that are not finished are named in
the details. Controls: the same classifier of the labelled digits alone, and one that was not trained. Results:
semi_supervised.json beside this file.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

from sparring.evaluation.record import Claim, Figure, Published, Record, over_seeds, stamp

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "semi_supervised"
NAMES = {
    "semi": "GAN with feature matching",
    "exact": "the same with the authors' settings",
    "minibatch": "GAN with minibatch discrimination",
    "catgan": "CatGAN",
    "vat": "virtual adversarial training",
    "supervised": "the same classifier, labels alone",
}
LABELS, SPLITS = (20, 50, 100, 200), range(10)
UNTRAINED = Figure(what="errors of 10,000 where one class is always named: the largest of ten", value=8865)


def paper(what: str, value: float, labels: int, spread: str = "not given") -> Published:
    """A row of table 1 of the paper."""
    return Published(
        figure=Figure(what=f"errors, {what}, {labels} labels; deviation over splits: {spread}", value=value),
        source="Salimans et al. 2016, https://arxiv.org/abs/1606.03498, table 1",
        difference="10 other splits; the authors train for 300 epochs; the other methods have other networks",
    )


PUBLISHED = (
    paper("feature matching", 1677, 20, "452"),
    paper("feature matching", 221, 50, "136"),
    paper("feature matching", 93, 100, "6.5"),
    paper("feature matching", 90, 200, "4.2"),
    paper("virtual adversarial training", 212, 100),
    paper("CatGAN", 191, 100, "10"),
)


def read(method: str, labels: int) -> dict[int, dict[str, Any]]:
    """The finished splits of a method by their numbers."""
    files = {split: RUNS / f"{method}.{labels}.{split}.json" for split in SPLITS}
    return {split: json.loads(file.read_text(encoding="utf-8")) for split, file in files.items() if file.exists()}


def figure(method: str, labels: int, runs: dict[int, dict[str, Any]]) -> Figure:
    """The mean of the splits that are finished."""
    assert len({json.dumps(one["setting"]) for one in runs.values()}) == 1, f"{method}: splits differ in their settings"
    return over_seeds(f"{labels} labels, {NAMES[method]}: errors of 10,000", [run["test"] for run in runs.values()])


def run(quick: bool = False) -> Record:
    """The record; it takes seconds, so there is no quicker one."""
    start = time.perf_counter()
    found = {(m, n): runs for n in LABELS for m in NAMES if (runs := read(m, n))}
    figures = {key: figure(*key, runs) for key, runs in found.items()}
    played = 60 * sum(one["processor_minutes"] for runs in found.values() for one in runs.values())
    claims = []
    for (method, labels), runs in found.items():
        same = {split: one for split, one in read("supervised", labels).items() if split in runs}
        words, right = f"{labels} labels, fewer errors than one class always named: {NAMES[method]}.", UNTRAINED.value
        if method != "supervised" and same.keys() == runs.keys():
            words = f"{labels} labels, fewer errors than labels alone on the same splits: {NAMES[method]}."
            right = figure("supervised", labels, same).value
        claims.append(Claim(words=words, left=figures[method, labels].value, relation="<", right=right))
    return Record(
        command="python benchmarks/records/semi_supervised.py",
        seeds=tuple(sorted({split for runs in found.values() for split in runs})),
        ours=tuple(figures.values()),
        controls=(UNTRAINED,),
        published=PUBLISHED,
        claims=tuple(claims),
        details={
            "runs": [one for runs in found.values() for one in runs.values()],
            "missing": [f"{m}.{n}.{s}" for m in NAMES for n in LABELS for s in SPLITS if s not in read(m, n)],
        },
        **stamp(time.perf_counter() - start + played),
    )


def main() -> None:
    if sys.argv[1:]:
        spec = importlib.util.spec_from_file_location("semi_supervised", RUNS.with_suffix(".py"))
        assert spec is not None
        assert spec.loader is not None
        player = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(player)
        player.main()
        if "--validate" in sys.argv:
            return
    run().write(OUT)


if __name__ == "__main__":
    main()
