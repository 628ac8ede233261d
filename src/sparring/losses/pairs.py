"""Pairs of samples: what losses that compare two batches by distances or kernels have in common."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["Pairs", "differences", "distances", "distinct", "every"]

Pairs = Callable[[Tensor], Tensor]
"""The mean of a matrix [n, n] over pairs of one batch."""


def differences(x: Tensor, y: Tensor) -> Tensor:
    """Squared distances [n, m] of the rows of `x` [n, K] from those of `y` [m, K], without cancellation."""
    return (x[:, None] - y[None]).square().sum(2)


def distances(x: Tensor, y: Tensor) -> Tensor:
    """Euclidean distances [n, m], whose slopes of any order are 0 where two points meet."""
    squares = differences(x, y)
    apart = squares > 0
    return torch.where(apart, squares, 1.0).sqrt() * apart


def distinct(matrix: Tensor) -> Tensor:
    """The mean over pairs of different samples, without the diagonal: a U-statistic, which is unbiased.

    Raises:
        ValueError: There is no such pair.
    """
    n = len(matrix)
    if n < 2:
        raise ValueError("got a batch of 1; expected 2 samples or more: this loss compares those of a batch")
    return (matrix.sum() - matrix.diagonal().sum()) / (n * (n - 1))


def every(matrix: Tensor) -> Tensor:
    """The mean over all pairs, those of a sample with itself too: a V-statistic, biased upwards, and never negative."""
    return matrix.mean()
