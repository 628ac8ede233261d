"""An evaluation of samples: figures on features, each with an interval and beside its floor, the same of real samples.

A figure alone says nothing: that of one half of the real samples against another is what a perfect generator would get.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from torch import Tensor

from sparring import progress
from sparring.metrics.bootstrap import Interval, jackknife
from sparring.metrics.extractors import Extractor, Pixels, ShippedClassifier, extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.kernel import kernel_blocks, kernel_distance
from sparring.metrics.manifold import manifold
from sparring.metrics.score import Score
from sparring.metrics.wilson import wilson

__all__ = ["FEATURES", "LEAST", "MEASURES", "Line", "evaluate"]

Measure = Callable[[Tensor, Tensor], Interval]
"""A figure and its interval from real and generated features, [n, D] each."""

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


def evaluate(real: Tensor, generated: Tensor, other: Tensor, extractor: Extractor, **about: Any) -> list[Line]:
    """All measures of generated samples, and their floors.

    Args:
        real: Real samples [n, ...] that the generator was not trained on, pictures in [-1, 1].
        generated: As many generated ones.
        other: As many other real ones, for the floor.
        extractor: Makes features of all three.
        about: The other fields of `Score`.

    Raises:
        ValueError: The counts differ, or are less than `LEAST`.
    """
    counts = {"real": len(real), "generated": len(generated), "other real": len(other)}
    if len(set(counts.values())) > 1 or len(real) < LEAST:
        raise ValueError(f"got samples {counts}; expected as many of each, {LEAST} or more")
    x, y, z = (extract(extractor, part) for part in (real, generated, other))
    fields = {"extractor": extractor.identity, "generated": len(y), "real": len(x), **about}
    lines = []
    with progress.steps("evaluating", len(MEASURES)) as advance:
        for name, measure in MEASURES.items():
            score, floor = (_score(name, measure(x, part), fields) for part in (y, z))
            lines.append(Line(score, floor))
            advance(1)
    return lines


def _score(name: str, found: Interval, fields: Mapping[str, Any]) -> Score:
    return Score(metric=name, value=found.value, low=found.low, high=found.high, interval=found.method, **fields)


# Several measures come from one computation: it is kept for the two pairs at hand, generated and other real samples.
_manifold = lru_cache(maxsize=2)(manifold)
_unbiased = lru_cache(maxsize=2)(partial(jackknife, frechet_distance))


def _frechet(real: Tensor, generated: Tensor) -> Interval:
    """At this count, which is above the truth; the jackknife's standard error."""
    found = _unbiased(real, generated)
    value, reach = frechet_distance(real, generated), (found.high - found.low) / 2
    return Interval(value, value - reach, value + reach, f"{found.method}, around the value at this count")


def _kernel(real: Tensor, generated: Tensor) -> Interval:
    blocks = kernel_blocks(real, generated, size=len(real) // 10)
    value, reach = kernel_distance(real, generated), 1.96 * blocks.error
    return Interval(value, value - reach, value + reach, f"normal, {blocks.count} blocks, level 0.95")


def _share(name: str, real: Tensor, generated: Tensor) -> Interval:
    value = getattr(_manifold(real, generated), name)
    low, high = wilson(value * len(real), len(real))
    return Interval(value, low, high, "Wilson, as if samples were independent, level 0.95")


MEASURES: Mapping[str, Measure] = {
    "Frechet distance": _frechet,
    "Frechet distance, bias removed": _unbiased,
    "kernel distance": _kernel,
    "precision": lambda x, y: _share("precision", x, y),
    "recall": lambda x, y: _share("recall", x, y),
    "coverage": lambda x, y: _share("coverage", x, y),
}
"""What is measured, by name."""

FEATURES: Mapping[str, Callable[[], Extractor]] = {"pixels": Pixels, "classifier": ShippedClassifier}
"""Extractors by name."""
