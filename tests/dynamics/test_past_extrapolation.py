"""One gradient a round, against the recursion of Popov's method and against its Adam written by hand."""

import math

import numpy as np
import pytest
import torch

from sparring.dynamics.optimistic import Optimistic
from sparring.dynamics.past_extrapolation import PastExtrapolation
from spirals import FIELD, ONE, H, Moments, largest, path, radius


def matrix(h):
    """Of (w, the last point ahead): the point ahead is w - h F(last), the next w is w - h F(ahead)."""
    ahead = np.hstack([ONE, -h * FIELD])
    return np.vstack([np.hstack([ONE, 0 * ONE]) - h * FIELD @ ahead, ahead])


@pytest.mark.parametrize("h", [H, 0.55])
def test_rate_on_xy(h):
    assert radius(PastExtrapolation(), h) == pytest.approx(largest(matrix(h)), abs=5e-4)
    assert radius(PastExtrapolation(), h) == pytest.approx(radius(Optimistic(), h), abs=5e-4)


def test_number_of_theory():
    assert radius(PastExtrapolation(), H) == pytest.approx(0.94868, abs=5e-5)
    assert radius(PastExtrapolation(), 0.57) < 1 < radius(PastExtrapolation(), 1 / math.sqrt(3) + 0.01)


def test_path_on_xy():
    """The first round has no past: its point ahead is where it stands."""
    z, points = np.array([1.0, 0.4] * 2), []
    z[2:] = z[:2]
    w = z[:2] - H * FIELD @ z[:2]
    state = np.concatenate([w, z[:2]])
    for _ in range(30):
        points.append(state[:2])
        state = matrix(H) @ state
    np.testing.assert_allclose(path(PastExtrapolation(), H, 30)[1:], points, rtol=0, atol=1e-12)


def test_adam():
    """The look ahead updates the moments too, along the gradients of the round before."""
    z, last, moments, expected = np.array([1.0, 0.4]), None, Moments(0.05, (0.5, 0.9)), []
    for _ in range(20):
        ahead = z if last is None else z - moments.step(last)
        last = FIELD @ ahead
        z = z - moments.step(last)
        expected.append(z)
    found = path(PastExtrapolation(), 0.05, 20, make=torch.optim.Adam, betas=(0.5, 0.9))
    np.testing.assert_allclose(found[1:], expected, rtol=0, atol=1e-12)
