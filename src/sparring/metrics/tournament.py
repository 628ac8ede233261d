"""The generative adversarial metric: two trained GANs swap opponents.

Im et al. (2016), "Generating images with recurrent adversarial networks", https://arxiv.org/abs/1602.05110:

    r_test    = err(D1(x_test)) / err(D2(x_test))
    r_samples = err(D1(G2(z))) / err(D2(G1(z)))

The first wins if r_samples < 1, the second if r_samples > 1, both only if r_test is about 1: a discriminator that
overfits its training data, or calls everything generated, is no judge of generators.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["TOLERANCE", "Match", "error_rate", "ratio", "tournament"]

TOLERANCE = 1.25
"""r_test is "about 1", which the paper leaves open, if it lies between 1 / TOLERANCE and TOLERANCE.

At error rates of 20% among 1,000 samples chance alone moves it by a tenth or so.
"""


def error_rate(logits: Tensor, *, real: bool) -> float:
    """The share of samples that a discriminator takes for what they are not; a logit of exactly 0 counts half.

    Args:
        logits: Its logits [n] at the samples, above 0 for real.
        real: Whether all of them are real, or all generated.

    Raises:
        ValueError: There are none, or they are not [n] or not all numbers.
    """
    if logits.ndim != 1 or not len(logits):
        raise ValueError(f"the logits have shape {list(logits.shape)}; expected [n], n of 1 or more")
    if torch.isnan(logits).any():
        raise ValueError("the logits hold NaN: the discriminator is broken; take an older checkpoint or train again")
    verdicts = logits.double().sign().mean().item()
    return (1 - verdicts) / 2 if real else (1 + verdicts) / 2


def ratio(first: float, second: float) -> float:
    """`first` over `second`, of error rates. Nobody errs: 1, they are even. Only the second never errs: infinity."""
    if not second:
        return math.inf if first else 1.0
    return first / second


@dataclass(frozen=True)
class Match:
    """A match between two GANs.

    Attributes:
        test: The error rates of the first and the second discriminator at the same real samples, held out.
        samples: Those of the first at samples of the second generator, and of the second at those of the first.
        tolerance: How far from 1 the ratio of the first two may be, as a factor.

    Raises:
        ValueError: An error rate is not in [0, 1], or the tolerance is below 1.

    Example:
        >>> Match(test=(0.2, 0.2), samples=(0.1, 0.4)).winner
        1
    """

    test: tuple[float, float]
    samples: tuple[float, float]
    tolerance: float = TOLERANCE

    def __post_init__(self) -> None:
        if bad := [rate for rate in (*self.test, *self.samples) if not 0 <= rate <= 1]:
            raise ValueError(f"an error rate is {bad[0]}; expected shares in [0, 1]")
        if not self.tolerance >= 1:
            raise ValueError(f"the tolerance is {self.tolerance}; expected a factor of 1 or more")

    @property
    def r_test(self) -> float:
        """The ratio of errors at real samples, in [0, inf]; see `ratio`."""
        return ratio(*self.test)

    @property
    def r_samples(self) -> float:
        """The ratio of errors at each other's samples, in [0, inf]; see `ratio`."""
        return ratio(*self.samples)

    @property
    def fair(self) -> bool:
        """Whether r_test is about 1."""
        return max(self.test) <= self.tolerance * min(self.test)

    @property
    def winner(self) -> int:
        """1 or 2; 0 for a tie. The paper's rule has no margin: a win by a few samples is a win by chance."""
        if not self.fair or self.samples[0] == self.samples[1]:
            return 0
        return 1 if self.samples[0] < self.samples[1] else 2


def tournament(
    test: Sequence[float], samples: Sequence[Sequence[float]], tolerance: float = TOLERANCE
) -> dict[tuple[int, int], Match]:
    """The matches of all pairs (i, j), i < j, of K GANs.

    Args:
        test: Error rates [K] of the discriminators at the same held-out real samples.
        samples: Error rates [K, K]: row i, column j is discriminator i at samples of generator j.
        tolerance: As in `Match`.

    Raises:
        ValueError: There are fewer than two, or the sizes differ.
    """
    count = len(test)
    if count < 2 or [len(row) for row in samples] != [count] * count:
        raise ValueError(
            f"got {count} error rates at real samples and rows of {[len(row) for row in samples]} at generated ones. "
            "Expected K and K x K, with K of 2 or more"
        )
    pairs = ((i, j) for i in range(count) for j in range(i + 1, count))
    return {(i, j): Match((test[i], test[j]), (samples[i][j], samples[j][i]), tolerance) for i, j in pairs}
