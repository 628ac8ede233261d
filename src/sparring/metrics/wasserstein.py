"""Wasserstein distances between two sets of samples: exact, and of their shadows on random lines."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sparring.chance import Key
from sparring.metrics.features import pair

__all__ = ["exact_wasserstein", "sliced_wasserstein"]

_ITERATIONS = 10**8  # of the simplex; it ends by itself long before
_LINES = 64  # at once, to bound the memory


def sliced_wasserstein(x: Tensor, y: Tensor, projections: int = 1000, seed: int = 0, p: float = 2) -> float:
    """The sliced p-Wasserstein distance of samples [n, D] and [m, D], in the units of the samples.

    The p-th root of the mean of W_p^p over random directions (Bonneel et al. 2015, "Sliced and Radon Wasserstein
    barycenters of measures"). On a line the best plan sorts; sets of different sizes are matched by their quantiles.
    Samples of equal distributions are at a distance that falls as n grows, not at 0.

    Raises:
        ValueError: See `pair`; or there is no direction, or p is below 1.
    """
    x, y = pair(x, y, 1)
    if projections < 1 or p < 1:
        raise ValueError(f"got {projections} projections and p = {p}; expected 1 or more of each")
    directions = Key(seed).normal("directions", (projections, x.shape[1]), torch.float64)
    directions = directions / directions.norm(dim=1, keepdim=True)
    left, right, share = _matched(len(x), len(y))
    total = 0.0
    for lines in torch.split(directions.to(x), _LINES):
        gaps = (lines @ x.T).sort(dim=1).values[:, left] - (lines @ y.T).sort(dim=1).values[:, right]
        total += (gaps.abs() ** p @ share.to(x)).sum().item()
    return float((total / projections) ** (1 / p))


def exact_wasserstein(
    x: Tensor, y: Tensor, p: Literal[1, 2] = 1, weights: tuple[Tensor, Tensor] | None = None
) -> float:
    """The p-Wasserstein distance of samples [n, D] and [m, D] with Euclidean cost, in the units of the samples.

    Exact for the samples; for the distributions they are from it is too large, by about n^(-1/D) in many dimensions.
    Time grows as n^3, memory as n m. Sets of equal sizes without weights are an assignment, solved by scipy; others are
    a linear programme, solved by POT (Flamary et al. 2021, https://jmlr.org/papers/v22/20-451.html).

    Args:
        x: Samples [n, D].
        y: Samples [m, D].
        p: The power of the cost.
        weights: Masses [n] and [m], which are divided by their sums; None for equal ones.

    Raises:
        ValueError: See `pair`; or weights do not fit, or POT is needed and not installed.
    """
    x, y = pair(x, y, 1)
    if p not in (1, 2):
        raise ValueError(f"got p = {p}; expected 1 or 2")
    exactly = "donot_use_mm_for_euclid_dist"  # the quick way loses digits of small distances
    cost = (torch.cdist(x, y, compute_mode=exactly) ** p).cpu().numpy()
    if weights is None and len(x) == len(y):
        total = _assigned(cost)
    else:
        a, b = weights or (torch.ones(len(x)), torch.ones(len(y)))
        total = _transported(_masses(a, len(x)), _masses(b, len(y)), cost)
    return float(max(0.0, total) ** (1 / p))


def _matched(n: int, m: int) -> tuple[Tensor, Tensor, Tensor]:
    """For each piece of [0, 1] on which both quantile functions are constant: their indices, and its length."""
    ends = torch.unique(torch.cat([torch.arange(1, n + 1) * m, torch.arange(1, m + 1) * n]))  # in units of 1 / (n m)
    lengths = torch.diff(ends, prepend=torch.zeros(1, dtype=ends.dtype))
    return (ends - 1) // m, (ends - 1) // n, lengths.double() / (n * m)


def _masses(weights: Tensor, count: int) -> NDArray[np.float64]:
    weights = weights.double().cpu()
    if weights.shape != (count,) or not weights.isfinite().all() or weights.min() < 0 or not weights.sum() > 0:
        raise ValueError(
            f"got weights of shape {list(weights.shape)} for {count} samples; expected [{count}], finite, none below "
            "0, not all 0"
        )
    return np.asarray(weights / weights.sum())


def _assigned(cost: NDArray[np.float64]) -> float:
    from scipy.optimize import linear_sum_assignment

    return float(cost[linear_sum_assignment(cost)].mean())


def _transported(a: NDArray[np.float64], b: NDArray[np.float64], cost: NDArray[np.float64]) -> float:
    try:
        import ot
    except ImportError as error:
        raise ValueError(
            "sets of different sizes or with weights need POT: pip install 'sparring[metrics]', or use sets of "
            "the same size without weights"
        ) from error
    return float(ot.emd2(a, b, cost, numItermax=_ITERATIONS))
