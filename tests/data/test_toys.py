import math

import numpy as np
import pytest
import torch

from sparring import InMemory, Key
from sparring.data.toys import (
    TOYS,
    gaussians,
    grid,
    grid_modes,
    parallel_lines,
    ring,
    ring_modes,
    swiss_roll,
)

N = 50_000
SIGMAS = 5  # how far from its expectation a statistic may be, in its own standard deviations


def check_mixture(x, centres, stds, weights):
    """Weights, means and spreads of well separated modes; the tolerances follow from the number of points."""
    nearest = torch.cdist(x, centres).argmin(dim=1)
    for k, (std, weight) in enumerate(zip(stds, weights, strict=True)):
        away = (x[nearest == k] - centres[k]).double()
        count, dim = away.shape
        assert abs(count / len(x) - weight) < SIGMAS * math.sqrt(weight * (1 - weight) / len(x))
        assert away.mean(dim=0).abs().max() < SIGMAS * std / math.sqrt(count)
        assert abs(away.square().mean().sqrt() / std - 1) < SIGMAS / math.sqrt(2 * count * dim)


def distance_from_uniform(x, low, high):
    """The Kolmogorov-Smirnov statistic times the square root of n; more than 2 has a probability of .0007."""
    u = np.sort((x.double().numpy() - low) / (high - low))
    steps = np.arange(len(u) + 1) / len(u)
    return math.sqrt(len(u)) * max((steps[1:] - u).max(), (u - steps[:-1]).max())


def test_eight_different_modes_on_the_unit_circle():
    centres = ring_modes()
    assert torch.allclose(centres.norm(dim=1), torch.ones(8))
    assert torch.pdist(centres).min() > 0.76  # 2 sin(pi / 8)


def test_the_grid_is_the_one_of_pacgan():
    expected = {(float(x), float(y)) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert {tuple(centre) for centre in grid_modes().tolist()} == expected
    assert len(grid_modes()) == 25


def test_spread_and_weights():
    check_mixture(ring(N), ring_modes(), [0.01] * 8, [1 / 8] * 8)
    check_mixture(grid(N), grid_modes(), [0.05] * 25, [1 / 25] * 25)
    centres, weights = torch.tensor([[0.0, 0.0, 90.0], [0.0, 90.0, 0.0], [-90.0, 0.0, 0.0]]), (1, 2, 5)
    x = gaussians(N, centres, stds=(1.0, 4.0, 0.5), weights=weights)
    check_mixture(x, centres, (1.0, 4.0, 0.5), [weight / 8 for weight in weights])


@pytest.mark.parametrize("modes", [1, 5, 7, 8, 25])
def test_the_ring_is_drawn_as_it_always_was(modes):
    """Records rest on these points."""
    key = Key(3, ("ring",))
    expected = ring_modes(modes)[key.integers("mode", (999,), modes)] + 0.02 * key.normal("noise", (999, 2))
    assert torch.equal(ring(999, modes=modes, std=0.02, seed=3), expected)


@pytest.mark.parametrize("m", [1.0, 2.0, 3.0])
def test_the_gaussian_nearest_in_kl(m):
    """.5 N(-m, 1) + .5 N(m, 1) has mean 0 and variance 1 + m^2; the fourth moment m^4 + 6 m^2 + 3 gives the errors."""
    x = gaussians(N, [[-m], [m]], seed=4).double()
    variance, fourth = 1 + m**2, m**4 + 6 * m**2 + 3
    assert abs(x.mean()) < SIGMAS * math.sqrt(variance / N)
    assert abs(x.square().mean() - variance) < SIGMAS * math.sqrt((fourth - variance**2) / N)


def test_without_noise_the_swiss_roll_is_a_spiral():
    x, z = 7.5 * swiss_roll(N, noise=0.0).double().numpy().T
    t = np.hypot(x, z)
    np.testing.assert_allclose(x, t * np.cos(t), atol=1e-4)
    np.testing.assert_allclose(z, t * np.sin(t), atol=1e-4)
    assert distance_from_uniform(torch.from_numpy(t), 1.5 * np.pi, 4.5 * np.pi) < 2


def test_the_swiss_roll_of_scikit_learn():
    """Its function and what WGAN-GP's code does with the result, in NumPy, against ours: moments and quantiles."""
    rng = np.random.default_rng(0)
    t = 1.5 * np.pi * (1 + 2 * rng.uniform(size=N))
    three = np.vstack((t * np.cos(t), 21 * rng.uniform(size=N), t * np.sin(t)))
    three += 0.25 * rng.standard_normal(size=(3, N))
    theirs, ours = three.T[:, [0, 2]] / 7.5, swiss_roll(N).numpy()
    for a, b in ((theirs, ours), (theirs**2, ours**2), (theirs.prod(axis=1), ours.prod(axis=1))):
        assert (np.abs(a.mean(axis=0) - b.mean(axis=0)) < SIGMAS * a.std(axis=0) * math.sqrt(2 / N)).all()
    for k in (0, 1):  # two samples: the Kolmogorov-Smirnov statistic
        both = np.concatenate([theirs[:, k], ours[:, k]])
        shares = [np.searchsorted(np.sort(x[:, k]), both, side="right") / N for x in (theirs, ours)]
        assert np.abs(shares[0] - shares[1]).max() * math.sqrt(N / 2) < 2


def test_the_noise_of_the_swiss_roll():
    noise = 7.5 * (swiss_roll(N) - swiss_roll(N, noise=0.0)).double()
    assert abs(noise.square().mean().sqrt() / 0.25 - 1) < SIGMAS / math.sqrt(4 * N)


def test_parallel_lines():
    """Each point has its partner at the distance |t|, which is the Wasserstein distance, and none is nearer."""
    near, far = parallel_lines(N), parallel_lines(N, -0.7)
    assert near[:, 0].abs().max() == 0
    assert distance_from_uniform(near[:, 1], 0, 1) < 2
    torch.testing.assert_close((near - far).norm(dim=1), torch.full((N,), 0.7))
    assert torch.cdist(near[:500], far[:500]).min() > 0.7 - 1e-6


@pytest.mark.parametrize("name", TOYS)
def test_every_toy(name):
    """Found by name, points in the plane, the same every time; more of them begin with the fewer."""
    toy = TOYS[name]
    assert len(InMemory(toy()).x) == 100_000
    x = toy(1001, seed=5)
    assert x.shape == (1001, 2)
    assert x.dtype == torch.float32
    assert torch.isfinite(x).all()
    assert torch.equal(toy(10, seed=5), x[:10])
    assert not torch.equal(toy(1001, seed=6), x)
    with pytest.raises(ValueError, match="asked for 0 points; expected 1 or more"):
        toy(0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ring(std=0.0), "deviations are 0.0; expected one positive number, or 8"),
        (lambda: ring(modes=0), "asked for 0 modes"),
        (lambda: grid(std=-1.0), "deviations are -1.0"),
        (lambda: grid(std=math.nan), "deviations are nan"),
        (lambda: gaussians(stds=(1.0, 2.0, 3.0)), r"deviations are \(1.0, 2.0, 3.0\).*or 2: one a mode"),
        (lambda: gaussians(weights=(1.0, 0.0)), r"weights are \(1.0, 0.0\)"),
        (lambda: gaussians(9, torch.zeros(3)), r"shape \[3\]; expected \[K, D\]"),
        (lambda: gaussians(9, torch.zeros(0, 2)), r"shape \[0, 2\]"),
        (lambda: gaussians(9, [[math.inf]]), "all finite"),
        (lambda: swiss_roll(noise=-0.1), "noise is -0.1"),
        (lambda: swiss_roll(noise=math.inf), "noise is inf"),
        (lambda: parallel_lines(9, math.nan), "line is at nan"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
