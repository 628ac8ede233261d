"""Latents: the distributions a generator's input is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from sparring.chance import Key

__all__ = ["Latent", "Normal", "Uniform"]


class Latent(Protocol):
    """A distribution over [Z]."""

    def __call__(self, n: int, key: Key) -> Tensor:
        """`n` latents [n, Z], on the CPU; row i depends on the key and on i only."""
        ...


@dataclass(frozen=True)
class Normal:
    """The standard normal distribution in `size` dimensions."""

    size: int

    def __call__(self, n: int, key: Key) -> Tensor:
        """Draws [n, size]."""
        return key.normal("latent", (n, self.size))


@dataclass(frozen=True)
class Uniform:
    """The uniform distribution on the cube (-1, 1)^size."""

    size: int

    def __call__(self, n: int, key: Key) -> Tensor:
        """Draws [n, size]."""
        return key.uniform("latent", (n, self.size)) * 2.0 - 1.0
