"""Readings: what a loss reads of a discriminator's output."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from torch import Tensor

from sparring.penalties.critique import Critique

__all__ = ["ENERGIES", "FEATURES", "LOGITS", "Features", "Reading", "Scalars", "Witness"]

Witness = Callable[[Tensor, Tensor, Tensor], Tensor]
"""From features [B, K] at some points, at real and at generated samples to one number a point, [B]."""


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

    def seen(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """What is logged of the outputs for real and generated samples: scalars."""
        ...

    def critique(self, at: Critique) -> Critique:
        """What penalties look at, whose critic gives one number a sample."""
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
        if not (isinstance(real, Tensor) and isinstance(fake, Tensor)):
            got = f"{type(real).__name__} (real) and {type(fake).__name__} (fake)"
            raise TypeError(
                f"the logits are {got}; expected tensors [B]. To see a generator's cost alone, give the logits of "
                "`fake` twice"
            )
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

    def seen(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """The mean logits."""
        return {"real_logit": self.logits(real).mean(), "fake_logit": self.logits(fake).mean()}

    def critique(self, at: Critique) -> Critique:
        """The same."""
        return at


def blind(points: Tensor, real: Tensor, fake: Tensor) -> Tensor:
    """No witness.

    Raises:
        ValueError: Always.
    """
    raise ValueError("this loss reads features, which have no slope to penalise: give it reads = Features(witness)")


@dataclass(frozen=True)
class Features:
    """A vector for each sample, [B, K].

    Attributes:
        witness: A critic made of features, for penalties on its slope: how real a point is, as seen from the features
            of real and of generated samples.
    """

    witness: Witness = blind

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

    def seen(self, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
        """Nothing: the mean of a feature means nothing."""
        return {}

    def critique(self, at: Critique) -> Critique:
        """The witness as the critic, evaluated once more at real and at generated samples.

        Those that it is made of are samples too, and must not move with the points at which it is differentiated.

        Raises:
            ValueError: The loss has no witness.
        """

        def critic(x: Tensor) -> Tensor:
            return self.witness(at.critic(x), at.real_logits, at.fake_logits)

        real, fake = at.real.view_as(at.real), at.fake.view_as(at.fake)
        return replace(at, critic=critic, real=real, fake=fake, real_logits=critic(real), fake_logits=critic(fake))


def _remedy(logits: Tensor) -> str:
    """What brings logits to [B]."""
    if logits.ndim < 2:
        return "give one logit for each sample, and the same number of both"
    several = logits.numel() > len(logits)
    return f"end the discriminator with {'.flatten(1).mean(1)' if several else '.squeeze(1) or .flatten()'}"


LOGITS, ENERGIES, FEATURES = Scalars(), Scalars(-1), Features()
