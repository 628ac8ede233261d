"""Fidelity and coverage in a feature space: precision, recall, density and coverage."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.metrics.features import pair
from sparring.metrics.neighbours import Distances, nearest

__all__ = ["Manifold", "expected_coverage", "manifold"]


@dataclass(frozen=True)
class Manifold:
    """What `manifold` found. All four depend on the sizes of the sets: compare at equal sizes.

    Attributes:
        precision: The share of generated samples inside the ball of some real one.
        recall: The share of real samples inside the ball of some generated one.
        density: How many balls of real samples a generated one is in, over `k_density`: 1 on average where the
            distributions are equal, more where the generator prefers what is dense.
        coverage: The share of real samples with a generated one inside their ball; see `expected_coverage`.
        density_error: The standard error of the density, were generated samples all that is left to chance.
    """

    precision: float
    recall: float
    density: float
    coverage: float
    density_error: float


def manifold(real: Tensor, generated: Tensor, *, k: int = 3, k_density: int = 5) -> Manifold:
    """Compares samples or features, real [n, D] and generated [m, D].

    The ball of a sample reaches to its k-th nearest neighbour in its own set, and its surface belongs to it. (The code
    of Naeem et al. leaves the surface out, which differs where samples repeat.) Precision and recall are those of
    Kynkäänniemi et al. (2019, https://arxiv.org/abs/1904.06991), density and coverage those of Naeem
    et al. (2020, https://arxiv.org/abs/2002.09797). One outlier has a large ball, which flatters precision
    and recall most. Memory is bounded; time goes with n^2 + m^2 + nm.

    Args:
        real: Features of real samples, all different from each other save a few.
        generated: Features of generated samples, by the same extractor.
        k: Neighbour for precision and recall.
        k_density: Neighbour for density and coverage.

    Raises:
        ValueError: A set is no larger than the neighbours asked for, all real samples are the same, sizes differ, or
            values are not finite.
    """
    if min(k, k_density) < 1:
        raise ValueError(f"k is {k} and k_density {k_density}; expected 1 or more")
    most = max(k, k_density)
    x, y = pair(real, generated, most + 1, "a smaller k and k_density")
    if (x == x[0]).all():
        raise ValueError("all real samples are the same: there is no distribution to compare with; check the extractor")
    radii, own_radii = nearest(x, k=most)[0], nearest(y, k=k)[0]
    precise, dense = 0, []
    recalled, covered = torch.zeros(2, len(x), dtype=torch.bool, device=x.device)
    distances = Distances(y, x)
    slack = distances.slack
    for rows, squared in distances.blocks():
        limits = radii[:, k - 1], radii[:, k_density - 1], own_radii[rows, k - 1 :]
        for limit in limits:
            distances.sharpen(squared, rows, (squared - limit).abs() <= slack)
        in_real, in_wider, in_own = (squared <= limit for limit in limits)
        precise += int(in_real.any(dim=1).sum())
        dense.append(in_wider.sum(dim=1))
        covered |= in_wider.any(dim=0)
        recalled |= in_own.any(dim=0)
    balls = torch.cat(dense).double()
    return Manifold(
        precise / len(y),
        recalled.double().mean().item(),
        balls.sum().item() / (k_density * len(y)),
        covered.double().mean().item(),
        balls.std().item() / (k_density * math.sqrt(len(y))),
    )


def expected_coverage(n: int, m: int, k: int = 5) -> float:
    """The coverage of `n` real samples by `m` generated ones where both come from the same continuous distribution.

    1 - (n-1)...(n-k) / ((n+m-1)...(n+m-k)), derived by Naeem et al. (2020): a real sample is not covered if the
    nearest `k` of all others are real.

    Example:
        >>> round(expected_coverage(10_000, 10_000), 3)
        0.969
    """
    if not (m >= 1 and 1 <= k < n):
        raise ValueError(f"got n = {n}, m = {m}, k = {k}; expected m of 1 or more and k from 1 to n - 1")
    return 1 - math.prod((n - j) / (n + m - j) for j in range(1, k + 1))
