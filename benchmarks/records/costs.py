"""Sums up what `benchmarks/costs.py` found: every cost of the tutorial and after it, for the same time on two cores.

Usage: python benchmarks/records/costs.py      (seconds; `python benchmarks/costs.py` plays the runs, in hours)

Seeds, rates and rounds were fixed in that script before the runs. Controls: the same network untrained, and real
pictures. Results: costs.json beside this file; `python tools/methods_table.py` makes the table of docs/costs.md of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scipy.stats import spearmanr

from sparring.data.embedded import fashion_mnist
from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp
from sparring.metrics.extractors import ShippedClassifier, extract
from sparring.metrics.frechet import frechet_distance
from sparring.recipes.images import dcgan

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "costs"
NAMES = (
    "dcgan",
    "minimax",
    "lsgan",
    "fgan-reverse-kl",
    "fgan-kl",
    "wgan",
    "wgan-gp",
    "cramer",
    "hinge",
    "r3gan",
    "gan2014",
)
SEEDS, HOW = (1, 2, 3), ("published", "best")
FRECHET, OTHERS = "Fréchet distance", ("precision", "recall", "density", "coverage")
RATES = ("generator_rate", "discriminator_rate", "rounds")


def read(name: str) -> list[dict[str, Any]]:
    """The results of each seed."""
    return [json.loads((RUNS / f"{name}.{seed}.json").read_text(encoding="utf-8")) for seed in SEEDS]


def scores(result: Mapping[str, Any], metric: str, of: str = "score") -> float | None:
    """What `sparring evaluate` said; None of a run that went wrong."""
    found = [line[of]["value"] for line in result.get("scores", []) if line["score"]["metric"] == metric]
    return found[0] if found else None


def correlation(result: Mapping[str, Any], player: str) -> float | None:
    """Spearman's rank correlation of a player's mean cost with the distance to held-out pictures, along a run."""
    course = result["course"]
    costs, distances = course.get(f"{player}/loss", []), course.get("held out/kernel distance", [])
    few = min(len(costs), len(distances))
    return float(spearmanr(costs[:few], distances[:few]).statistic) if few > 2 else None


def rounded(values: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else float(f"{value:.4g}") for value in values]


def row(name: str, how: str) -> dict[str, Any]:
    """What three runs of a cost gave."""
    results = read(f"{name}.{how}")
    return {
        **{key: results[0]["config"][key] for key in RATES},
        **{metric: rounded([scores(result, metric) for result in results]) for metric in (FRECHET, *OTHERS)},
        "weights at the edge": rounded([result.get("edge") for result in results]),
        **{
            f"rank correlation of the {player}'s cost with distance": rounded([correlation(r, player) for r in results])
            for player in ("discriminator", "generator")
        },
        "devices": sorted({result["device"] for result in results}),
        "went wrong": [result["error"].partition(";")[0] for result in results if "error" in result],
    }


def untrained() -> float:
    """The distance of pictures of an untrained generator."""
    config, real = dcgan.Config(device="cpu"), fashion_mnist("held_out").batch().x
    samples = dcgan.sampler(config, dcgan.open_data(config).spec).settled().sample(len(real), seed=1)
    return frechet_distance(*(extract(ShippedClassifier(), x) for x in (real, samples.clamp(-1, 1))))


def figures(rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Figure]:
    """The distances of all costs whose runs ended, those with the best rates first."""
    for how, words in (("best", "best of six pairs of rates"), ("published", "published rates")):
        for name in NAMES:
            values = rows[f"{name}, {how}"][FRECHET]
            if None not in values:
                yield over_seeds(f"{name}, {words}: Fréchet distance to 1,000 held-out pictures", values)


def rate(rows: Mapping[str, Mapping[str, Any]], name: str, how: str, key: str, what: str) -> Figure:
    """A column of one row, over the seeds."""
    return over_seeds(f"{name}, {how} rates: {what}", rows[f"{name}, {how}"][key])


def far_ahead() -> list[Figure]:
    """The distances of the two costs of 2014 against a strong discriminator."""
    words = {"nsgan": "non-saturating", "minimax": "minimax"}
    return [
        over_seeds(
            f"{word}, discriminator far ahead: Fréchet distance",
            rounded([scores(result, FRECHET) for result in read(f"{name}.strong")]),
        )
        for name, word in words.items()
    ]


def controls() -> list[Figure]:
    """The network before training, real pictures, and one run on another device."""
    again = json.loads((RUNS / f"dcgan.again.{SEEDS[0]}.json").read_text(encoding="utf-8"))
    floor = scores(read("dcgan.best")[0], FRECHET, "floor")
    return [
        Figure(what="the same network untrained: Fréchet distance to 1,000 held-out pictures", value=untrained()),
        Figure(what="1,000 real pictures: the same distance", value=floor),
        Figure(what="dcgan, best rates, seed 1, on a CPU instead of a GPU", value=scores(again, FRECHET)),
    ]


EDGE, CORRELATION = "weights at the edge", "rank correlation of the {}'s cost with distance"


def run(quick: bool = False) -> Record:
    """The record; it takes seconds, so there is no quicker one."""
    start = time.perf_counter()
    rows = {f"{name}, {how}": row(name, how) for name in NAMES for how in HOW}
    found, (first, *others), (ahead, behind) = list(figures(rows)), controls(), far_ahead()
    share = "share of the critic's weights within 1% of the largest"
    sign = "rank correlation of the {}'s cost with the distance"
    clipped, free = (rate(rows, name, "published", EDGE, share) for name in ("wgan", "wgan-gp"))
    pays, says = (
        rate(rows, name, "best", CORRELATION.format(player), sign.format(player))
        for name, player in (("dcgan", "generator"), ("wgan-gp", "discriminator"))
    )
    worst = max(figure.high for figure in found if "best" in figure.what)
    claims = (
        ("Every cost leaves the untrained network behind.", worst, "<", first.value),
        ("Where D is far ahead, the worst non-saturating run beats the best of minimax.", ahead.high, "<", behind.low),
        ("Clipping piles weights up at the edge, a gradient penalty does not.", clipped.low, ">", free.high),
        ("DCGAN's generator pays more as its pictures improve, on every seed.", pays.high, "<", 0),
        ("The critic's cost of WGAN-GP rises as pictures improve, on every seed.", says.high, "<", 0),
    )
    return Record(
        command="python benchmarks/records/costs.py",
        seeds=SEEDS,
        ours=(*found, ahead, clipped, pays, says),
        controls=(first, *others, behind, free),
        claims=tuple(Claim(words=words, left=a, relation=relation, right=b) for words, a, relation, b in claims),
        missing={"published": "nobody has measured these costs in this time, on these pictures and features"},
        details={"rows": rows},
        **stamp(time.perf_counter() - start),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
