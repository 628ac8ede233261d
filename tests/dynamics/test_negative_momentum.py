"""Velocities that are partly taken back, against the matrix of two rounds and against torch's SGD."""

import math

import numpy as np
import pytest

from sparring import Alternating
from sparring.dynamics.negative_momentum import NegativeMomentum
from spirals import H, largest, path, radius


def matrix(h, momentum):
    """Of (x, y, last x, last y): x moves first, y against the new x."""
    x = np.array([1 + momentum, -h, -momentum, 0.0])
    y = np.array([0.0, 1 + momentum, 0.0, -momentum]) + h * x
    return np.vstack([x, y, np.eye(2, 4)])


@pytest.mark.parametrize(("momentum", "h", "theory"), [(-0.5, 0.87, 0.885), (-0.3, 1.221, 0.7595), (-0.5, H, None)])
def test_rate_on_xy(momentum, h, theory):
    rate = largest(matrix(h, momentum))
    assert theory is None or rate == pytest.approx(theory, abs=5e-4)
    assert radius(NegativeMomentum(momentum), h) == pytest.approx(rate, abs=5e-4)


@pytest.mark.parametrize("momentum", [-0.5, 0.5])
def test_path_on_xy(momentum):
    points = path(NegativeMomentum(momentum), rounds=30)
    states = np.hstack([points[1:], points[:-1]])
    np.testing.assert_allclose(states[1:], states[:-1] @ matrix(H, momentum).T, rtol=0, atol=1e-9)


def test_momentum_above_0_is_that_of_torch():
    expected = path(Alternating(), rounds=30, momentum=0.5)
    np.testing.assert_allclose(path(NegativeMomentum(0.5), rounds=30), expected, rtol=0, atol=1e-9)


def test_sign_of_the_momentum():
    """Without it the rate is 1; above 0 it leaves."""
    rates = [radius(NegativeMomentum(momentum)) for momentum in (-0.1, 0.0, 0.1)]
    assert rates[0] < 1 - 1e-3
    assert rates[1] == pytest.approx(1, abs=1e-4)
    assert rates[2] > 1 + 1e-3
    assert not math.isnan(sum(rates))
