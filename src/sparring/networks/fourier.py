"""Fourier features: coordinates made visible at many scales (Tancik et al. 2020, https://arxiv.org/abs/2006.10739).

A perceptron alone is slow to see details much finer than the data's extent, such as the width of a mode.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sparring.chance import Key

__all__ = ["Fourier", "tiny"]


class Fourier(nn.Module):
    """From [B, D] to [B, D + 2 bands]: x, sin(x M) and cos(x M) with fixed random frequencies M.

    Args:
        size: D.
        bands: How many frequencies, in random directions, log-uniform in size.
        lowest: The smallest, in radians per unit of x.
        highest: The largest.
    """

    frequencies: Tensor

    def __init__(self, size: int, bands: int, lowest: float = 0.5, highest: float = 64.0) -> None:
        super().__init__()
        key = Key(0).fold("fourier features")
        directions = nn.functional.normalize(key.normal("directions", (size, bands)), dim=0)
        sizes = torch.exp(math.log(lowest) + math.log(highest / lowest) * key.uniform("sizes", (bands,)))
        self.register_buffer("frequencies", directions * sizes)

    def forward(self, x: Tensor) -> Tensor:
        """[B, D] to [B, D + 2 bands]."""
        phase = x @ self.frequencies
        return torch.cat([x, phase.sin(), phase.cos()], dim=1)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A network that begins with Fourier features, with the shapes of one input and one output."""
    return [(nn.Sequential(Fourier(2, 4), nn.Linear(10, 3)), (2,), (3,))]
