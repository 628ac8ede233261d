"""Noise for hidden layers: added, multiplied or concatenated (tutorial, Goodfellow 2016, section 3.1).

The noise is an argument, not drawn here: it is a part of the latent that `networks.noisy` cuts off. So it comes from
the round in training and from the seed in sampling, a sample depends on its seed and number alone, and derivatives in
all of the latent are there.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

__all__ = ["Added", "Concatenated", "Multiplied", "Noise", "tiny"]


class Noise(nn.Module, ABC):
    """What brings noise into hidden units.

    Attributes:
        size: How many numbers it takes for an example.
    """

    size: int

    @abstractmethod
    def forward(self, h: Tensor, noise: Tensor) -> Tensor:
        """Hidden units [B, C, ...] and noise [B, size] to hidden units [B, C', ...]."""


class _Scaled(Noise):
    """Noise of a size that is learned, one for each channel.

    Args:
        *row: The shape of one example's units, channels first.
        scale: Where it begins.
    """

    def __init__(self, *row: int, scale: float = 1.0) -> None:
        super().__init__()
        if not row or min(row) < 1:
            raise ValueError(f"the shape of a row is {row}; expected one or more positive numbers, channels first")
        self.row, self.size = row, math.prod(row)
        self.scale = nn.Parameter(torch.full((row[0], *[1] * (len(row) - 1)), scale))

    def scaled(self, noise: Tensor) -> Tensor:
        """[B, size] to [B, *row]."""
        scaled: Tensor = noise.reshape(-1, *self.row) * self.scale
        return scaled


class Added(_Scaled):
    """h + scale noise, for each unit."""

    def forward(self, h: Tensor, noise: Tensor) -> Tensor:
        """[B, *row] and [B, size] to [B, *row]."""
        return h + self.scaled(noise)


class Multiplied(_Scaled):
    """h (1 + scale noise), for each unit."""

    def forward(self, h: Tensor, noise: Tensor) -> Tensor:
        """[B, *row] and [B, size] to [B, *row]."""
        return h + h * self.scaled(noise)


class Concatenated(Noise):
    """Further channels of noise alone.

    Args:
        *row: Their shape, channels first; behind the channels it is that of the units.
    """

    def __init__(self, *row: int) -> None:
        super().__init__()
        if not row or min(row) < 1:
            raise ValueError(f"the shape of the noise is {row}; expected one or more positive numbers, channels first")
        self.row, self.size = row, math.prod(row)

    def forward(self, h: Tensor, noise: Tensor) -> Tensor:
        """[B, C, ...] and [B, size] to [B, C + row[0], ...]."""
        return torch.cat([h, noise.reshape(-1, *self.row)], 1)


class _Halves(nn.Module):
    """Takes the noise from the second half of its input."""

    def __init__(self, noise: Noise, units: int) -> None:
        super().__init__()
        self.noise, self.units = noise, units

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.noise(x[:, : self.units], x[:, self.units :])
        return y


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small layers, behind what divides their input, with the shapes of one input and one output."""
    last = nn.Linear(5, 2)
    return [
        (_Halves(Added(3), 3), (6,), (3,)),
        (_Halves(Multiplied(3, scale=0.5), 3), (6,), (3,)),
        (nn.Sequential(_Halves(Concatenated(2), 3), last), (5,), (2,)),
    ]
