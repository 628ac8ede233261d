import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import chi, entropy

from sparring import Key
from sparring.data.toys import GRID_STD, RING_STD, gaussians, grid_modes, ring, ring_modes
from sparring.metrics.modes import kept_spread, modes, perfect


def test_a_perfect_sampler():
    """1 - exp(-9/2) of high quality, an eighth on each mode."""
    n = 100_000
    found = modes(ring(n, seed=5), ring_modes(), RING_STD)
    assert found.high_quality == pytest.approx(1 - math.exp(-4.5), abs=4 * math.sqrt(0.011 / n))
    assert found.covered == 8
    assert max(found.weights) - min(found.weights) < 0.01
    assert found.reverse_kl < 3e-4
    assert max(found.mean_errors) < 4.5 / math.sqrt(n / 8)
    assert found.spreads == pytest.approx([1] * 8, abs=4.5 / math.sqrt(n / 2))


def test_a_collapsed_sampler():
    found = modes(ring_modes()[:1].repeat(100, 1), ring_modes(), RING_STD)
    assert (found.high_quality, found.covered, found.weights[0]) == (1.0, 1, 1.0)
    assert found.reverse_kl == pytest.approx(math.log(8))
    assert found.mean_errors == (0, *[None] * 7)
    assert found.spreads == (0, *[None] * 7)


def test_a_sampler_beside_the_modes():
    found = modes(torch.tensor([[0.0, 0.0], [1.0, 0.029], [1.0, 0.031]]), ring_modes(), RING_STD)
    assert found.high_quality == pytest.approx(1 / 3)
    assert found.weights[0] == pytest.approx(1 / 3)
    assert found.mean_errors[0] == pytest.approx(2.9)
    assert found.spreads[0] is None
    nowhere = modes(torch.zeros(5, 2), ring_modes(), RING_STD)
    assert (nowhere.high_quality, nowhere.covered, nowhere.reverse_kl) == (0, 0, math.inf)
    assert set(nowhere.mean_errors + nowhere.spreads) == {None}


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 5), st.floats(0.2, 2))
def test_against_the_definitions(seed, dim, count, scale):
    """In NumPy, sample by sample."""
    centres = 4 * Key(seed).normal("centres", (count, dim), torch.float64)
    weights = Key(seed).uniform("weights", (count,)).add(0.1).tolist()
    x = gaussians(60, centres, stds=scale, weights=weights, seed=seed)
    found = modes(x, centres, 0.7, weights)
    owned = [[] for _ in range(count)]
    for sample in x.double().numpy():
        distances = np.linalg.norm(sample - centres.numpy(), axis=1)
        if distances.min() < 2.1:
            owned[distances.argmin()].append(sample)
    sizes = np.array([len(own) for own in owned])
    assert found.high_quality == pytest.approx(sizes.sum() / 60)
    assert found.weights == pytest.approx(sizes / 60)
    expected = entropy(sizes, weights) if sizes.sum() else math.inf
    assert found.reverse_kl == pytest.approx(expected, abs=1e-12)
    for k, own in enumerate(owned):
        if own:
            assert found.mean_errors[k] == pytest.approx(
                np.linalg.norm(np.mean(own, axis=0) - centres[k].numpy()) / 0.7
            )
        if len(own) > 1:
            true = math.sqrt(np.var(own, axis=0, ddof=1).mean()) / 0.7 / kept_spread(dim)
            assert found.spreads[k] == pytest.approx(true)


@given(st.integers(0, 100))
def test_order_does_not_matter(seed):
    x = ring(500, seed=seed)
    here, there = modes(x, ring_modes(), RING_STD), modes(x.flip(0), ring_modes(), RING_STD)
    assert here.weights == there.weights
    assert here.spreads == pytest.approx(there.spreads)


def test_kept_spread_in_closed_form():
    assert kept_spread(2) == pytest.approx(math.sqrt(1 - 4.5 * math.exp(-4.5) / (1 - math.exp(-4.5))), rel=1e-12)
    assert kept_spread(2) == pytest.approx(0.974396, abs=5e-7)


@pytest.mark.parametrize("dim", [1, 2, 3, 10, 200])
def test_kept_spread_by_integration(dim):
    second = quad(lambda r: r * r * chi.pdf(r, dim), 0, 3, epsabs=0)[0]
    assert kept_spread(dim) == pytest.approx(math.sqrt(second / chi.cdf(3, dim) / dim), rel=1e-6)


@pytest.mark.parametrize(("dim", "message"), [(0, "expected 1 or more"), (2000, "in 2000 dimensions no sample")])
def test_kept_spread_refused(dim, message):
    with pytest.raises(ValueError, match=message):
        kept_spread(dim)


def test_kept_spread_of_samples():
    r2 = Key(0).normal("x", (400_000, 2), torch.float64).square().sum(dim=1)
    kept = r2[r2 < 9]
    assert kept.mean().div(2).sqrt().item() == pytest.approx(kept_spread(2), abs=4 * 0.4 / math.sqrt(len(kept)))


@pytest.mark.parametrize(
    ("centres", "std", "kl", "sd"), [(ring_modes(), RING_STD, 0.0014, 0.0008), (grid_modes(), GRID_STD, 0.0049, 0.0014)]
)
def test_what_perfect_samplers_get(centres, std, kl, sd):
    """Published floors at 2,500 samples, and (K - 1) / (2 n): chi squared with K - 1 degrees, over 2 n."""
    found = perfect(2500, centres, std, seeds=range(200))
    freedom, kept = len(centres) - 1, 2500 * (1 - math.exp(-4.5))
    error = math.sqrt(2 * freedom) / (2 * kept)
    assert found.reverse_kl.mean == pytest.approx(freedom / (2 * kept), abs=4 * error / math.sqrt(200) + 2e-5)
    assert found.reverse_kl.sd == pytest.approx(error, rel=0.25)
    assert found.reverse_kl.mean == pytest.approx(kl, abs=2e-4)
    assert found.reverse_kl.sd == pytest.approx(sd, abs=2e-4)
    assert found.high_quality.mean == pytest.approx(1 - math.exp(-4.5), abs=4 * 0.0021 / math.sqrt(200))
    assert found.high_quality.sd == pytest.approx(0.0021, abs=4 * 0.0021 / math.sqrt(400))
    assert (found.covered.mean, found.covered.sd) == (len(centres), 0)
    assert 0 < found.mean_error.mean < 0.4
    assert 0 < found.spread.mean < 0.2


def test_too_good_to_be_true():
    level = perfect(2500, ring_modes(), RING_STD)
    narrow = modes(ring(2500, std=0.7 * RING_STD), ring_modes(), RING_STD)
    assert level.too_good(narrow)
    assert not any(level.too_good(modes(ring(2500, seed=seed), ring_modes(), RING_STD)) for seed in range(200, 300))


def test_weights_are_the_mixture_s():
    centres, weights = [[0.0], [10.0]], [9, 1]
    found = perfect(1000, torch.tensor(centres), 1.0, weights)
    assert found.reverse_kl.mean < 0.002
    even = modes(gaussians(1000, centres, seed=1), torch.tensor(centres), 1.0, weights)
    assert even.reverse_kl == pytest.approx(0.5 * math.log(0.5 / 0.9) + 0.5 * math.log(0.5 / 0.1), abs=0.1)


@pytest.mark.parametrize(
    ("samples", "std", "weights", "message"),
    [
        (torch.zeros(4, 3), 1.0, None, r"samples \[4, 3\] and centres \[8, 2\]; expected"),
        (torch.zeros(0, 2), 1.0, None, "expected"),
        (torch.full((4, 2), torch.nan), 1.0, None, "the generator has diverged"),
        (torch.zeros(4, 2), 0.0, None, "standard deviation is 0.0"),
        (torch.zeros(4, 2), 1.0, [1, 2], "got 2 weights; expected 8 positive numbers"),
        (torch.zeros(4, 2), 1.0, [0] * 8, "got 8 weights; expected 8 positive numbers"),
    ],
)
def test_refused(samples, std, weights, message):
    with pytest.raises(ValueError, match=message):
        modes(samples, ring_modes(), std, weights)


def test_one_seed_is_refused():
    with pytest.raises(ValueError, match="got 1 seeds; expected 2 or more"):
        perfect(10, ring_modes(), RING_STD, seeds=[0])
