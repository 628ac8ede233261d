"""Twice this step less the last one, against the recursion of the paper and against Optimistic Adam by hand."""

import math

import numpy as np
import pytest
import torch

from sparring.dynamics.optimistic import Optimistic
from spirals import FIELD, ONE, H, Moments, follows, largest, memory, path, radius


def recursion(h):
    return ONE - 2 * h * FIELD, h * FIELD


def theory(h):
    if h <= 0.5:
        return math.sqrt((1 + math.sqrt(1 - 4 * h**2)) / 2)
    return math.sqrt((1 + (2 * h + math.sqrt(4 * h**2 - 1)) ** 2) / 4)


@pytest.mark.parametrize("h", [H, 0.55])
def test_rate_on_xy(h):
    assert largest(memory(*recursion(h))) == pytest.approx(theory(h), abs=1e-12)
    assert follows(path(Optimistic(), h), *recursion(h)) < 1e-12
    assert radius(Optimistic(), h) == pytest.approx(theory(h), abs=5e-4)


def test_numbers_of_theory():
    assert radius(Optimistic(), H) == pytest.approx(0.94868, abs=5e-5)
    assert radius(Optimistic(), 0.55) == pytest.approx(0.9258, abs=5e-5)
    assert radius(Optimistic(), 0.57) < 1 < radius(Optimistic(), 1 / math.sqrt(3) + 0.01)
    assert 0.7072 < radius(Optimistic(), 0.5, 400) < radius(Optimistic(), 0.5, 200) < 0.73  # a double eigenvalue


def test_the_first_step_is_a_plain_one():
    assert path(Optimistic(), H, 1)[1] == pytest.approx((ONE - H * FIELD) @ [1.0, 0.4])


def test_adam_is_optimistic_adam():
    """Twice the step of Adam less its last step."""
    z, last, moments, expected = np.array([1.0, 0.4]), None, Moments(0.05, (0.5, 0.9)), []
    for _ in range(20):
        step = moments.step(FIELD @ z)
        z, last = z - 2 * step + (step if last is None else last), step
        expected.append(z)
    found = path(Optimistic(), 0.05, 20, make=torch.optim.Adam, betas=(0.5, 0.9))
    np.testing.assert_allclose(found[1:], expected, rtol=0, atol=1e-12)
