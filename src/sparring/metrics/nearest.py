"""Distance between nearest pairs: a first look at whether samples repeat themselves."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["nearest_pair"]


def nearest_pair(x: Tensor) -> float:
    """The mean Euclidean distance of each sample [n, ...] to the nearest other one, in the units of the samples.

    0 means that each sample has a twin. It shrinks as n grows: compare sets of equal size.

    Raises:
        ValueError: There are fewer than two samples.
    """
    if len(x) < 2:
        raise ValueError(f"got {len(x)} samples; expected at least 2, to have a nearest other one")
    points = x.flatten(1).double()
    distances = torch.cdist(points, points).fill_diagonal_(torch.inf)
    return distances.min(dim=1).values.mean().item()
