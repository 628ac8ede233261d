import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from torch import nn
from torchmetrics.image.fid import FrechetInceptionDistance

from sparring import Key
from sparring.metrics import frechet
from sparring.metrics.frechet import Reference, frechet_distance, frechet_extrapolated, frechet_from_moments


def features(n, size, seed=0, scale=1.0, shift=0.0):
    """Correlated ones."""
    key = Key(seed)
    mix = key.normal("mix", (size, size), torch.float64) + 2 * torch.eye(size)
    return scale * key.normal("x", (n, size), torch.float64) @ mix + shift


def exactly(n, deviations, seed, turn=None):
    """[n, D] samples whose covariance has these standard deviations along the axes, or along the columns of `turn`."""
    x = Key(seed).normal("x", (n, len(deviations) + 1), torch.float64)
    x[:, 0] = 1
    x = torch.linalg.qr(x).Q[:, 1:] * math.sqrt(n - 1) * deviations
    return x if turn is None else x @ turn.T


def by_sqrtm(x, y):
    a, b = x.T.cov().numpy(), y.T.cov().numpy()
    return (x.mean(0) - y.mean(0)).square().sum().item() + np.trace(a + b - 2 * sqrtm(a @ b).real)


def by_eigenvalues(x, y):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frechet, "_TOLERANCE", math.inf)
        return frechet_distance(x, y)


def by_nuclear_norm(x, y):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frechet, "_TOLERANCE", -1.0)
        return frechet_distance(x, y)


def test_moments_with_a_known_distance():
    """Covariances with common axes: |m1 - m2|^2 + the sum of squared differences of standard deviations."""
    turn = torch.linalg.qr(Key(0).normal("turn", (5, 5), torch.float64)).Q
    a, b = torch.tensor([1.0, 2, 3, 4, 0.1]).double(), torch.tensor([2.0, 2, 1, 0.5, 3]).double()
    x, y = exactly(40, a, 1, turn), exactly(60, b, 2, turn) + torch.tensor([1.0, 0, 0, 2, 0])
    known = 5 + (a - b).square().sum().item()
    assert frechet_distance(x, y) == pytest.approx(known, rel=1e-12)
    mean = torch.zeros(5)
    assert frechet_from_moments(mean, (turn * a**2) @ turn.T, mean + 1, (turn * b**2) @ turn.T) == pytest.approx(known)


def test_one_dimension():
    x, y = torch.tensor([[0.0], [2.0]]), torch.tensor([[5.0], [5.0]])  # deviations sqrt 2 and 0
    assert frechet_distance(x, y) == pytest.approx(16 + 2)


def test_scipy_agrees():
    x, y = features(300, 60), features(200, 60, 1, 1.2, 0.3)
    assert frechet_distance(x, y) == pytest.approx(by_sqrtm(x, y), rel=1e-8)
    moments = (x.mean(0), x.T.cov(), y.mean(0), y.T.cov())
    assert frechet_from_moments(*moments) == pytest.approx(by_sqrtm(x, y), rel=1e-8)


def test_torchmetrics_agrees():
    class Identity(nn.Module):
        num_features = 12

        def forward(self, x):
            return x

    x, y = features(100, 12), features(90, 12, 1, 1.2, 0.3)
    theirs = FrechetInceptionDistance(Identity()).set_dtype(torch.float64)
    theirs.update(x, real=True)
    theirs.update(y, real=False)
    assert frechet_distance(x, y) == pytest.approx(theirs.compute().item(), rel=1e-9)


def test_blocks_do_not_matter(monkeypatch):
    """Blocks of 7, the last one smaller, against products of whole matrices."""
    x = features(150, 30)
    root, covariance = torch.linalg.cholesky(x.T.cov()), features(60, 30, 1).T.cov()
    monkeypatch.setattr(frechet, "_BLOCK", 7)
    assert torch.allclose(frechet._gram(x), x.T @ x, rtol=1e-12)
    whole = root.T @ covariance @ root
    assert torch.allclose(frechet._congruent(root, covariance).tril(), whole.tril(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("size", [3, 20, 80])
def test_the_two_ways_agree(size):
    x, y = features(150, size), features(100, size, 1, 0.8, 0.1)
    assert by_eigenvalues(x, y) == pytest.approx(by_nuclear_norm(x, y), rel=1e-11)


def test_eigenvalues_are_not_trusted_where_rounding_rules_them(monkeypatch):
    """Variances of 14 orders of magnitude, largest where the others are smallest: S1 S2 is flat."""
    turn = torch.linalg.qr(Key(0).normal("turn", (50, 50), torch.float64)).Q
    a = 10 ** torch.linspace(0, -7, 50, dtype=torch.float64)
    x, y = exactly(200, a, 1, turn), exactly(200, a.flip(0), 2, turn)
    trusted = []
    nuclear = frechet._nuclear_norm
    monkeypatch.setattr(frechet, "_nuclear_norm", lambda *roots: trusted.append(roots) or nuclear(*roots))
    assert frechet_distance(x, y) == pytest.approx((a - a.flip(0)).square().sum().item(), rel=1e-13)
    assert trusted
    frechet_distance(features(100, 5), features(100, 5, 1))
    assert len(trusted) == 1


@pytest.mark.parametrize(("n", "m"), [(10, 12), (10, 200), (200, 10), (21, 20), (20, 21), (2, 2)])
def test_fewer_samples_than_dimensions(n, m):
    """Zero dimensions change nothing, and make any set one with fewer samples than dimensions."""
    x, y = features(n, 20), features(m, 20, 1, 1.1, 0.2)
    wide = [nn.functional.pad(z, (0, 300)) for z in (x, y)]
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(*wide), rel=1e-11)


def test_fewer_samples_than_dimensions_from_moments():
    x, y = features(15, 20), features(12, 20, 1, 1.1, 0.2)
    from_moments = frechet_from_moments(x.mean(0), x.T.cov(), y.mean(0), y.T.cov())
    assert frechet_distance(x, y) == pytest.approx(from_moments, rel=1e-9)


@pytest.mark.parametrize(("smallest", "by_cholesky"), [(1e-4, True), (1e-8, False)])
def test_the_quick_root_is_taken_where_it_loses_nothing(smallest, by_cholesky):
    """Against the same samples in a basis in which the covariance is the unit matrix, where rounding is no matter."""
    turn = torch.linalg.qr(Key(0).normal("turn", (40, 40), torch.float64)).Q
    scales = torch.logspace(0, math.log10(smallest) / 2, 40, dtype=torch.float64)
    x = Key(0).normal("x", (200, 40), torch.float64) * scales @ turn
    root = Reference.of(x).root
    assert (root.diagonal() > 0).all() == by_cholesky  # LAPACK's QR has signs of its own
    assert torch.allclose(root @ root.T, x.T.cov(), rtol=1e-9, atol=1e-16)
    exact = ((x - x.mean(0)) @ turn.T / scales).T.cov().logdet() + 2 * scales.log().sum()
    assert 2 * root.diagonal().abs().log().sum().item() == pytest.approx(exact.item(), abs=1e-9)


def test_constant_and_repeated_features():
    x, y = features(100, 4), features(100, 4, 1, 1.5)
    plain = frechet_distance(x, y)
    constant = [nn.functional.pad(z, (1, 1), value=3.0) for z in (x, y)]
    assert frechet_distance(*constant) == pytest.approx(plain, rel=1e-11)
    twice = [torch.cat([z, z], dim=1) / math.sqrt(2) for z in (x, y)]  # a rotation of (x, 0)
    assert frechet_distance(*twice) == pytest.approx(plain, rel=1e-11)
    moments = [m for z in twice for m in (z.mean(0), z.T.cov())]
    assert frechet_from_moments(*moments) == pytest.approx(plain, rel=1e-9)
    point = torch.full((5, 4), 2.0)
    assert frechet_distance(point, point) == 0
    assert frechet_distance(point, x) == pytest.approx(((x.mean(0) - 2).square() + x.var(0)).sum().item(), rel=1e-12)


def test_a_large_offset_costs_no_digits():
    x, y = features(50, 6), features(60, 6, 1)
    assert frechet_distance(x + 1e4, y + 1e4) == pytest.approx(frechet_distance(x, y), rel=1e-9)


def test_a_reference_is_the_real_samples():
    x, y = features(50, 6), features(60, 6, 1)
    reference = Reference.of(x)
    assert frechet_distance(reference, y) == frechet_distance(x, y)
    assert torch.allclose(reference.root @ reference.root.T, x.T.cov())
    assert reference.root.triu(1).abs().max() == 0
    assert (reference.count, Reference.of(x[:4]).root.shape) == (50, (6, 4))


shapes = st.tuples(st.integers(2, 30), st.integers(2, 30), st.integers(1, 12), st.integers(0, 99))


@given(shapes)
def test_properties(shape):
    n, m, size, seed = shape
    x, y = features(n, size, seed), features(m, size, seed + 100, 1.3, 0.5)
    value = frechet_distance(x, y)
    spread = (x.var(0).sum() + y.var(0).sum()).item()
    assert value >= 0
    assert frechet_distance(x, x) <= 1e-12 * spread
    assert frechet_distance(y, x) == pytest.approx(value, rel=1e-8)
    assert frechet_distance(x.flip(0), y.roll(1, 0)) == pytest.approx(value, rel=1e-8)
    turn = torch.linalg.qr(Key(seed).normal("turn", (size, size), torch.float64)).Q
    assert frechet_distance(3 * x @ turn + 1, 3 * y @ turn + 1) == pytest.approx(9 * value, rel=1e-8)


def test_it_grows_with_noise():
    x = features(500, 8)
    noise = Key(1).normal("noise", (500, 8), torch.float64)
    values = [frechet_distance(x, x + level * noise) for level in (0, 0.5, 1, 2, 4)]
    assert values == sorted(values)
    assert values[1] > 0.01


def test_extrapolation_takes_the_bias_off():
    """A distance of 2.6 in 20 dimensions; 60,000 real samples leave a bias of a hundredth of that."""
    key, size = Key(3), 20
    reference = Reference.of(key.normal("real", (60_000, size), torch.float64))
    plain, extrapolated = [], []
    for i in range(20):
        y = 1.3 * key.normal(f"generated {i}", (1000, size), torch.float64) + 0.2
        found = frechet_extrapolated(reference, y, seed=i)
        plain.append(frechet_distance(reference, y))
        extrapolated.append(found.value)
        assert found.slope > 0
    assert (found.sizes[0], found.sizes[-1], len(found.sizes)) == (100, 1000, 15)
    assert found.distances[-1] == pytest.approx(plain[-1])
    known = size * (0.3**2 + 0.2**2)
    error = np.std(extrapolated) / math.sqrt(20)
    assert np.mean(plain) > known + 6 * np.std(plain) / math.sqrt(20)
    assert np.mean(extrapolated) == pytest.approx(known, abs=3 * error + 0.01)


def test_extrapolation_depends_on_the_seed_alone():
    x, y = features(100, 3), features(100, 3, 1)
    assert frechet_extrapolated(x, y, seed=1) == frechet_extrapolated(x, y, seed=1)
    assert frechet_extrapolated(x, y, seed=1) != frechet_extrapolated(x, y, seed=2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: frechet_distance(x[:1], x), "got 1 real samples; expected at least 2"),
        (lambda x: frechet_distance(x, x[:, :2]), "3 dimensions, generated ones 2; expected the same"),
        (lambda x: frechet_distance(x, x * torch.nan), "generated features hold NaN"),
        (
            lambda x: frechet_extrapolated(x, x[:11]),
            "at least 30, or take features of fewer dimensions or fewer points",
        ),
        (lambda x: frechet_extrapolated(x, x, points=1), "got 1 points; expected at least 2"),
        (lambda x: frechet_from_moments(x[0], x, x[0], x), r"shape \[3\], its covariance \[40, 3\]"),
        (lambda x: frechet_from_moments(x[0], x[:3], x[0], x[:3]), "first covariance is not symmetric"),
        (lambda x: frechet_from_moments(x[0], torch.eye(3), x[0], torch.eye(3) / 0), "second moments hold NaN"),
        (lambda x: frechet_from_moments(x[0], torch.eye(3), x[0], -torch.eye(3)), "second covariance .* eigenvalue -1"),
        (lambda x: frechet_from_moments(x[0], torch.eye(3), x[0, :2], torch.eye(2)), "3 and 2 dimensions"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(features(40, 3))
