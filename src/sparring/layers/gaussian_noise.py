"""Gaussian noise on hidden units while training, drawn from the round (as in Salimans et al. 2016, section 5.1)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sparring.game import playing

__all__ = ["GaussianNoise", "tiny"]


class GaussianNoise(nn.Module):
    """Adds noise to whatever it is given, in training mode only.

    In a round the noise is the round's: the same when a cost is evaluated again, and several ranks together have what
    one would have. Outside one it is torch's own, for what looks at a network before the first round. `InstanceNoise`
    is for a whole discriminator, and can fall; this is a layer.

    Args:
        size: The standard deviation, in the unit of what it is given.

    Raises:
        ValueError: It is negative.
    """

    def __init__(self, size: float) -> None:
        super().__init__()
        if not size >= 0:
            raise ValueError(f"the size of the noise is {size}; expected 0 or more")
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """[m B, ...] to the same shape."""
        if not self.training or not self.size:
            return x
        round = playing()
        if round is None:
            return x + self.size * torch.randn_like(x)
        # The inverse of the normal distribution function; torch.special.ndtri gives the same, six times as slowly.
        return x + (self.size * math.sqrt(2) * torch.erfinv(2 * round.chance.like(x) - 1)).to(x)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    picture = nn.Sequential(GaussianNoise(0.3), nn.Flatten(), nn.Linear(18, 3))
    return [(nn.Sequential(nn.Linear(4, 3), GaussianNoise(0.5)), (4,), (3,)), (picture, (2, 3, 3), (3,))]
