import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torchmetrics.image.kid import KernelInceptionDistance

from sparring import Key
from sparring.metrics import kernel
from sparring.metrics.kernel import kernel_blocks, kernel_distance


def normal(name, n, size=4):
    return Key(0).normal(name, (n, size), torch.float64)


def brute_force(x, y):
    def k(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    x, y = x.tolist(), y.tolist()
    within = [sum(k(a, b) for a, b in itertools.permutations(z, 2)) / (len(z) * (len(z) - 1)) for z in (x, y)]
    return sum(within) - 2 * sum(k(a, b) for a in x for b in y) / (len(x) * len(y))


def test_brute_force_agrees(monkeypatch):
    x, y = normal("x", 7), normal("y", 11) + 1
    assert kernel_distance(x, y) == pytest.approx(brute_force(x, y), rel=1e-12)
    monkeypatch.setattr(kernel, "_ROWS", 3)
    assert kernel_distance(x, y) == pytest.approx(brute_force(x, y), rel=1e-12)


def test_torchmetrics_agrees():
    x, y = normal("x", 50), 1.5 * normal("y", 50)
    with pytest.warns(UserWarning, match="large memory footprint"):
        theirs = KernelInceptionDistance(nn.Identity(), subsets=1, subset_size=50)
    theirs.update(x, real=True)
    theirs.update(y, real=False)
    assert kernel_distance(x, y) == pytest.approx(theirs.compute()[0].item(), rel=1e-9)


def test_a_known_distance_without_bias():
    """In one dimension (xy + 1)^3 compares moments: (m3)^2 + 3 (m2)^2 + 3 (m1)^2 of their differences."""
    known = (1 + 3) ** 2 + 3 * 1**2 + 3 * 1**2  # N(1, 1) has moments 1, 2, 4, N(0, 1) has 0, 1, 0
    found = kernel_blocks(normal("x", 40_000, 1), normal("y", 40_000, 1) + 1, size=20)
    assert found.count == 2000
    assert found.value == pytest.approx(known, abs=4 * found.error)
    assert found.error < known / 20


def test_equal_distributions_are_at_0():
    found = kernel_blocks(normal("x", 4000), normal("y", 4100), size=40)
    assert found.count == 100
    assert abs(found.value) < 4 * found.error


def test_the_error_is_the_spread_of_values():
    found = [kernel_blocks(normal(f"x{i}", 400), normal(f"y{i}", 400) + 0.5, size=20) for i in range(60)]
    spread = torch.tensor([each.value for each in found]).std().item()
    assert sum(each.error for each in found) / 60 == pytest.approx(spread, rel=0.3)


def test_blocks_depend_on_the_seed_alone():
    x, y = normal("x", 40), normal("y", 40)
    assert kernel_blocks(x, y, size=10, seed=1) == kernel_blocks(x, y, size=10, seed=1)
    assert kernel_blocks(x, y, size=10, seed=1) != kernel_blocks(x, y, size=10, seed=2)


@given(st.integers(2, 20), st.integers(2, 20), st.integers(1, 6), st.integers(0, 99))
def test_properties(n, m, size, seed):
    x, y = (Key(seed).normal(name, (count, size), torch.float64) for name, count in (("x", n), ("y", m)))
    value = kernel_distance(x, y)
    assert math.isfinite(value)
    assert kernel_distance(y, x) == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert kernel_distance(x.flip(0), y.roll(1, 0)) == pytest.approx(value, rel=1e-9, abs=1e-9)
    assert kernel_distance(x, x) <= 1e-9  # pairs of a sample with itself count between the sets only


def test_it_grows_with_noise():
    x, noise = normal("x", 500), normal("noise", 500)
    values = [kernel_distance(x, x + level * noise) for level in (0, 1, 2, 4)]
    assert values == sorted(values)


def test_constant_samples():
    """k = (1/1 * 1 + 1)^3 = 8 within ones, 1 elsewhere."""
    assert kernel_distance(torch.ones(3, 2), torch.zeros(4, 2)) == pytest.approx(8 + 1 - 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: kernel_distance(x[:1], x), "got 1 real samples; expected at least 2"),
        (lambda x: kernel_distance(x, x[:, :2]), "expected the same"),
        (lambda x: kernel_blocks(x, x), "got 30 real samples; expected at least 2000, or smaller blocks"),
        (lambda x: kernel_blocks(x, x, size=1), "got blocks of 1; expected at least 2"),
        (lambda x: kernel_blocks(x, x * torch.inf, size=2), "NaN or infinity"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(normal("x", 30))
