"""Nearest neighbours by matrix products, a block of rows at a time, as exact as by differences."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Distances", "nearest"]

BLOCK = 2**22
"""Numbers in a block, 32 MiB: as many fit beside a few temporary ones of the same size."""


@dataclass(frozen=True)
class Distances:
    """Squared Euclidean distances between all rows of x [n, D] and of y [m, D], both in float64.

    |x|^2 + |y|^2 - 2 xy is fast, but cancels where two rows are close. So rows are centred first, `slack` bounds what
    rounding may still do, and whoever compares two distances that are within it asks `sharpen` for differences.
    """

    x: Tensor
    y: Tensor

    @property
    def slack(self) -> float:
        """A bound on the error of a squared distance in a block: of three dot products of D numbers."""
        reach = sum(centred.square().sum(dim=1).max().sqrt().item() for centred in self._centred())
        bound = 2 * (self.x.shape[1] + 8) * torch.finfo(torch.float64).eps * reach**2
        if not math.isfinite(bound):
            raise ValueError("the features are so large that their squares overflow: divide both sets by one number")
        return bound

    def blocks(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Pairs of row numbers [b] and their squared distances [b, m], each up to `slack`."""
        x, y = self._centred()
        x_squared, y_squared = x.square().sum(dim=1), y.square().sum(dim=1)
        for rows in torch.split(torch.arange(len(x), device=x.device), max(1, BLOCK // len(y))):
            squared = torch.addmm(y_squared, x[rows], y.T, alpha=-2).add_(x_squared[rows, None])
            yield rows, squared

    def sharpen(self, squared: Tensor, rows: Tensor, where: Tensor) -> None:
        """Replaces the entries of a block that are marked [b, m] by sums of squared differences."""
        for place in torch.split(where.nonzero(), max(1, BLOCK // self.x.shape[1])):
            i, j = place.unbind(dim=1)
            squared[i, j] = (self.x[rows[i]] - self.y[j]).square().sum(dim=1)

    def _centred(self) -> tuple[Tensor, Tensor]:
        # Subtracting rounds relative to the difference, so a far away origin costs nothing.
        centre = self.x[0] + (self.x - self.x[0]).mean(dim=0)
        return self.x - centre, self.y - centre


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
        if slack:  # without it all rows are the same, and all pairs would be marked
            distances.sharpen(squared, rows, squared <= reach + 2 * slack)
        found.append(squared.topk(k, largest=False))
    return torch.cat([block.values for block in found]), torch.cat([block.indices for block in found])
