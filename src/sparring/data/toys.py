"""Toy data with known densities."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sparring.chance import Key

__all__ = ["RING_STD", "ring", "ring_modes"]

RING_STD = 0.01


def ring_modes(modes: int = 8) -> Tensor:
    """The centres of the ring, [modes, 2]: equally spaced on the unit circle, the first at (1, 0)."""
    angles = 2.0 * math.pi * torch.arange(modes, dtype=torch.float64) / modes
    return torch.stack([angles.cos(), angles.sin()], dim=1).float()


def ring(n: int = 100_000, *, modes: int = 8, std: float = RING_STD, seed: int = 0) -> Tensor:
    """`n` points [n, 2] of a ring of Gaussians.

    The defaults are the protocol of PacGAN (Lin et al. 2018, https://arxiv.org/abs/1712.04086): 8 modes of standard
    deviation .01, 100,000 points drawn once.
    """
    key = Key(seed, ("ring",))
    return ring_modes(modes)[key.integers("mode", (n,), modes)] + std * key.normal("noise", (n, 2))
