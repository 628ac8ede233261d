"""Histograms against true weights, and what chance alone makes of a number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Level", "divergence", "level"]


@dataclass(frozen=True)
class Level:
    """A number over seeds.

    Attributes:
        mean: Over seeds.
        sd: Between seeds, of one of them.
    """

    mean: float
    sd: float


def level(values: Sequence[float]) -> Level:
    """Mean and standard deviation of one number a seed.

    Raises:
        ValueError: There are fewer than two.
    """
    if len(values) < 2:
        raise ValueError(f"got {len(values)} seeds; expected 2 or more, to have a standard deviation")
    numbers = torch.tensor(values, dtype=torch.float64)
    return Level(numbers.mean().item(), numbers.std().item())


def divergence(counts: Tensor, weights: Sequence[float] | Tensor) -> float:
    """KL(histogram of counts [K] || weights), in nats; infinite if all counts are 0.

    With n samples of the weights themselves it is about (K - 1) / (2n) on average, never 0: say n beside it.

    Args:
        counts: How often each of K things was seen.
        weights: In proportion to their true probabilities, K positive numbers.

    Raises:
        ValueError: The weights are of another number or sign.
    """
    q = torch.as_tensor(weights, dtype=torch.float64).to(counts.device)
    if q.shape != counts.shape or not (q.isfinite() & (q > 0)).all():
        raise ValueError(f"got {q.numel()} weights; expected {counts.numel()} positive numbers, one for each mode")
    total = counts.sum().item()
    if not total:
        return math.inf
    p, q = counts.double() / total, q / q.sum()
    return float(torch.special.xlogy(p, p / q).sum())
