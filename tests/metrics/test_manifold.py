import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sparring import Key
from sparring.metrics import neighbours
from sparring.metrics.manifold import Manifold, expected_coverage, manifold


def normal(seed, *shape):
    return Key(seed).normal("x", shape, torch.float64)


def brute(real, generated, k=3, k_density=5):
    """From the definitions, with all differences in memory."""
    x, y = real.flatten(1).double().numpy(), generated.flatten(1).double().numpy()

    def between(a, b):
        return np.square(a[:, None] - b[None]).sum(axis=2)

    def radius(a, k):
        return np.sort(between(a, a), axis=1)[:, k]  # the nearest of all is the sample itself

    cross = between(x, y)
    in_real = cross <= radius(x, k)[:, None]
    in_wider = cross <= radius(x, k_density)[:, None]
    in_generated = cross <= radius(y, k)[None]
    density = in_wider.sum(axis=0) / k_density
    return Manifold(
        in_real.any(axis=0).mean(),
        in_generated.any(axis=1).mean(),
        density.mean(),
        in_wider.any(axis=1).mean(),
        np.std(density, ddof=1) / np.sqrt(len(y)),
    )


def same(a, b):
    return vars(a) == pytest.approx(vars(b), abs=1e-12)


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(6, 60), st.integers(6, 60), st.integers(1, 6), st.sampled_from([0, 1, 2, 3]))
def test_against_the_definitions(seed, n, m, dim, kind):
    """Kind 1: whole numbers, so that many distances tie. Kind 2: half of the generated samples are copies.

    Kind 3: the generator has collapsed to three real samples.
    """
    x, y = normal(seed, n, dim), 0.7 * normal(seed + 1, m, dim) + 0.3
    if kind == 1:
        x, y = (2 * x).round(), (2 * y).round()
    if kind == 2:
        half = min(n, m) // 2
        y[:half] = x[:half]
    if kind == 3:
        y = x[torch.arange(m) % 3]
    if (x == x[0]).all():
        return
    assert same(manifold(x, y), brute(x, y))
    assert same(manifold(x, y, k=5, k_density=2), brute(x, y, 5, 2))


def test_blocks_do_not_matter(monkeypatch):
    x, y = normal(0, 90, 3, 2, 2), normal(1, 70, 3, 2, 2)
    whole = manifold(x, y)
    monkeypatch.setattr(neighbours, "BLOCK", 500)
    assert manifold(x, y) == whole
    assert same(whole, brute(x, y))


@pytest.mark.parametrize("origin", [0.0, 1e6])
def test_the_same_set(origin):
    """Each sample is in its own ball and in those of k others, on average; ties at the surface survive rounding."""
    x = origin + normal(3, 400, 512)
    found = manifold(x, x.clone())
    assert (found.precision, found.recall, found.density, found.coverage) == (1.0, 1.0, 6 / 5, 1.0)


def test_equal_distributions():
    """The mean density is 1 and the mean coverage as the paper derives it; 4 standard errors over 40 pairs."""
    found = [manifold(normal(2 * s, 200, 4), normal(2 * s + 1, 200, 4)) for s in range(40)]
    for name, expected in {"density": 1.0, "coverage": expected_coverage(200, 200)}.items():
        values = np.array([getattr(one, name) for one in found])
        assert abs(values.mean() - expected) < 4 * values.std(ddof=1) / math.sqrt(40)
        assert values.std() < 0.1


@pytest.mark.parametrize(("n", "m", "k"), [(10, 10, 5), (30, 7, 2), (6, 50, 5), (8, 1, 1)])
def test_expected_coverage_by_counting(n, m, k):
    """Of n - 1 + m others in random order, the nearest k are all real."""
    keys = np.argsort(Key(0).uniform("order", (20_000, n - 1 + m)).numpy(), axis=1)
    share = (keys[:, :k] >= n - 1).any(axis=1).mean()
    assert abs(expected_coverage(n, m, k) - share) < 4 * 0.5 / math.sqrt(20_000)


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_symmetry_and_order(seed):
    x, y = normal(seed, 40, 3), normal(seed + 1, 50, 3) + 0.5
    here, there = manifold(x, y), manifold(y, x)
    assert (here.precision, here.recall) == (there.recall, there.precision)
    assert same(manifold(x.flip(0), y.flip(0)), here)
    assert same(manifold(100 * x + 7, 100 * y + 7), here)


def test_noise_lowers_fidelity_and_collapse_lowers_coverage():
    x, y = normal(0, 500, 8), normal(1, 500, 8)
    noisy = [manifold(x, y + s * normal(2, 500, 8)) for s in (0.0, 1.0, 3.0, 10.0)]
    for name in ("precision", "density", "coverage"):
        values = [getattr(one, name) for one in noisy]
        assert values == sorted(values, reverse=True)
        assert values[0] > values[-1]
    collapsed = manifold(x, x[:1].repeat(500, 1))
    assert (collapsed.precision, collapsed.recall) == (1.0, 1 / 500)
    assert collapsed.coverage < 0.1


@pytest.mark.parametrize(
    ("real", "generated", "options", "message"),
    [
        (normal(0, 5, 2), normal(0, 9, 2), {}, "got 5 real samples; expected at least 6, or a smaller k"),
        (normal(0, 9, 2), normal(0, 3, 2), {"k_density": 3}, "got 3 generated samples; expected at least 4"),
        (normal(0, 9, 2), normal(0, 9, 3), {}, "expected the same"),
        (torch.ones(9, 2), normal(0, 9, 2), {}, "all real samples are the same"),
        (normal(0, 9, 2), torch.full((9, 2), torch.nan), {}, "NaN"),
        (normal(0, 9, 2), normal(0, 9, 2), {"k": 0}, "k is 0"),
        (1e200 * normal(0, 9, 2), normal(0, 9, 2), {}, "overflow"),
    ],
)
def test_refused(real, generated, options, message):
    with pytest.raises(ValueError, match=message):
        manifold(real, generated, **options)


@pytest.mark.parametrize(("n", "m", "k"), [(5, 0, 1), (5, 5, 5), (5, 5, 0)])
def test_impossible_expectations_are_refused(n, m, k):
    with pytest.raises(ValueError, match="expected m of 1 or more and k from 1 to n - 1"):
        expected_coverage(n, m, k)
