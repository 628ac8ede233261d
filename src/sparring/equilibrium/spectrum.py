"""Eigenvalues of a matrix that is known by its products with vectors.

A small matrix is made, column by column, and its eigenvalues are those of LAPACK. Of a large one the ends are found in
a Krylov space: Lanczos's method where it is symmetric, Arnoldi's elsewhere (Saad 2011, "Numerical methods for large
eigenvalue problems", https://www-users.cse.umn.edu/~saad/eig_book_2ndEd.pdf), with every vector made orthogonal to all
before it, twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from sparring.chance import Key

__all__ = ["Product", "Search", "Spectrum", "spectrum"]

Product = Callable[[Tensor], Tensor]
"""A matrix [n, n] times a vector [n]."""

_LOOK = 5
"""Products from one look at whether the ends are found to the next."""


@dataclass(frozen=True)
class Search:
    """How eigenvalues are looked for.

    Attributes:
        exact: The largest matrix that is made: so many products give all of its eigenvalues.
        steps: The most products for a larger one; so many vectors are kept in memory.
        accuracy: A residual at which the ends of a larger one count as found, relative to its largest eigenvalue.
    """

    exact: int = 256
    steps: int = 60
    accuracy: float = 1e-3

    def __post_init__(self) -> None:
        if min(self.exact, self.steps) < 1 or not self.accuracy > 0:
            raise ValueError(f"got {self}; expected 1 or more for exact and steps, and an accuracy above 0")


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues, by falling real part.

    Attributes:
        values: The eigenvalues [k], complex128; their imaginary parts are 0 if the matrix is symmetric.
        residuals: ||A v - value v|| for unit vectors v [k], float64; zeros if the matrix was made. If it is symmetric,
            there is an eigenvalue no farther from the value than that.
        lowest: The unit vector [n] of the last value, if the matrix is symmetric; else empty.
        exact: Whether these are all eigenvalues.
    """

    values: Tensor
    residuals: Tensor
    lowest: Tensor = field(repr=False)
    exact: bool


def spectrum(product: Product, like: Tensor, *, symmetric: bool, search: Search) -> Spectrum:
    """All eigenvalues of a small matrix, or Ritz values of a large one, of which the ends are found first.

    Args:
        product: The matrix times a vector.
        like: A vector [n] of its precision and device.
        symmetric: Whether the matrix is.
        search: How to look.
    """
    if len(like) <= search.exact:
        matrix = torch.stack([product(row) for row in torch.eye(len(like)).to(like)], dim=1)
        return _small(matrix.double().cpu(), torch.eye(len(like), dtype=torch.float64), symmetric, exact=True)
    basis, small, rest = _krylov(product, like, symmetric, search)
    return _small(small, basis, symmetric, exact=False, rest=rest)


def _small(matrix: Tensor, basis: Tensor, symmetric: bool, *, exact: bool, rest: float = 0.0) -> Spectrum:
    """The spectrum of a matrix [k, k] on a space that `basis` [k, n] spans; `rest` is what leads out of it."""
    if not matrix.isfinite().all():
        raise FloatingPointError("second derivatives are not finite; look for a square root or a norm at 0 in a cost")
    if symmetric:
        real, vectors = torch.linalg.eigh((matrix + matrix.mT) / 2)
        values, vectors = real.flip(0).to(torch.complex128), vectors.flip(1)
        lowest = vectors[:, -1].to(basis) @ basis
    else:
        values, vectors = torch.linalg.eig(matrix)
        order = torch.argsort(values.real, descending=True, stable=True)
        values, vectors, lowest = values[order], vectors[:, order], basis.new_zeros(0)
    return Spectrum(values, rest * vectors[-1].abs(), lowest, exact)


def _krylov(product: Product, like: Tensor, symmetric: bool, search: Search) -> tuple[Tensor, Tensor, float]:
    """An orthonormal basis [k, n] of a Krylov space, the matrix in it [k, k], and the length of what leads out."""
    start = Key(0).normal("start", tuple(like.shape), like.dtype).to(like)
    steps = min(search.steps, len(like))
    basis, small = like.new_empty(steps, len(like)), torch.zeros(steps, steps, dtype=torch.float64)
    rest = start / start.norm()
    for k in range(steps):
        basis[k] = rest
        rest = product(rest).to(like)
        for _ in range(2):
            shares = basis[: k + 1] @ rest
            rest = rest - shares @ basis[: k + 1]
            small[: k + 1, k] += shares.double().cpu()
        length = rest.norm().item()
        whole, last = small[: k + 1, : k + 1], k + 1 == steps
        tiny = length <= 10 * torch.finfo(like.dtype).eps * whole.abs().max().item()
        if last or tiny or (k % _LOOK == _LOOK - 1 and _found(whole, length, symmetric, search.accuracy)):
            return basis[: k + 1], whole, length
        small[k + 1, k] = length
        rest = rest / length
    raise AssertionError


def _found(matrix: Tensor, rest: float, symmetric: bool, accuracy: float) -> bool:
    """Whether the values at both ends, and the one of the largest size, have small residuals."""
    look = _small(matrix, torch.eye(len(matrix), dtype=torch.float64), symmetric, exact=False, rest=rest)
    sizes = look.values.abs()
    ends = look.residuals[[0, -1, int(sizes.argmax())]]
    return bool((ends <= accuracy * sizes.max()).all())
