"""The Fréchet distance between two sets of features, as if they were Gaussian: FID and its kin.

|m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2) for means m and covariances S (Dowson and Landau 1982; Heusel et al.
2017, https://arxiv.org/abs/1706.08500, equation 6). No root of a matrix is taken, which is slow, and may turn complex
where S1 S2 is singular. With S1 = L L^T the last trace is the sum of the roots of the eigenvalues of L^T S2 L, which is
symmetric; with S2 = B B^T too, it is the nuclear norm of L^T B. The first is quicker, but rounding of the size of eps
in a tiny eigenvalue is one of sqrt(eps) in its root; the second has no such roots.

The distance of finite sets is too large, by about c/n (see `frechet_extrapolated`): compare sets of equal size, and say
how many samples there were.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sparring.chance import Key
from sparring.metrics.features import checked

__all__ = ["Extrapolated", "Reference", "frechet_distance", "frechet_extrapolated", "frechet_from_moments"]

_EPS = torch.finfo(torch.float64).eps
_TOLERANCE = 1e-9  # of the trace of the root, relative to those of the covariances
_BLOCK = 256  # rows or columns of a product
_WELL_CONDITIONED = 1e6  # rounding of a covariance then moves no root of an eigenvalue by more than about 1e-10 of it


@dataclass(frozen=True, eq=False)
class Reference:
    """All that the distance needs of the real samples, to be computed once and used often.

    Attributes:
        mean: The mean, [D].
        root: A matrix [D, min(count, D)] whose product with its transpose is the covariance: up to the signs of columns
            its Cholesky factor, or with no more samples than dimensions the centred samples themselves.
        count: The number of samples.
    """

    mean: Tensor
    root: Tensor
    count: int

    @classmethod
    def of(cls, real: Tensor) -> Reference:
        """The reference for real features [n, D].

        Raises:
            ValueError: See `checked`.
        """
        x = checked(real, "real")
        mean = x.mean(dim=0)
        return cls(mean, _root(_scaled(x, mean)), len(x))


@dataclass(frozen=True)
class Extrapolated:
    """What `frechet_extrapolated` found: distances about value + slope / size.

    Attributes:
        value: The distance for infinitely many generated samples. It is an estimate, and may be negative near 0.
        slope: How fast the distance of finite sets grows with 1 / size.
        sizes: The sizes of the subsets.
        distances: The distance of each.
    """

    value: float
    slope: float
    sizes: tuple[int, ...]
    distances: tuple[float, ...]


def frechet_distance(real: Tensor | Reference, generated: Tensor) -> float:
    """The squared Fréchet distance between Gaussians with the moments of two sets of features [n, D], at least 0.

    Covariances are divided by n - 1. Sets smaller than D, constant features and repeated ones are no trouble.

    Args:
        real: Features [n, D], or what `Reference.of` made of them.
        generated: Features [m, D].

    Raises:
        ValueError: See `checked`; or the dimensions differ.
    """
    reference, y = _reference(real), checked(generated, "generated")
    size = len(reference.mean)
    if y.shape[1] != size:
        raise ValueError(
            f"real features have {size} dimensions, generated ones {y.shape[1]}; expected the same: use one extractor "
            "for both"
        )
    mean = y.mean(dim=0)
    scaled = _scaled(y, mean)
    if min(reference.count, len(y)) > size:
        overlap = _overlap(reference.root, _gram(scaled), lambda: _root(scaled))
    else:  # a covariance is singular
        overlap = _nuclear_norm(reference.root, _root(scaled))
    spread = reference.root.square().sum() + scaled.square().sum()
    return _distance(reference.mean - mean, spread, overlap)


def frechet_from_moments(mean1: Tensor, cov1: Tensor, mean2: Tensor, cov2: Tensor) -> float:
    """The squared Fréchet distance between Gaussians of means [D] and covariances [D, D].

    Directions in which a singular covariance has no more variance than rounding makes are left out.

    Raises:
        ValueError: The shapes do not fit, or a covariance is not symmetric, finite and without negative eigenvalues.
    """
    mean1, cov1 = _moments(mean1, cov1, "first")
    mean2, cov2 = _moments(mean2, cov2, "second")
    if mean1.shape != mean2.shape:
        raise ValueError(f"the means have {len(mean1)} and {len(mean2)} dimensions; expected the same")
    (root, flat), flat2 = torch.linalg.cholesky_ex(cov1), torch.linalg.cholesky_ex(cov2).info
    if flat or flat2:
        overlap = _nuclear_norm(_eigenroot(cov1, "first"), _eigenroot(cov2, "second"))
    else:
        overlap = _overlap(root, cov2, lambda: _eigenroot(cov2, "second"))
    return _distance(mean1 - mean2, cov1.trace() + cov2.trace(), overlap)


def frechet_extrapolated(
    real: Tensor | Reference, generated: Tensor, *, seed: int = 0, points: int = 15
) -> Extrapolated:
    """The Fréchet distance extrapolated to infinitely many generated samples.

    A line in 1/N is fitted to the distances of random subsets of N generated samples (Chong and Forsyth 2020,
    "Effectively unbiased FID and Inception score and where to find them", https://arxiv.org/abs/1911.07023). As there,
    the sizes are evenly spaced and the largest is the whole set. Unlike there, the smallest is a tenth of the set, or
    2 D if that is more (they take 5,000 of 50,000, with D = 2048): below that the distance is no line in 1/N. The
    samples are those that are given; the authors also draw latents from a Sobol sequence. The bias from the finite
    number of real samples stays.

    Raises:
        ValueError: See `frechet_distance`; or there are too few samples for a line.
    """
    if points < 2:
        raise ValueError(f"got {points} points; expected at least 2, to fit a line")
    reference = _reference(real)
    size = len(reference.mean)
    y = checked(generated, "generated", max(4 * size, 2 * points), "take features of fewer dimensions or fewer points")
    sizes = np.linspace(max(len(y) // 10, 2 * size), len(y), points).astype(int).tolist()
    chosen = [Key(seed).fold("subset", n).permutation("order", len(y))[:n] for n in sizes]
    distances = [frechet_distance(reference, y[some]) for some in chosen]
    slope, value = np.polyfit(1 / np.asarray(sizes), distances, 1)
    return Extrapolated(float(value), float(slope), tuple(sizes), tuple(distances))


def _reference(real: Tensor | Reference) -> Reference:
    return real if isinstance(real, Reference) else Reference.of(real)


def _scaled(x: Tensor, mean: Tensor) -> Tensor:
    """Samples such that x^T x is their covariance."""
    return (x - mean) / math.sqrt(len(x) - 1)


def _root(scaled: Tensor) -> Tensor:
    """A root [D, min(n, D)] of x^T x: its Cholesky factor, where no eigenvalue is so small that x^T x has lost it.

    QR finds it without forming x^T x, but takes longer.
    """
    n, size = scaled.shape
    if n <= size:
        return scaled.T
    covariance = _gram(scaled)
    root: Tensor
    root, flat = torch.linalg.cholesky_ex(covariance)
    if not flat and _condition(root, covariance) < _WELL_CONDITIONED:
        return root
    upper: Tensor = torch.linalg.qr(scaled, mode="r").R
    return upper.T


def _gram(x: Tensor) -> Tensor:
    """x^T x, with one product for each two blocks of columns."""
    gram = x.new_empty(x.shape[1], x.shape[1])
    for i in range(0, x.shape[1], _BLOCK):
        rows = x[:, i : i + _BLOCK].T @ x[:, i:]
        gram[i : i + _BLOCK, i:], gram[i:, i : i + _BLOCK] = rows, rows.T
    return gram


def _congruent(root: Tensor, covariance: Tensor) -> Tensor:
    """The lower triangle of L^T S L for a lower triangular root L, without products with its zeros."""
    left, lower = torch.empty_like(covariance), torch.zeros_like(covariance)
    for i in range(0, len(root), _BLOCK):
        left[i : i + _BLOCK] = root[i:, i : i + _BLOCK].T @ covariance[i:]
    for i in range(0, len(root), _BLOCK):
        lower[i:, i : i + _BLOCK] = left[i:, i:] @ root[i:, i : i + _BLOCK]
    return lower


def _condition(root: Tensor, covariance: Tensor) -> float:
    """About the ratio of the largest to the smallest eigenvalue of a covariance, from its Cholesky factor."""
    smallest_pivot = torch.zeros_like(root[0])
    smallest_pivot[root.diagonal().argmin()] = 1.0
    return _largest(covariance.mv, _longest(covariance)) * _largest(
        lambda v: torch.cholesky_solve(v[:, None], root)[:, 0], smallest_pivot
    )


def _eigenroot(covariance: Tensor, name: str) -> Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    rounding = len(values) * _EPS * values.abs().max()
    if values[0] < -max(1e-8 * values[-1].item(), rounding.item()):
        raise ValueError(
            f"the {name} covariance has the eigenvalue {values[0].item():.3g}; expected none below 0: compute it in "
            "float64"
        )
    kept = values > rounding
    root: Tensor = vectors[:, kept] * values[kept].sqrt()
    return root


def _overlap(root: Tensor, covariance: Tensor, other: Callable[[], Tensor]) -> Tensor:
    """The trace of (S1 S2)^(1/2) for S1 = root root^T, root lower triangular, and S2 = covariance = other() other()^T.

    `other` is called only where eigenvalues are not exact enough: an eigenvalue v errs by about eps |S1| |S2|, its root
    by that over sqrt(v), if v is not smaller still.
    """
    values: Tensor = torch.linalg.eigvalsh(_congruent(root, covariance))  # which reads the lower triangle
    noise = _EPS * _largest(lambda v: root @ (root.T @ v), _longest(root))
    noise *= _largest(covariance.mv, _longest(covariance))
    doubt = (noise / values.clamp_min(noise).sqrt()).sum()
    if doubt <= _TOLERANCE * (root.square().sum() + covariance.trace()):
        return values.clamp_min(0).sqrt().sum()
    return _nuclear_norm(root, other())


def _largest(product: Callable[[Tensor], Tensor], start: Tensor) -> float:
    """About the largest eigenvalue of a covariance, by the power method; NaN, which fails comparisons, if it is 0."""
    x = start
    for _ in range(5):
        x = product(x / x.norm())
    return float(x.norm())


def _longest(columns: Tensor) -> Tensor:
    return columns[:, columns.norm(dim=0).argmax()]


def _nuclear_norm(root1: Tensor, root2: Tensor) -> Tensor:
    values: Tensor = torch.linalg.svdvals(root1.T @ root2)
    return values.sum()


def _distance(shift: Tensor, spread: Tensor, overlap: Tensor) -> float:
    """At least 0: rounding may leave less of equal sets."""
    return max(0.0, (shift.square().sum() + spread - 2 * overlap).item())


def _moments(mean: Tensor, covariance: Tensor, name: str) -> tuple[Tensor, Tensor]:
    if mean.ndim != 1 or not len(mean) or covariance.shape != (len(mean), len(mean)):
        raise ValueError(
            f"the {name} mean has shape {list(mean.shape)}, its covariance {list(covariance.shape)}; expected [D] and "
            "[D, D]"
        )
    mean, covariance = mean.double(), covariance.double()
    if not (mean.isfinite().all() and covariance.isfinite().all()):
        raise ValueError(f"the {name} moments hold NaN or infinity: look at the samples they are from")
    if not torch.allclose(covariance, covariance.T, rtol=1e-6, atol=1e-8 * covariance.abs().max().item()):
        raise ValueError(f"the {name} covariance is not symmetric; expected that of samples [n, D], such as x.T.cov()")
    return mean, covariance
