import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from sparring import Key
from sparring.metrics.overfitting import overfitting


def normal(name, n, mean=0.0, std=1.0):
    return mean + std * Key(0).normal(name, (n,), torch.float64)


@settings(max_examples=30)
@given(st.integers(20, 200), st.integers(20, 200), st.floats(-3, 3))
def test_against_numpy(n, m, shift):
    x, y, z = normal("x", n, shift, 2.0), normal("y", m), normal("z", 50, -9.0)
    found = overfitting(x, y, z)
    a, b, c = (part.numpy() for part in (x, y, z))
    assert found.gap.value == pytest.approx(a.mean() - b.mean(), abs=1e-12)
    reach = 1.96 * np.hypot(a.std(ddof=1) / np.sqrt(n), b.std(ddof=1) / np.sqrt(m))
    assert found.gap.high - found.gap.low == pytest.approx(2 * reach)
    assert found.share == pytest.approx((a.mean() - b.mean()) / (a.mean() - c.mean()), abs=1e-12)


def test_the_interval_is_that_of_welch():
    x, y = normal("x", 4000, 0.05, 2.0), normal("y", 1000)
    found = overfitting(x, y, y).gap
    theirs = ttest_ind(x.numpy(), y.numpy(), equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-3)


def test_it_is_a_difference():
    """Adding a number to all logits changes nothing, and a factor changes the gap alone."""
    x, y, z = normal("x", 100, 1.0), normal("y", 100), normal("z", 100, -2.0)
    plain, moved = overfitting(x, y, z), overfitting(2 * x + 7, 2 * y + 7, 2 * z + 7)
    assert moved.gap.value == pytest.approx(2 * plain.gap.value)
    assert moved.share == pytest.approx(plain.share)
    assert overfitting(x, z, z).share == pytest.approx(1.0)
    assert overfitting(x, x, z).share == 0.0


def test_no_share_where_generated_samples_win():
    assert overfitting(normal("x", 50), normal("y", 50), normal("z", 50, 9.0)).share is None


def test_bad_input_is_refused():
    x = normal("x", 50)
    with pytest.raises(ValueError, match="got 5 held-out samples; expected at least 20"):
        overfitting(x, x[:5], x)
    with pytest.raises(ValueError, match="generated features hold NaN"):
        overfitting(x, x, x * torch.nan)
