"""Conditional samples class by class: are they what was asked for, and how varied are they?

Fidelity is the share of the samples asked for a class that a classifier of real examples gives this class: section 4.1
of Odena et al. (2017), https://arxiv.org/abs/1610.09585, and "GAN-test" of Shmelkov et al. (2018),
https://arxiv.org/abs/1807.09499. Diversity is the recall of Kynkäänniemi et al. (2019),
https://arxiv.org/abs/1904.06991, within the class: the share of its real examples that lie among its samples. Fidelity
alone would praise one good picture a class.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from sparring.metrics.manifold import manifold
from sparring.metrics.wilson import wilson

__all__ = ["LEAST", "Share", "fidelity", "recalls"]

LEAST = 20
"""Examples of a class in each set, below which its recall is not computed."""


@dataclass(frozen=True)
class Share:
    """A share and its interval.

    Attributes:
        value: The share.
        low: The lower end of Wilson's interval, level 0.95.
        high: The upper end.
        count: Of how many.
    """

    value: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, hits: Tensor) -> Share:
        """Of the true ones among [n], one or more."""
        return cls(hits.double().mean().item(), *wilson(int(hits.sum()), len(hits)), len(hits))


def fidelity(asked: Tensor, seen: Tensor, classes: int) -> list[Share | None]:
    """For each class, the share of samples asked for it that are seen as it; None where none was asked for.

    Args:
        asked: Classes [n] in 0..K - 1.
        seen: Those that a classifier sees in the samples, [n].
        classes: How many there are, K.

    Raises:
        ValueError: There are not as many of one as of the other, or none.
    """
    if asked.shape != seen.shape or asked.ndim != 1 or not len(asked):
        raise ValueError(f"got {list(asked.shape)} classes asked for and {list(seen.shape)} seen; expected [n] twice")
    rows = [asked == i for i in range(classes)]
    return [Share.of(seen[row] == i) if row.any() else None for i, row in enumerate(rows)]


def recalls(
    real: tuple[Tensor, Tensor], *others: tuple[Tensor, Tensor], classes: int, k: int = 3
) -> list[tuple[float | None, ...]]:
    """For each class and for each other set, the share of the real examples of the class in some ball of the other set.

    Recall depends on the sizes of sets. So in each class the first m examples of every set count, as many as the
    smallest set has; with less than `LEAST` it is None.

    Args:
        real: Features [n, D] of real examples and their classes [n].
        *others: The same of samples, and of other real examples.
        classes: How many there are.
        k: The neighbour to which the balls reach.
    """
    rows = []
    for i in range(classes):
        parts = [features[y == i] for features, y in (real, *others)]
        m = min(map(len, parts))
        first, *rest = (part[:m] for part in parts)
        rows.append(tuple(manifold(first, part, k=k, k_density=k).recall if m >= LEAST else None for part in rest))
    return rows
