"""Latents: the distributions a generator's input is drawn from, and the way from one draw to another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Protocol

import torch
from torch import Tensor

from sparring.chance import Chance

__all__ = ["Between", "Gumbel", "Latent", "Normal", "Uniform", "distribution"]


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

    def __post_init__(self) -> None:
        _check_size(self.size)

    def __call__(self, chance: Chance) -> Tensor:
        """Draws [rows, size]."""
        return chance.normal(self.name, self.size)


@dataclass(frozen=True)
class Uniform:
    """The uniform distribution on the cube (-reach, reach)^size.

    Attributes:
        size: How many dimensions.
        name: Of the draw: two latents of one game have different names.
        reach: The size of the largest number; the variance is 1 where it is the root of 3.
    """

    size: int
    name: str = "latent"
    reach: float = 1.0

    def __post_init__(self) -> None:
        _check_size(self.size)
        if not 0 < self.reach < math.inf:
            raise ValueError(f"the reach of a latent is {self.reach!r}; expected more than 0, and finite")

    def __call__(self, chance: Chance) -> Tensor:
        """Draws [rows, size]."""
        return (chance.uniform(self.name, self.size) * 2.0 - 1.0) * self.reach


@dataclass(frozen=True)
class Gumbel:
    """Standard Gumbel numbers, -log(-log u) of a uniform u: with them `layers.gumbel_softmax` draws categories.

    Attributes:
        shape: Of one row.
        name: Of the draw: two latents of one game have different names.
    """

    shape: tuple[int, ...]
    name: str = "gumbel"

    def __call__(self, chance: Chance) -> Tensor:
        """Draws [rows, *shape]."""
        return -torch.log(-torch.log(chance.uniform(self.name, *self.shape)))


@dataclass(frozen=True)
class Between:
    """Chance on the way from one chance to another. Whatever draws from it draws as likely numbers all along.

    On a straight line the middle would be nearer to 0 than draws ever are (White 2016, "Sampling generative networks",
    https://arxiv.org/abs/1609.04468, who goes along a sphere instead).

    Attributes:
        first: Where the way begins.
        second: Where it ends.
        t: How much of it is done, 0 to 1.
    """

    first: Chance
    second: Chance
    t: float

    @property
    def rows(self) -> int:
        """The number of examples."""
        return self.first.rows

    def normal(self, name: str, *row: int) -> Tensor:
        """A quarter of an ellipse around 0: of independent ends, standard normal numbers at every t."""
        return self._turned(self.first.normal(name, *row), self.second.normal(name, *row))

    def uniform(self, name: str, *row: int) -> Tensor:
        """Those of which the distribution function of normal numbers makes uniform ones."""
        ends = [chance.uniform(name, *row) for chance in (self.first, self.second)]
        turned: Tensor = torch.special.ndtr(self._turned(*(torch.special.ndtri(end.double()) for end in ends)))
        return turned.to(ends[0].dtype)

    def integers(self, name: str, *row: int, high: int) -> Tensor:
        """Those of the nearer end."""
        return (self.first if self.t < 0.5 else self.second).integers(name, *row, high=high)

    def _turned(self, a: Tensor, b: Tensor) -> Tensor:
        return math.cos(self.t * math.pi / 2) * a + math.sin(self.t * math.pi / 2) * b


def _check_size(size: object) -> None:
    if not isinstance(size, Integral) or size < 1:
        raise ValueError(f"the size of a latent is {size!r}; expected how many numbers it has: write Normal(128)")


def distribution(latent: object) -> Latent:
    """A latent, made sure of.

    Raises:
        TypeError: It is something else, such as a number; the message says what to write.
    """
    if callable(latent) and not isinstance(latent, type):
        found: Latent = latent
        return found
    if isinstance(latent, type):
        got, meant = f"the class {latent.__name__}", f"{latent.__name__}(128)"
    else:
        got = repr(latent) if isinstance(latent, int | str) else f"a {type(latent).__name__}"
        meant = f"Normal({latent})" if isinstance(latent, int) else "Normal(128)"
    raise TypeError(f"latent is {got}; expected a distribution of the generator's input: write {meant}")
