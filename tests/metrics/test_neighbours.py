import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparring import Key
from sparring.metrics import neighbours
from sparring.metrics.neighbours import Distances, nearest


def squared(x, y):
    """By differences, in NumPy."""
    return np.square(x.numpy()[:, None] - y.numpy()[None]).sum(axis=2)


def normal(seed, *shape):
    return Key(seed).normal("x", shape, torch.float64)


@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 30), st.integers(1, 9), st.booleans())
def test_against_differences(seed, n, m, dim, whole):
    x, y = normal(seed, n, dim), normal(seed + 1, m, dim)
    if whole:  # many ties
        x, y = x.round(), y.round()
    k = min(m, 3)
    found, index = nearest(x, y, k)
    true = squared(x, y)
    np.testing.assert_allclose(found, np.sort(true, axis=1)[:, :k], rtol=1e-14)
    np.testing.assert_allclose(found, np.take_along_axis(true, index.numpy(), 1), rtol=1e-14)


def test_no_sample_is_its_own_neighbour(monkeypatch):
    monkeypatch.setattr(neighbours, "BLOCK", 100)  # several blocks
    x = normal(0, 33, 4)
    true = squared(x, x)
    np.fill_diagonal(true, np.inf)
    found, index = nearest(x, k=4)
    np.testing.assert_allclose(found, np.sort(true, axis=1)[:, :4], rtol=1e-14)
    assert (index != torch.arange(33)[:, None]).all()


@pytest.mark.parametrize("origin", [0.0, 1e3, 1e6])
def test_nothing_cancels(origin):
    """Pairs 1e-7 apart in a cloud of size 1, wherever it is: the expansion alone is wrong in the first digit."""
    x = origin + normal(0, 500, 64)
    y = x + 1e-7 * normal(1, 500, 64)
    found, index = nearest(x, y)
    assert (index[:, 0] == torch.arange(500)).all()
    np.testing.assert_allclose(found[:, 0], np.square((x - y).numpy()).sum(axis=1), rtol=1e-14)


def test_copies_have_distance_0():
    x = normal(0, 300, 2048)
    assert (nearest(x, x)[0] == 0).all()
    assert (nearest(x.repeat(3, 1), k=2)[0] == 0).all()
    assert (nearest(torch.full((50, 7), 0.1, dtype=torch.float64), k=2)[0] == 0).all()


@given(st.integers(0, 10_000), st.integers(1, 300), st.floats(-6, 6), st.floats(0, 1e6))
def test_slack_bounds_the_error(seed, dim, log_scale, origin):
    x = 10**log_scale * normal(seed, 20, dim) + origin
    y = 10**log_scale * normal(seed + 1, 20, dim) + origin
    distances = Distances(x, y)
    ((_, found),) = distances.blocks()
    assert np.abs(found.numpy() - squared(x, y)).max() <= distances.slack


def test_overflow_is_refused():
    with pytest.raises(ValueError, match="overflow: divide both sets by one number"):
        nearest(torch.tensor([[0.0], [1e200]], dtype=torch.float64))
