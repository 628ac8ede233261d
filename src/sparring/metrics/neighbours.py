"""Nearest neighbours by matrix products, a block of rows at a time, as exact as by differences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

__all__ = ["Distances", "nearest"]

BLOCK = 2**20
"""Numbers in a block, 8 MiB: less makes matrix products slow, more leaves the cache."""


@dataclass(frozen=True)
class Distances:
    """Squared Euclidean distances between all rows of x [n, D] and of y [m, D], both in float64.

    |x|^2 + |y|^2 - 2 xy is fast, but cancels where two rows are close. So rows are centred first, `slack` bounds what
    rounding may still do, and whoever compares two distances that are within it asks `sharpen` for differences.
    """

    x: Tensor
    y: Tensor

    @cached_property
    def slack(self) -> float:
        """A bound on the error of a squared distance in a block: of three dot products of D numbers."""
        reach = sum(part.square().sum(dim=1).max().sqrt().item() for part in self._centred)
        bound = 2 * (self.x.shape[1] + 8) * torch.finfo(torch.float64).eps * reach**2
        if not math.isfinite(bound):
            raise ValueError("the features are so large that their squares overflow: divide both sets by one number")
        return bound

    def blocks(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Pairs of row numbers [b] and their squared distances [b, m], each up to `slack`."""
        x, y = self._centred
        x_squared, y_squared = x.square().sum(dim=1), y.square().sum(dim=1)
        for rows in torch.split(torch.arange(len(x), device=x.device), max(1, BLOCK // len(y))):
            yield rows, torch.addmm(y_squared, x[rows], y.T, alpha=-2).add_(x_squared[rows, None])

    def sharpen(self, squared: Tensor, rows: Tensor, where: Tensor) -> None:
        """Replaces the entries of a block that are marked [b, m] by sums of squared differences."""
        i, j = where.nonzero(as_tuple=True)
        if not len(i):
            return
        of_x, of_y = self._values
        differ = of_x[rows[i]] != of_y[j]
        squared[i, j] = 0.0  # a generator that has collapsed has too many such pairs to take each difference
        for a, b in zip(*(torch.split(part[differ], max(1, BLOCK // self.x.shape[1])) for part in (i, j)), strict=True):
            squared[a, b] = (self.x[rows[a]] - self.y[b]).square().sum(dim=1)

    @cached_property
    def _centred(self) -> tuple[Tensor, Tensor]:
        # Subtracting rounds relative to the difference, so a far away origin costs nothing.
        centre = self.x[0] + (self.x - self.x[0]).mean(dim=0)
        return self.x - centre, self.y - centre

    @cached_property
    def _values(self) -> tuple[Tensor, Tensor]:
        """Numbers of the different rows: those of equal rows are the same, [n] and [m]."""
        numbers = torch.unique(torch.cat([self.x, self.y]), dim=0, return_inverse=True)[1]
        return numbers[: len(self.x)], numbers[len(self.x) :]


def nearest(x: Tensor, y: Tensor | None = None, k: int = 1) -> tuple[Tensor, Tensor]:
    """The `k` rows of y [m, D] that are nearest to each row of x [n, D], without y the `k` nearest other rows of x.

    Returns:
        Squared distances, rising, and row numbers, both [n, k].
    """
    distances = Distances(x, x if y is None else y)
    slack, found = distances.slack, []
    for rows, squared in distances.blocks():
        if y is None:
            squared[torch.arange(len(rows)), rows] = torch.inf
        reach = squared.topk(k, largest=False).values[:, -1:]
        distances.sharpen(squared, rows, squared <= reach + 2 * slack)
        found.append(squared.topk(k, largest=False))
    return torch.cat([block.values for block in found]), torch.cat([block.indices for block in found])
