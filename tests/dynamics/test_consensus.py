"""The pull on the length of the field, against the iteration matrix; test_second_order.py has networks."""

import math

import numpy as np
import pytest

from sparring.dynamics.consensus import Consensus
from spirals import FIELD, ONE, H, follows, largest, path, radius


def matrix(h, weight):
    return ONE - h * (FIELD + weight * FIELD.T @ FIELD)


def theory(h, weight):
    return math.sqrt((1 - h * weight) ** 2 + h**2)


@pytest.mark.parametrize("weight", [0.4, 1.0])
def test_rate_on_xy(weight):
    assert largest(matrix(H, weight)) == pytest.approx(theory(H, weight), abs=1e-12)
    assert follows(path(Consensus(weight)), matrix(H, weight)) < 1e-12
    assert radius(Consensus(weight)) == pytest.approx(theory(H, weight), abs=5e-4)


@pytest.mark.parametrize("weight", [0.4, 1.0])
def test_best_rate(weight):
    """1 / sqrt(1 + g^2), at h = g / (1 + g^2); slower on either side."""
    best = weight / (1 + weight**2)
    rates = [radius(Consensus(weight), h) for h in (0.9 * best, best, 1.1 * best)]
    assert rates[1] == pytest.approx(1 / math.sqrt(1 + weight**2), abs=5e-4)
    assert rates[1] == min(rates)


def test_stability_limit():
    """Steps shrink the radius below h = 2 g / (1 + g^2)."""
    limit = 2 * 0.4 / (1 + 0.4**2)
    assert radius(Consensus(0.4), limit - 0.01) < 1 < radius(Consensus(0.4), limit + 0.01)


def test_without_weight_it_is_play_at_once():
    np.testing.assert_allclose(
        path(Consensus(0.0), rounds=9)[-1], np.linalg.matrix_power(ONE - H * FIELD, 9) @ [1, 0.4]
    )
