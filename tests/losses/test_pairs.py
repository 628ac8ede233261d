"""Energy distance and MMD against double loops and closed forms for Gaussians; their critics against definitions."""

import math
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import pytest
import torch
from torch.func import jacrev

from rounds import round_of
from sparring import GAN, MLP, Alternating, InMemory, Key, Normal, Phase, Trainer
from sparring.losses import FEATURES, MMD, Cramer, NonSaturating
from sparring.losses.pairs import distances, distinct, every
from sparring.penalties import Critique, interpolated, r1, r2

KEY = Key(4)
BANDWIDTHS = (0.5, 2.0)


def normal(name, *shape):
    return KEY.normal(name, shape, torch.float64)


def euclidean(a, b):
    return math.dist(a.tolist(), b.tolist())


def gaussian(a, b):
    return sum(math.exp(-(math.dist(a.tolist(), b.tolist()) ** 2) / (2 * s**2)) for s in BANDWIDTHS)


def looped(of, x, y, diagonal):
    """E of(X, X') + E of(Y, Y') - 2 E of(X, Y), pair by pair."""
    within = [[of(a, b) for (i, a), (j, b) in product(enumerate(z), repeat=2) if diagonal or i != j] for z in (x, y)]
    between = [of(a, b) for a, b in product(x, y)]
    mean = lambda values: sum(values) / len(values)  # noqa: E731
    return mean(within[0]) + mean(within[1]) - 2 * mean(between)


@pytest.mark.parametrize(("pairs", "diagonal"), [(distinct, False), (every, True)])
def test_double_loops(pairs, diagonal):
    x, y = normal("x", 5, 3), 0.5 + normal("y", 5, 3)
    distance, discrepancy = Cramer(pairs), MMD(BANDWIDTHS, pairs)
    assert distance.generator(x, y).item() == pytest.approx(-looped(euclidean, x, y, diagonal))
    assert discrepancy.generator(x, y).item() == pytest.approx(looped(gaussian, x, y, diagonal))
    for loss in (distance, discrepancy):
        assert loss.discriminator(x, y) == -loss.generator(x, y)


def folded(mean, deviation):
    """E |X| of a Gaussian X."""
    ratio = mean / deviation
    return deviation * math.sqrt(2 / math.pi) * math.exp(-(ratio**2) / 2) + mean * math.erf(ratio / math.sqrt(2))


def energy(shift, scale):
    """The energy distance of N(0, 1) from N(shift, scale^2)."""
    return 2 * folded(shift, math.hypot(1, scale)) - folded(0, math.sqrt(2)) - folded(0, scale * math.sqrt(2))


def discrepancy(shift, scale, size=1):
    """The squared MMD of N(0, I) from N(shift, scale^2 I), shift along each of `size` axes."""

    def kernel(apart, variance):
        parts = ((s**2 / (s**2 + variance), s**2 + variance) for s in BANDWIDTHS)
        return sum((root * math.exp(-(apart**2) / wide)) ** (size / 2) for root, wide in parts)

    return kernel(0, 2) + kernel(0, 2 * scale**2) - 2 * kernel(shift, 1 + scale**2)


GAUSSIANS = [(0.0, 1.0), (1.0, 1.0), (0.7, 2.0), (0.0, 0.3)]


@pytest.mark.parametrize(("shift", "scale"), GAUSSIANS)
def test_gaussians_by_quantiles(shift, scale):
    """A thousand midpoints of each distribution stand for it."""
    z = torch.special.ndtri((torch.arange(1000, dtype=torch.float64) + 0.5) / 1000)[:, None]
    x, y = z, shift + scale * z
    assert Cramer(every).generator(x, y).item() == pytest.approx(energy(shift, scale), abs=2e-3)
    assert MMD(BANDWIDTHS, every).generator(x, y).item() == pytest.approx(discrepancy(shift, scale), abs=2e-3)


@pytest.mark.parametrize(("shift", "scale"), GAUSSIANS)
def test_one_feature_has_twice_the_cramer_distance(shift, scale):
    """The integral of the squared difference of the distribution functions (Székely and Rizzo)."""
    t = torch.linspace(-30, 30, 200_001, dtype=torch.float64)
    gap = torch.special.ndtr(t) - torch.special.ndtr((t - shift) / scale)
    assert 2 * torch.trapezoid(gap.square(), t).item() == pytest.approx(energy(shift, scale), abs=1e-9)


@pytest.mark.parametrize("n", [2, 3, 8])
def test_pairs_of_different_samples_are_unbiased_and_all_pairs_are_not(n):
    """The mean over 20,000 batches is within 4 standard errors of the closed form; with the diagonal it is not."""
    shift, scale, batches = 0.7, 2.0, 20_000
    x, y = normal(f"x{n}", batches, n, 2), shift + scale * normal(f"y{n}", batches, n, 2)
    for loss in (MMD(BANDWIDTHS), MMD(BANDWIDTHS, every)):
        values = torch.func.vmap(loss.generator)(x, y)
        error = abs(values.mean().item() - discrepancy(shift, scale, 2)) / (values.std().item() / math.sqrt(batches))
        assert (error < 4) == (loss.pairs is distinct), f"{error} standard errors"
    for loss in (Cramer(), Cramer(every)):
        values = torch.func.vmap(loss.generator)(x[..., :1], y[..., :1])
        error = abs(values.mean().item() - energy(shift, scale)) / (values.std().item() / math.sqrt(batches))
        assert (error < 4) == (loss.pairs is distinct), f"{error} standard errors"


def test_distances_have_slopes_where_points_meet():
    """Of both orders, so that a penalty can be trained through them."""
    x = normal("x", 3, 2).requires_grad_()
    (slope,) = torch.autograd.grad(distances(x, x).sum(), x, create_graph=True)
    (curve,) = torch.autograd.grad(slope.square().sum(), x)
    assert torch.isfinite(slope).all()
    assert torch.isfinite(curve).all()
    assert torch.equal(distances(x, x).diagonal(), torch.zeros(3, dtype=torch.float64))


def test_one_sample_has_no_pair():
    with pytest.raises(ValueError, match="got a batch of 1; expected 2 samples or more"):
        Cramer().generator(torch.zeros(1, 3), torch.ones(1, 3))


@pytest.mark.parametrize("bandwidths", [(), (1.0, 0.0)])
def test_bandwidths_are_positive(bandwidths):
    with pytest.raises(ValueError, match="one or more positive numbers"):
        MMD(bandwidths)


FEATURE = torch.nn.Linear(3, 4).double()


def critique(loss):
    """The features of a linear map, as the game hands them to penalties."""
    real, fake = normal("real", 6, 3).requires_grad_(), normal("fake", 6, 3).requires_grad_()
    at = Critique(round_of(total=6, dtype=torch.float64), FEATURE, real, fake, FEATURE(real), FEATURE(fake))
    return loss.reads.critique(at)


def by_hand(loss):
    """The critic of the paper, one point at a time, whose reference samples stay where they are."""
    real, fake = FEATURE(normal("real", 6, 3)).detach(), FEATURE(normal("fake", 6, 3)).detach()
    if isinstance(loss, Cramer):
        return lambda x: (
            (FEATURE(x) - fake + 1e-300).norm(dim=1).mean() - (FEATURE(x) - real + 1e-300).norm(dim=1).mean()
        )
    of = lambda x, y: sum((-(FEATURE(x) - y).square().sum(1) / (2 * s**2)).exp() for s in BANDWIDTHS).mean()  # noqa: E731
    return lambda x: of(x, real) - of(x, fake)


@pytest.mark.parametrize("loss", [Cramer(), MMD(BANDWIDTHS)])
def test_penalties_see_the_slope_of_the_witness(loss):
    at, critic = critique(loss), by_hand(loss)
    torch.testing.assert_close(at.real_logits, torch.stack([critic(x) for x in at.real]))
    torch.testing.assert_close(at.fake_logits, torch.stack([critic(x) for x in at.fake]))
    slope = jacrev(critic)
    points = torch.lerp(at.real, at.fake, at.round.chance.uniform("interpolated")[:, None]).detach()
    expected = torch.stack([(slope(x).norm() - 1).square() for x in points])
    torch.testing.assert_close(interpolated(at), expected)
    for penalty, samples in ((r1, at.real), (r2, at.fake)):
        expected = torch.stack([differences(critic, x).square().sum() for x in samples.detach()])
        torch.testing.assert_close(penalty(at), expected, rtol=1e-5, atol=1e-8)


def differences(critic, x, step=1e-6):
    """Central differences of the witness, whose distance from a sample to itself is left at its kink."""
    sides = [critic(x + step * e) - critic(x - step * e) for e in torch.eye(3, dtype=torch.float64)]
    return torch.stack(sides).detach() / (2 * step)


def test_the_witness_of_well_separated_points():
    """Real features at 0, generated ones at 4: halfway f is 0, at real ones 4, and its slope is 2 between them."""
    loss = Cramer()
    points = torch.tensor([[0.0], [2.0], [4.0]], requires_grad=True)
    f = loss.reads.witness(points, torch.zeros(5, 1), torch.full((5, 1), 4.0))
    assert f.tolist() == [4.0, 0.0, -4.0]
    assert torch.autograd.grad(f[1], points)[0][1].item() == -2.0


@dataclass(frozen=True)
class Bare:
    """Reads features, and has no witness."""

    reads: ClassVar = FEATURES
    needs_real: ClassVar = False
    across: ClassVar = False
    exact: ClassVar = 100.0
    log_ratio: ClassVar = False

    def discriminator(self, real, fake):
        return (real - fake).mean()

    def generator(self, real, fake):
        return fake.mean()


def test_features_without_a_witness_have_no_slope():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 4), Normal(3), Bare(), {r1: 1.0})
    round = next(Trainer(Phase(game, {}, {"real": InMemory(torch.zeros(8, 2))}, 1)).turns())
    with pytest.raises(ValueError, match=r"reads = Features\(witness\)"):
        game("discriminator", round)


def test_moments_are_matched_without_a_critic():
    """A linear generator finds the mean and the spread of a Gaussian; the samples are their own features."""
    torch.manual_seed(0)
    game = GAN(torch.nn.Linear(2, 2), torch.nn.Flatten(), Normal(2), MMD(pairs=every))
    data = InMemory(torch.tensor([3.0, -1.0]) + 0.5 * KEY.normal("data", (4000, 2)))
    optimizers = {"generator": torch.optim.Adam(game.strategy("generator").values(), 0.03)}
    Trainer(Phase(game, optimizers, {"real": data}, 400, Alternating({"discriminator": 0}), batch=128)).play()
    samples = game.sampler().sample(4000)
    assert samples.mean(0).tolist() == pytest.approx([3.0, -1.0], abs=0.1)
    assert samples.std(0).tolist() == pytest.approx([0.5, 0.5], abs=0.1)


def test_logits_are_their_own_critic():
    at = object()
    assert NonSaturating().reads.critique(at) is at
