"""Sums up what `benchmarks/tips.py` found: tricks, norms and remedies for lost modes, against the plain game.

Usage: python benchmarks/records/tips.py      (seconds; `python benchmarks/tips.py` plays the runs)

Seeds and settings were fixed in that script before the runs, and so were the claims. Only seeds of which all rows are
finished count. Results: tips.json beside this file, and the tables in docs/tips.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from scipy.stats import t

from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp

ROOT = Path(__file__).parents[2]
OUT, RUNS, PAGE = Path(__file__).with_suffix(".json"), ROOT / "benchmarks" / "tips", ROOT / "docs" / "tips.md"
SEEDS, DISTANCE = (1, 2, 3), "Fréchet distance to 1,000 held-out pictures"
SHARE = "share of held-out pictures with a sample near them"

OFF = ("1 without tanh", "2 minimax", "3 uniform latents", "4 one batch", "5 sparse gradients", "7 perceptrons")
"""Rows in which a trick of the plain game is left out."""

TRICKS: Mapping[str, str] = {
    "1 without tanh": "1: pictures in [-1, 1] and a tanh",
    "2 minimax": "2: the non-saturating cost, not minimax",
    "3 uniform latents": "3: normal latents, not uniform ones",
    "4 one batch": "4: real and generated batches apart",
    "5 sparse gradients": "5: no rectifiers and max pooling in D",
    "6 soft labels": "6: soft labels, 0.9 for real samples",
    "6 noisy labels": "6: one label in twenty wrong",
    "7 perceptrons": "7: convolutions, not perceptrons",
    "8 replay": "8: D also sees old pictures of G",
    "9 SGD for D": "9: SGD for D, Adam for G",
    "12 labels": "12: D learns the classes",
    "13 noise": "13: noise on D's pictures, 0.3 falling to 0",
    "14 two steps of D": "14: two steps of D",
    "15 minibatch discrimination": "15: minibatch discrimination",
    "17 dropout in G": "17: dropout in G, in training and after",
}
"""What is judged, by row: that the trick is there."""

BALANCE: Mapping[str, str] = {
    "five steps of D": "five steps of D",
    "two steps of G": "two steps of G",
    "D four times as fast": "D's rate four times as large",
    "G four times as fast": "D's rate a quarter",
    "D twice as wide": "D twice as wide",
    "D half as wide": "D half as wide",
    "D held back": "D waits while its cost is below 0.7",
}
REMEDIES: Mapping[str, str] = {
    "minibatch deviation": "minibatch standard deviation in D",
    "packing": "packs of 2 (PacGAN)",
    "feature matching": "feature matching",
    "historical averaging": "historical averaging of both players",
    "top-k": "top-k: G learns from those that D likes",
    "unrolling": "unrolling: G looks through a step of D",
}
NORMS: Mapping[str, str] = {
    "virtual in G": "virtual batch norm in G",
    "reference in G": "reference batch norm in G",
    "layer in G": "layer norm in G",
    "instance in G": "instance norm in G",
    "weight norm in both": "weight norm in both, begun by data",
    "none in G": "no norm in G",
    "spectral in D": "spectral norm in D",
    "none in D": "no norm in D",
}
TABLES: Mapping[str, Mapping[str, str]] = {
    "tricks": TRICKS, "balance": BALANCE, "remedies": REMEDIES, "norms": NORMS
}  # fmt: skip
"""Those of docs/tips.md; rows of the second to fourth are put in, not left out."""
WORDS = {row: words for rows in TABLES.values() for row, words in rows.items()}


def read(name: str) -> dict[str, Any]:
    """A result; nothing, if the run is not finished."""
    file = RUNS / f"{name.replace(' ', '-')}.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def finished() -> tuple[int, ...]:
    """The seeds of which all runs are there."""
    return tuple(seed for seed in SEEDS if all(read(f"{name}.{seed}") for name in ("plain", *WORDS)))


def gain(name: str, results: Mapping[str, Sequence[dict[str, Any]]]) -> Figure:
    """How much the trick takes off the distance, seed by seed: the mean, with the t interval of level 0.95."""
    pairs = list(zip(results["plain"], results[name], strict=True))
    sign = -1 if name in OFF else 1
    found = [round(sign * (a["frechet"] - b["frechet"]), 3) for a, b in pairs if "error" not in b]
    mean, count, what = fmean(found), len(found), f"{WORDS[name]}: taken off the distance"
    if count < 2:
        return Figure(what=what, value=mean, values=tuple(found))
    reach = float(t.ppf(0.975, count - 1)) * stdev(found) / math.sqrt(count)
    about = "t interval of the mean of paired differences, level 0.95"
    return Figure(what=what, value=mean, low=mean - reach, high=mean + reach, interval=about, values=tuple(found))


def verdict(figure: Figure) -> str:
    """In a word, from the interval."""
    if figure.low is None or figure.high is None:
        return "one seed"
    return "helps" if figure.low > 0 else "hurts" if figure.high < 0 else "not told apart"


def table(rows: Mapping[str, str], results: Mapping[str, Sequence[dict[str, Any]]]) -> str:
    """A table of docs/tips.md."""
    lines = [
        "| what | distance without | with | taken off (interval) | verdict | coverage without | with |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, words in rows.items():
        order = ("plain", name) if name not in OFF else (name, "plain")
        distances = " | ".join(mean(results[row], "frechet", 1) for row in order)
        shares = " | ".join(mean(results[row], "coverage", 2) for row in order)
        found = gain(name, results)
        ends = "" if found.low is None else f" ({found.low:+.1f} to {found.high:+.1f})"
        lines.append(f"| {words} | {distances} | {found.value:+.1f}{ends} | {verdict(found)} | {shares} |")
    return "\n".join(lines) + "\n"


def mean(runs: Sequence[dict[str, Any]], of: str, digits: int) -> str:
    """Of a figure of the runs that did not go wrong."""
    there = [run[of] for run in runs if "error" not in run]
    wrong = f", {len(runs) - len(there)} went wrong" if len(there) < len(runs) else ""
    return f"{fmean(there):.{digits}f}{wrong}" if there else "went wrong"


def claims(plain: Figure, untrained: float, gains: Mapping[str, float]) -> tuple[Claim, ...]:
    """All but the first are of means over the seeds."""
    minibatch, features = (gains[name] for name in ("15 minibatch discrimination", "feature matching"))
    made = (
        ("The plain game leaves the untrained network behind, on every seed.", plain.high, "<", untrained),
        ("Convolutions help against perceptrons in the mean.", gains["7 perceptrons"], ">", 0),
        ("To hold D back takes nothing off the distance, in the mean (4.4).", gains["D held back"], "<=", 0),
        ("Two steps of D take nothing off in the same time, in the mean (4.4).", gains["14 two steps of D"], "<=", 0),
        ("One-sided soft labels take something off, in the mean (4.2).", gains["6 soft labels"], ">", 0),
        ("Batch norm in G is nearer than no norm, in the mean (4.3).", gains["none in G"], "<", 0),
        ("Minibatch discrimination is nearer than feature matching, in the mean.", minibatch, ">", features),
    )
    return tuple(Claim(words=words, left=a, relation=relation, right=b) for words, a, relation, b in made)


def run(quick: bool = False) -> Record:
    """The record; it takes seconds, so there is no quicker one."""
    seeds = finished()
    results = {name: [read(f"{name}.{seed}") for seed in seeds] for name in ("plain", *WORDS)}
    gains = {name: gain(name, results) for name in WORDS}
    plain = over_seeds(f"plain game: {DISTANCE}", [one["frechet"] for one in results["plain"]])
    controls = read("controls")
    untrained, real = (controls[name]["frechet"] for name in ("untrained", "real"))
    return Record(
        command="python benchmarks/records/tips.py",
        seeds=seeds,
        ours=(plain, *gains.values()),
        controls=(
            Figure(what=f"untrained: {DISTANCE}", value=untrained),
            Figure(what="5,000 real training pictures: the same distance", value=real),
        ),
        claims=claims(plain, untrained, {name: found.value for name, found in gains.items()}),
        missing={"published": "the list has no numbers"}
        | ({} if len(seeds) > 1 else {"interval": "one seed has none"}),
        details={"rounds": {name: found[0]["rounds"] for name, found in results.items()}, "runs": results},
        **stamp(sum(one.get("processor_seconds", 0.0) for found in results.values() for one in found)),
    )


def main() -> None:
    made = run()
    made.write(OUT)
    results = {name: [read(f"{name}.{seed}") for seed in made.seeds] for name in ("plain", *WORDS)}
    page = PAGE.read_text(encoding="utf-8")
    for name, rows in TABLES.items():
        before, head, rest = page.partition(f"\n<!-- {name} -->\n\n")
        page = before + head + table(rows, results) + "\n" + rest[rest.index("<!-- end -->") :]
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
