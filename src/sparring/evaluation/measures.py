"""An evaluation of samples: figures on features, each with an interval and beside its floor, the same of real samples.

A figure alone says nothing: that of one half of the real samples against another is what a perfect generator would get.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from torch import Tensor

from sparring.machine import progress
from sparring.metrics.bootstrap import Interval, Metric, jackknife
from sparring.metrics.extractors import Extractor, Pixels, ShippedClassifier, efflite0, efflite0_320, extract
from sparring.metrics.frechet import frechet_distance, frechet_extrapolated
from sparring.metrics.kernel import kernel_blocks, kernel_distance
from sparring.metrics.manifold import manifold
from sparring.metrics.score import Score
from sparring.metrics.wasserstein import exact_wasserstein, sliced_wasserstein
from sparring.metrics.wilson import wilson

__all__ = ["FEATURES", "LEAST", "MEASURES", "Evaluation", "Line", "Measure", "evaluate", "kind", "quick", "suited"]


@dataclass(frozen=True)
class Measure:
    """A figure and its interval from real and generated features [n, D].

    Attributes:
        title: What it is called.
        interval: Computes it.
        usual: For what kinds of samples it is computed unless somebody asks for others.
    """

    title: str
    interval: Callable[[Tensor, Tensor], Interval]
    usual: frozenset[str] = frozenset()


LEAST = 100
"""Samples of each side, below which intervals mean little."""


@dataclass(frozen=True)
class Line:
    """A figure and its floor.

    Attributes:
        score: Of generated samples against real ones.
        floor: Of other real samples against the same real ones.
    """

    score: Score
    floor: Score


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        lines: Figures and floors.
        real: Features of the real samples, [n, D].
        generated: Features of the generated ones, [n, D].
    """

    lines: Sequence[Line]
    real: Tensor
    generated: Tensor


def evaluate(
    real: Tensor,
    generated: Tensor,
    other: Tensor,
    extractor: Extractor,
    measures: Sequence[str] = (),
    **about: Any,
) -> Evaluation:
    """Measures of generated samples, and their floors.

    Args:
        real: Real samples [n, ...] that the generator was not trained on, pictures in [-1, 1].
        generated: As many generated ones.
        other: As many other real ones, for the floor.
        extractor: Makes features of all three.
        measures: Names in `MEASURES`; without any, those that are usual for such samples.
        about: The other fields of `Score`.

    Raises:
        ValueError: The counts differ, or are less than `LEAST`.
    """
    counts = {"real": len(real), "generated": len(generated), "other real": len(other)}
    if len(set(counts.values())) > 1 or len(real) < LEAST:
        raise ValueError(f"got samples {counts}; expected as many of each, {LEAST} or more")
    names = measures or [name for name, measure in MEASURES.items() if kind(real) in measure.usual]
    if unknown := [name for name in names if name not in MEASURES]:
        raise ValueError(f"there is no measure {unknown[0]!r}; there are {', '.join(MEASURES)}")
    x, y, z = (extract(extractor, part, title="features") for part in (real, generated, other))
    fields = {"extractor": extractor.identity, "generated": len(y), "real": len(x), **about}
    lines = []
    with progress.steps("evaluating", len(names)) as advance:
        for measure in (MEASURES[name] for name in names):
            score, floor = (_score(measure.title, measure.interval(x, part), fields) for part in (y, z))
            lines.append(Line(score, floor))
            advance(1)
    return Evaluation(lines, x, y)


def _score(name: str, found: Interval, fields: Mapping[str, Any]) -> Score:
    return Score(metric=name, value=found.value, low=found.low, high=found.high, interval=found.method, **fields)


def kind(samples: Tensor) -> str:
    """`pictures` [n, C, H, W], or `points`."""
    return "pictures" if samples.ndim == 4 else "points"


def suited(samples: Tensor) -> Extractor:
    """The extractor for samples like these: the shipped classifier for grey pictures of 28 x 28, else the samples."""
    return FEATURES["classifier" if tuple(samples.shape[1:]) == (1, 28, 28) else "pixels"]()


def quick(real: Tensor) -> Callable[[Tensor], dict[str, float]]:
    """A cheap figure of generated samples, for the course of a training: its name and its value.

    The kernel distance for pictures, which has no bias to speak of with few samples; sliced Wasserstein for points.

    Args:
        real: Examples that are not trained on.
    """
    extractor, pictures = suited(real), kind(real) == "pictures"
    x = extract(extractor, real)
    name, distance = ("kernel distance", kernel_distance) if pictures else ("sliced Wasserstein", sliced_wasserstein)

    def measure(generated: Tensor) -> dict[str, float]:
        y = extract(extractor, generated.clamp(-1, 1) if pictures else generated)
        return {f"held out/{name}": distance(x, y)}

    return measure


# Several measures come from one computation: it is kept for the two pairs at hand, generated and other real samples.
_manifold = lru_cache(maxsize=2)(manifold)
_unbiased = lru_cache(maxsize=2)(partial(jackknife, frechet_distance))


def _around(value: float, found: Interval) -> Interval:
    """The jackknife's standard error around the value at this count, which is above the truth."""
    reach = (found.high - found.low) / 2
    return Interval(value, value - reach, value + reach, f"{found.method}, around the value at this count")


def _frechet(real: Tensor, generated: Tensor) -> Interval:
    return _around(frechet_distance(real, generated), _unbiased(real, generated))


def _extrapolated(real: Tensor, generated: Tensor) -> Interval:
    return _around(frechet_extrapolated(real, generated).value, _unbiased(real, generated))


def _wasserstein(metric: Metric, real: Tensor, generated: Tensor) -> Interval:
    return _around(metric(real, generated), jackknife(metric, real, generated, groups=10))


def _kernel(real: Tensor, generated: Tensor) -> Interval:
    blocks = kernel_blocks(real, generated, size=len(real) // 10)
    return _normal(kernel_distance(real, generated), blocks.error, f"{blocks.count} blocks")


def _normal(value: float, error: float, of: str) -> Interval:
    return Interval(value, value - 1.96 * error, value + 1.96 * error, f"normal, {of}, level 0.95")


def _share(name: str, real: Tensor, generated: Tensor) -> Interval:
    value = getattr(_manifold(real, generated), name)
    low, high = wilson(value * len(real), len(real))
    return Interval(value, low, high, "Wilson, as if samples were independent, level 0.95")


def _density(real: Tensor, generated: Tensor) -> Interval:
    found = _manifold(real, generated)
    return _normal(found.density, found.density_error, "as if generated samples were independent and real ones given")


_PICTURES, _ALL = frozenset({"pictures"}), frozenset({"pictures", "points"})

MEASURES: Mapping[str, Measure] = {
    "frechet": Measure("Frechet distance", _frechet, _PICTURES),
    "frechet-unbiased": Measure("Frechet distance, bias removed", _unbiased, _PICTURES),
    "frechet-infinity": Measure("Frechet distance, extrapolated", _extrapolated),
    "kernel": Measure("kernel distance", _kernel, _PICTURES),
    "sliced": Measure("sliced Wasserstein distance", partial(_wasserstein, sliced_wasserstein), frozenset({"points"})),
    "wasserstein": Measure("Wasserstein distance", partial(_wasserstein, exact_wasserstein), frozenset({"points"})),
    "precision": Measure("precision", partial(_share, "precision"), _ALL),
    "recall": Measure("recall", partial(_share, "recall"), _ALL),
    "density": Measure("density", _density, _ALL),
    "coverage": Measure("coverage", partial(_share, "coverage"), _ALL),
}
"""What can be measured, by name."""

FEATURES: Mapping[str, Callable[[], Extractor]] = {
    "pixels": Pixels,
    "classifier": ShippedClassifier,
    "efflite0": efflite0,
    "efflite0-320": efflite0_320,
}
"""Extractors by name."""
