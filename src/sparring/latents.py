"""Latents: the distributions a generator's input is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from sparring.chance import Chance

__all__ = ["Latent", "Normal", "Uniform"]


class Latent(Protocol):
    """A distribution over [Z]."""

    def __call__(self, chance: Chance) -> Tensor:
        """Latents [rows, Z]."""
        ...


@dataclass(frozen=True)
class Normal:
    """The standard normal distribution in `size` dimensions.

    Attributes:
        size: How many.
        name: Of the draw: two latents of one game have different names.
    """

    size: int
    name: str = "latent"

    def __call__(self, chance: Chance) -> Tensor:
        """Draws [rows, size]."""
        return chance.normal(self.name, self.size)


@dataclass(frozen=True)
class Uniform:
    """The uniform distribution on the cube (-1, 1)^size.

    Attributes:
        size: How many dimensions.
        name: Of the draw: two latents of one game have different names.
    """

    size: int
    name: str = "latent"

    def __call__(self, chance: Chance) -> Tensor:
        """Draws [rows, size]."""
        return chance.uniform(self.name, self.size) * 2.0 - 1.0
