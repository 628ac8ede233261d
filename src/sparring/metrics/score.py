"""A score: a number with everything that decides whether it may be compared with another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from sparring.metrics.extractors import Identity

__all__ = ["Labels", "Score", "better"]

Labels = Literal["none", "trained with labels", "conditional", "unknown"]
"""How a model uses labels: not; in its discriminator only; in its generator too."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A measured value.

    Attributes:
        metric: What was measured.
        value: The number.
        low: Lower end of the interval.
        high: Upper end.
        interval: How the interval was made.
        extractor: Of the features.
        generated: Generated samples.
        real: Real samples.
        data: Which real ones: the set and the part.
        better: Which way the value is better.
        size: Height and width of pictures; the shape of other examples.
        changed: What was done to examples of another size or colour, in words; "" if nothing was.
        seed: Of the samples.
        dtype: In which the metric was computed.
        weights: `average`, the moving average of the weights, or `raw`.
        batch_norm: Which statistics batch norm used when sampling.
        labels: What the model was told of classes; the tutorial (Goodfellow 2016, section 4.1) says that models of
            different categories must not be compared. It is unknown of samples that were made elsewhere.
    """

    metric: str
    value: float
    low: float
    high: float
    interval: str
    extractor: Identity
    generated: int
    real: int
    data: str
    better: Literal["lower", "higher"] = "lower"
    size: tuple[int, ...] = ()
    changed: str = ""
    seed: int = 0
    dtype: str = "float64"
    weights: Literal["average", "raw"] = "average"
    batch_norm: str = "own samples"
    labels: Labels = "none"

    def json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


def _likeness(score: Score) -> Mapping[str, Any]:
    return asdict(replace(score, value=0.0, low=0.0, high=0.0, seed=0))


def better(a: Score, b: Score) -> bool | None:
    """Whether `a` is better than `b`; None where the intervals overlap, so that nobody knows.

    Args:
        a: A score.
        b: Another one.

    Raises:
        ValueError: They differ in something that decides the value: the message says in what.
    """
    mine, theirs = _likeness(a), _likeness(b)
    unlike = {name: (mine[name], theirs[name]) for name in mine if mine[name] != theirs[name]}
    if unlike:
        told = "; ".join(f"{name}: {one!r} and {other!r}" for name, (one, other) in unlike.items())
        raise ValueError(f"these scores cannot be compared ({told}): measure both in the same way")
    if a.low <= b.high and b.low <= a.high:
        return None
    return (a.value < b.value) == (a.better == "lower")
