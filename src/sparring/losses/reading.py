"""Readings: what a loss reads of a discriminator's output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

__all__ = ["ENERGIES", "FEATURES", "LOGITS", "Features", "Reading", "Scalars"]


class Reading(Protocol):
    """What a loss reads of a discriminator's output."""

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Raises ValueError unless both are of this kind."""
        ...

    def shape(self, n: int) -> tuple[int, ...]:
        """The shape of such an output for `n` samples."""
        ...

    def logits(self, output: Tensor) -> Tensor | None:
        """Logits [B], the more real the larger, if the output says so much; else None."""
        ...


@dataclass(frozen=True)
class Scalars:
    """One number a sample, [B]: logits (any real numbers, before any sigmoid) or energies.

    Attributes:
        sign: 1 where real samples have the larger number, -1 where they have the smaller one.
        middle: The number that says neither "real" nor "generated".
    """

    sign: int = 1
    middle: float = 0.0

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Refuses other shapes: a logit [B, 1] against [B] would broadcast to [B, B] and still train."""
        if real.ndim != 1 or real.shape != fake.shape:
            raise ValueError(
                f"the logits have shapes {list(real.shape)} (real) and {list(fake.shape)} (fake); expected [B] twice: "
                + _remedy(real if real.ndim != 1 else fake)
            )

    def shape(self, n: int) -> tuple[int, ...]:
        """[n]."""
        return (n,)

    def logits(self, output: Tensor) -> Tensor:
        """The numbers, so turned and moved that real samples have the larger ones, and 0 says nothing."""
        return self.sign * (output - self.middle)


@dataclass(frozen=True)
class Features:
    """A vector for each sample, [B, K]."""

    def check(self, real: Tensor, fake: Tensor) -> None:
        """Refuses other shapes."""
        if real.ndim != 2 or real.shape != fake.shape:
            raise ValueError(
                f"the features have shapes {list(real.shape)} (real) and {list(fake.shape)} (fake); expected [B, K] "
                "twice: end the discriminator with .flatten(1)"
            )

    def shape(self, n: int) -> tuple[int, ...]:
        """[n, 5], for tests."""
        return (n, 5)

    def logits(self, output: Tensor) -> None:
        """None: features do not say what is real."""


def _remedy(logits: Tensor) -> str:
    """What brings logits to [B]."""
    if logits.ndim < 2:
        return "give one logit for each sample, and as many samples of both"
    several = logits.numel() > len(logits)
    return f"end the discriminator with {'.flatten(1).mean(1)' if several else '.squeeze(1) or .flatten()'}"


LOGITS, ENERGIES, FEATURES = Scalars(), Scalars(-1), Features()
