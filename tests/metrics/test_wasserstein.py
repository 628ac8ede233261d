import itertools
import math
import sys

import ot
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from sparring import Key
from sparring.metrics.wasserstein import exact_wasserstein, sliced_wasserstein


def normal(name, n, size=3):
    return Key(0).normal(name, (n, size), torch.float64)


def directions(count, size, seed=0):
    lines = Key(seed).normal("directions", (count, size), torch.float64)
    return lines / lines.norm(dim=1, keepdim=True)


@pytest.mark.parametrize("p", [1, 2])
def test_every_permutation(p):
    x, y = normal("x", 6), normal("y", 6) + 0.5
    costs = [(x - y[list(order)]).norm(dim=1).pow(p).mean().item() for order in itertools.permutations(range(6))]
    assert exact_wasserstein(x, y, p) == pytest.approx(min(costs) ** (1 / p), rel=1e-12)


@pytest.mark.parametrize("p", [1, 2])
def test_pot_agrees_on_equal_sizes(p):
    x, y = normal("x", 60), 2 * normal("y", 60)
    cost = ot.dist(x.numpy(), y.numpy(), metric="euclidean") ** p
    assert exact_wasserstein(x, y, p) == pytest.approx(ot.emd2([], [], cost) ** (1 / p), rel=1e-9)


def test_scipy_agrees_on_a_line():
    x, y = normal("x", 30, 1), normal("y", 47, 1) + 1
    a, b = Key(1).uniform("a", (30,)), Key(1).uniform("b", (47,))
    flat = (x[:, 0].numpy(), y[:, 0].numpy())
    assert exact_wasserstein(x, y) == pytest.approx(wasserstein_distance(*flat), rel=1e-9)
    known = wasserstein_distance(*flat, a.double().numpy(), b.double().numpy())
    assert exact_wasserstein(x, y, weights=(a, b)) == pytest.approx(known, rel=1e-9)
    assert sliced_wasserstein(x, y, 3, p=1) == pytest.approx(wasserstein_distance(*flat), rel=1e-9)


@pytest.mark.parametrize("p", [1, 2])
def test_weights_are_repeated_samples(p):
    x, y = normal("x", 4), normal("y", 6) + 1
    repeated = exact_wasserstein(x.repeat_interleave(torch.tensor([3, 1, 1, 1]), 0), y, p)
    assert exact_wasserstein(x, y, p, (torch.tensor([3, 1, 1, 1]), torch.full((6,), 9))) == pytest.approx(repeated)


@pytest.mark.parametrize(("n", "m"), [(40, 40), (40, 70), (1, 13)])
@pytest.mark.parametrize("p", [1, 2, 3.5])
def test_pot_agrees_on_slices(n, m, p):
    x, y = normal("x", n), normal("y", m) * 2 + 1
    theirs = ot.sliced_wasserstein_distance(x.numpy(), y.numpy(), projections=directions(100, 3).T.numpy(), p=p)
    assert sliced_wasserstein(x, y, 100, p=p) == pytest.approx(theirs, rel=1e-9)


def test_a_shift():
    """W_p of x and x + s is |s|; on a random line it is the shift's shadow, whose mean square is |s|^2 / D."""
    x, s = normal("x", 50, 5), torch.tensor([3.0, 0, 4, 0, 0], dtype=torch.float64)
    assert exact_wasserstein(x, x + s) == pytest.approx(5)
    assert exact_wasserstein(x, x + s, 2) == pytest.approx(5)
    error = 5 / math.sqrt(5) * math.sqrt(2 / 20_000)
    assert sliced_wasserstein(x, x + s, 20_000) == pytest.approx(math.sqrt(5), abs=4 * error)


def test_gaussians_on_a_line():
    """W_2 of N(0, 1) and N(1, 4) is sqrt(1 + 1)."""
    assert sliced_wasserstein(normal("x", 40_000, 1), 2 * normal("y", 50_000, 1) + 1, 1) == pytest.approx(
        math.sqrt(2), rel=0.02
    )


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 4), st.integers(0, 99))
def test_properties(n, m, size, seed):
    x, y = (Key(seed).normal(name, (count, size), torch.float64) for name, count in (("x", n), ("y", m)))
    for distance in (exact_wasserstein, lambda x, y: sliced_wasserstein(x, y, 20)):
        value = distance(x, y)
        assert value >= 0
        assert distance(x, x) == pytest.approx(0, abs=1e-12)
        assert distance(y, x) == pytest.approx(value, abs=1e-9)
        assert distance(x.flip(0), y.roll(1, 0)) == pytest.approx(value, abs=1e-9)
        assert distance(-2 * x, -2 * y) == pytest.approx(2 * value, abs=1e-9)
        assert value <= (x[:, None] - y).norm(dim=2).max() + 1e-9
    assert sliced_wasserstein(x, y, 20) <= exact_wasserstein(x, y, 2) + 1e-9


def test_they_grow_with_noise():
    x, noise = normal("x", 200), normal("noise", 200)
    for distance in (exact_wasserstein, sliced_wasserstein):
        values = [distance(x, x + level * noise) for level in (0, 0.3, 1, 3)]
        assert values == sorted(values)


def test_directions_depend_on_the_seed_alone():
    x, y = normal("x", 9), normal("y", 9)
    assert sliced_wasserstein(x, y, seed=1) == sliced_wasserstein(x, y, seed=1)
    assert sliced_wasserstein(x, y, seed=1) != sliced_wasserstein(x, y, seed=2)


def test_near_twins_keep_their_digits():
    x = torch.full((30, 2), 1000.0, dtype=torch.float64)
    assert exact_wasserstein(x, x + 1e-6) == pytest.approx(math.sqrt(2) * 1e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: exact_wasserstein(x, x[:, :2]), "expected the same"),
        (lambda x: exact_wasserstein(x, x, 3), "got p = 3; expected 1 or 2"),
        (lambda x: exact_wasserstein(x, x, weights=(torch.ones(5), torch.ones(4))), r"shape \[4\] for 5 samples"),
        (lambda x: exact_wasserstein(x, x, weights=(-torch.ones(5), torch.ones(5))), "none below 0"),
        (lambda x: exact_wasserstein(x, x, weights=(torch.zeros(5), torch.ones(5))), "not all 0"),
        (lambda x: sliced_wasserstein(x, x * torch.nan), "generated features hold NaN"),
        (lambda x: sliced_wasserstein(x, x, 0), "got 0 projections"),
        (lambda x: sliced_wasserstein(x, x, p=0.5), "p = 0.5; expected 1 or more"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(normal("x", 5))


def test_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ot", None)
    with pytest.raises(ValueError, match=r"pip install 'sparring\[metrics\]'"):
        exact_wasserstein(torch.ones(5, 2), torch.ones(4, 2))
