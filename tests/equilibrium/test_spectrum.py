"""Ends of spectra of large matrices against LAPACK's."""

import numpy as np
import pytest
import torch

from sparring.equilibrium.spectrum import Search, spectrum

SIZE = 300


def rotated(values, seed=0):
    """A symmetric matrix with these eigenvalues."""
    turned, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values), len(values))))
    return torch.from_numpy(turned @ np.diag(values) @ turned.T)


def found(matrix, *, symmetric=True, **how):
    return spectrum(lambda v: matrix @ v, matrix[0], symmetric=symmetric, search=Search(exact=1, **how))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_both_ends_are_found_in_few_products(dtype):
    """Of a Hessian as networks have them: many values near 0, few large ones, the smallest of them negative."""
    values = np.concatenate([np.random.default_rng(1).exponential(0.05, SIZE - 4), [-0.6, -0.2, 3.0, 8.0]])
    matrix = rotated(values).to(dtype)
    told = found(matrix, steps=100)
    assert len(told.values) < 60
    assert told.values[-1].real.item() == pytest.approx(-0.6, abs=1e-3 * 8)
    assert told.values[0].real.item() == pytest.approx(8.0, abs=1e-3 * 8)
    assert not told.exact
    low = told.lowest
    assert low.norm().item() == pytest.approx(1.0, abs=1e-5)
    off = (matrix @ low - told.values[-1].real.item() * low).norm().item()
    assert off == pytest.approx(told.residuals[-1].item(), abs=1e-5)


def test_a_residual_bounds_the_error():
    values = np.linspace(-1, 1, SIZE)
    for steps in (3, 10, 30):
        told = found(rotated(values), steps=steps)
        for value, residual in zip(told.values.real.tolist(), told.residuals.tolist(), strict=True):
            assert np.abs(values - value).min() <= residual + 1e-12


def test_no_value_is_found_twice():
    """Without orthogonal vectors Lanczos's method finds the largest value again and again."""
    told = found(rotated(np.concatenate([np.linspace(0, 1, SIZE - 1), [100.0]])), steps=80, accuracy=1e-15)
    assert (told.values.real > 50).sum() == 1


def test_arnoldi_finds_what_decides():
    """The largest real part, and the largest size, among 298 values that do not matter."""
    numbers = np.random.default_rng(2)
    whole = np.diag(numbers.uniform(-1, -0.5, SIZE))
    whole[:2, :2], whole[2:4, 2:4] = [[0.3, 2.0], [-2.0, 0.3]], [[-5.0, 7.0], [-7.0, -5.0]]
    basis = numbers.normal(size=(SIZE, SIZE)) / 40 + np.eye(SIZE)
    matrix = torch.from_numpy(basis @ whole @ np.linalg.inv(basis))
    told = found(matrix, symmetric=False, steps=100)
    assert told.values[0].real.item() == pytest.approx(0.3, abs=1e-2)
    assert abs(told.values[0].imag.item()) == pytest.approx(2.0, abs=1e-2)
    assert told.values.abs().max().item() == pytest.approx(abs(5 + 7j), abs=1e-2)


def test_it_stops_where_the_space_ends():
    told = found(3.0 * torch.eye(SIZE, dtype=torch.float64))
    assert told.values.real.tolist() == pytest.approx([3.0])
    assert told.residuals.max() < 1e-12


def test_small_matrices_are_made():
    matrix = rotated(np.arange(20.0))
    told = spectrum(lambda v: matrix @ v, matrix[0], symmetric=True, search=Search())
    assert told.exact
    assert told.values.real.tolist() == pytest.approx(list(range(19, -1, -1)), abs=1e-12)
    assert not told.residuals.any()


def test_what_is_not_finite_is_told():
    with pytest.raises(FloatingPointError, match="second derivatives are not finite"):
        found(torch.full((5, 5), torch.nan))
