"""An evaluation of samples: figures on features, each with an interval and beside its floor, the same of real samples.

A figure alone says nothing: that of one half of the real samples against another is what a perfect generator would get.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Literal

from torch import Tensor

from sparring.kinds.kind import Kind
from sparring.machine import progress
from sparring.metrics.bootstrap import Interval, Metric, jackknife
from sparring.metrics.divergences import counts_variation
from sparring.metrics.extractors import (
    Extractor,
    Identity,
    ShippedClassifier,
    available,
    efflite0,
    efflite0_320,
    extract,
)
from sparring.metrics.frechet import frechet_distance, frechet_extrapolated
from sparring.metrics.kernel import kernel_blocks, kernel_distance
from sparring.metrics.manifold import manifold
from sparring.metrics.score import Score
from sparring.metrics.wasserstein import exact_wasserstein, sliced_wasserstein
from sparring.metrics.wilson import wilson

__all__ = [
    "EXTRA",
    "FEATURES",
    "LEAST",
    "MEASURES",
    "QUICK",
    "Evaluation",
    "Line",
    "Measure",
    "Own",
    "check",
    "compared",
    "doubt",
    "evaluate",
    "quick",
    "suited",
]


@dataclass(frozen=True)
class Measure:
    """A figure and its interval from real and generated features [n, D].

    Attributes:
        title: What it is called.
        interval: Computes it.
        better: Which way is better.
    """

    title: str
    interval: Callable[[Tensor, Tensor], Interval]
    better: Literal["lower", "higher"] = "lower"


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
        other: Features of the other real ones, [n, D].
    """

    lines: Sequence[Line]
    real: Tensor
    generated: Tensor
    other: Tensor


def evaluate(
    real: Tensor,
    generated: Tensor,
    other: Tensor,
    extractor: Extractor,
    measures: Sequence[str],
    **about: Any,
) -> Evaluation:
    """Measures of generated samples, and their floors.

    Args:
        real: Real samples [n, ...] that the generator was not trained on, clean as their kind has them.
        generated: As many generated ones.
        other: As many other real ones, for the floor.
        extractor: Makes features of all three.
        measures: Names in `MEASURES`, such as the kind's `measures`.
        about: The other fields of `Score`.

    Raises:
        ValueError: The counts differ, or are less than `LEAST`.
    """
    check(real, generated, other, measures)
    x, y, z = (extract(extractor, part, title="features") for part in (real, generated, other))
    return compared(x, y, z, measures, extractor=extractor.identity, **about)


def compared(real: Tensor, generated: Tensor, other: Tensor, measures: Sequence[str], **about: Any) -> Evaluation:
    """Measures of features [n, D], as `evaluate` has them of samples; `about` has the extractor too."""
    check(real, generated, other, measures)
    fields = {"generated": len(generated), "real": len(real), **about}
    lines = []
    with progress.steps("evaluating", len(measures)) as advance:
        for measure in (MEASURES[name] for name in measures):
            score, floor = (_score(measure, real, part, fields) for part in (generated, other))
            lines.append(Line(score, floor))
            advance(1)
    return Evaluation(lines, real, generated, other)


def check(real: Sized, generated: Sized, other: Sized, measures: Sequence[str]) -> None:
    """Makes sure that such sets can be measured so.

    Raises:
        ValueError: The counts differ, or are less than `LEAST`; or there is no such measure.
    """
    counts = {"real": len(real), "generated": len(generated), "other real": len(other)}
    if len(set(counts.values())) > 1 or len(real) < LEAST:
        got = ", ".join(f"{number:,} {name}" for name, number in counts.items())
        raise ValueError(
            f"got samples: {got}; expected the same number of each, {LEAST} or more. Train with a larger "
            "--hold-out, or give --against more examples"
        )
    if unknown := [name for name in measures if name not in MEASURES]:
        raise ValueError(f"there is no measure {unknown[0]!r}; there are {', '.join(MEASURES)}")


def _score(measure: Measure, real: Tensor, other: Tensor, fields: Mapping[str, Any]) -> Score:
    found = measure.interval(real, other)
    ends: dict[str, Any] = {"low": found.low, "high": found.high, "interval": found.method}
    return Score(metric=measure.title, value=found.value, **ends, better=measure.better, **fields)


@dataclass(frozen=True)
class Own:
    """Samples of a kind as the vectors that the kind makes of them."""

    kind: Kind

    @property
    def identity(self) -> Identity:
        """Their name."""
        return Identity(self.kind.vector)

    def __call__(self, x: Tensor) -> Tensor:
        """Vectors [n, D] of clean samples [n, ...]."""
        return self.kind.vectors(x)


def suited(kind: Kind, shape: tuple[int, ...]) -> Extractor:
    """The best extractor for samples of a kind and a shape that is installed; else the kind's own vectors."""
    name = kind.features(shape)
    return FEATURES[name](kind) if name not in EXTRA or available() else Own(kind)


def doubt(kind: Kind, shape: tuple[int, ...], extractor: Extractor) -> str:
    """Why figures on these features may flatter samples, and what to do, in sentences; "" where they do not."""
    if extractor.identity.name != kind.vector or not kind.misleads:
        return ""
    name = kind.features(shape)
    if name not in EXTRA:
        return kind.misleads
    better = f"--features {name}" if available() else "pip install 'sparring[metrics]', then evaluate again"
    return f"{kind.misleads} Better: {better}."


def quick(kind: Kind, real: Tensor) -> Callable[[Tensor], dict[str, float]]:
    """A cheap figure of generated samples, for the course of a training: its name and its value.

    It does not depend on what is installed, so that a run can go on elsewhere.

    Args:
        kind: What they are; its `quick` is measured.
        real: Examples [n, ...] that are not trained on.
    """
    extractor: Extractor = ShippedClassifier() if kind.classified(tuple(real.shape[1:])) else Own(kind)
    name, distance = QUICK[kind.quick]
    x = extract(extractor, kind.clean(real))

    def measure(generated: Tensor) -> dict[str, float]:
        return {f"held out/{name}": distance(x, extract(extractor, kind.clean(generated)))}

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


MEASURES: Mapping[str, Measure] = {
    "frechet": Measure("Fréchet distance", _frechet),
    "frechet-unbiased": Measure("Fréchet distance, bias removed", _unbiased),
    "frechet-infinity": Measure("Fréchet distance, extrapolated", _extrapolated),
    "kernel": Measure("kernel distance", _kernel),
    "sliced": Measure("sliced Wasserstein distance", partial(_wasserstein, sliced_wasserstein)),
    "wasserstein": Measure("Wasserstein distance", partial(_wasserstein, exact_wasserstein)),
    "bigrams": Measure("total variation of bigrams", partial(_wasserstein, counts_variation)),
    "precision": Measure("precision", partial(_share, "precision"), "higher"),
    "recall": Measure("recall", partial(_share, "recall"), "higher"),
    "density": Measure("density", _density, "higher"),
    "coverage": Measure("coverage", partial(_share, "coverage"), "higher"),
}
"""What can be measured, by name."""

QUICK: Mapping[str, tuple[str, Metric]] = {
    "kernel": ("kernel distance", kernel_distance),  # no bias to speak of with few samples
    "sliced": ("sliced Wasserstein", sliced_wasserstein),
    "bigrams": ("total variation of bigrams", counts_variation),
}
"""What can be measured in training, by name: what it is called there, and itself."""

FEATURES: Mapping[str, Callable[[Kind], Extractor]] = {
    "pixels": Own,
    "classifier": lambda _: ShippedClassifier(),
    "efflite0": lambda _: efflite0(),
    "efflite0-320": lambda _: efflite0_320(),
}
"""What makes extractors for a kind, by name."""

EXTRA = frozenset({"efflite0", "efflite0-320"})
"""Those of these that need `pip install 'sparring[metrics]'`."""
