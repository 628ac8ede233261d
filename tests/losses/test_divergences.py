"""f-divergences against convex duality, closed forms of Gaussians, and the fits that each divergence has."""

import math
import re
from dataclasses import replace

import pytest
import torch

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer, losses
from sparring.checks import check_loss
from sparring.losses import (
    DIVERGENCES,
    KL,
    Alpha,
    FDivergence,
    GANDivergence,
    Hellinger,
    Jeffreys,
    JensenShannon,
    MaximumLikelihood,
    Minimax,
    Neyman,
    NonSaturating,
    Pearson,
    ReverseKL,
    TotalVariation,
    divergence,
)

ALPHAS = tuple(Alpha(a) for a in (-2, -1, 0.3, 0.9, 1.5, 2))
EVERY = (*(cls() for cls in DIVERGENCES.values()), *ALPHAS)
SMOOTH = [loss for loss in EVERY if loss.log_ratio]
GRID = torch.linspace(-8, 8, 161, dtype=torch.float64)


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_fenchel_young(loss):
    """f*(t) is the largest u t - f(u), found at u = exp v; for total variation, whose f has a corner, at u = 1."""
    t, u = loss.slope(GRID)[:, None], GRID.exp()
    gap = loss.conjugate(GRID)[:, None] - (u * t - loss.f(u))
    scale = 1 + (u * t).abs() + loss.f(u).abs()
    assert (gap / scale).min() > -1e-12
    where = torch.arange(len(GRID)) if loss.log_ratio else torch.full((len(GRID),), 80)
    touching = (gap / scale)[torch.arange(len(GRID)), where]
    torch.testing.assert_close(touching, torch.zeros_like(touching), rtol=0, atol=1e-12)


@pytest.mark.parametrize("loss", SMOOTH, ids=repr)
def test_both_sides_from_f_alone(loss):
    """T = f'(u) and f* = u f'(u) - f(u), with f' by autograd."""
    real, fake = GRID[::3], GRID.flip(0)[::3] / 2

    def both(v):
        u = v.exp().requires_grad_()
        value = loss.f(u)
        (t,) = torch.autograd.grad(value.sum(), u)
        return t, (u * t - value).detach()

    expected = both(fake)[1].mean() - both(real)[0].mean()
    torch.testing.assert_close(loss.discriminator(real, fake), expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(loss.generator(real, fake), -both(fake)[1].mean(), rtol=1e-9, atol=1e-9)
    other = replace(loss, heuristic=True)
    torch.testing.assert_close(other.discriminator(real, fake), expected, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(other.generator(real, fake), -both(fake)[0].mean(), rtol=1e-9, atol=1e-9)


X = torch.linspace(-40, 40, 80_001, dtype=torch.float64)
MEAN, DEVIATION = 0.7, 1.1


def log_normal(x, mean=0.0, deviation=1.0):
    return -(((x - mean) / deviation) ** 2) / 2 - math.log(math.sqrt(2 * math.pi)) - math.log(deviation)


def bound(loss, log_p, log_q, v):
    """F, by quadrature; where a density is 0 in float64 it counts for nothing."""
    terms = log_p.exp() * loss.slope(v) - log_q.exp() * loss.conjugate(v)
    return torch.trapezoid(terms, X).item()


def affinity(a):
    """The integral of p^a q^(1 - a), of N(0, 1) and N(MEAN, DEVIATION^2)."""
    s = DEVIATION
    spread = a * s**2 + 1 - a
    return s**a / math.sqrt(spread) * math.exp(-a * (1 - a) * MEAN**2 / (2 * spread))


def kl():
    return math.log(DEVIATION) + (1 + MEAN**2) / (2 * DEVIATION**2) - 0.5


def reverse_kl():
    return -math.log(DEVIATION) + (DEVIATION**2 + MEAN**2) / 2 - 0.5


CLOSED = [
    (KL(), kl()),
    (ReverseKL(), reverse_kl()),
    (Jeffreys(), kl() + reverse_kl()),
    (Pearson(), affinity(2) - 1),
    (Neyman(), affinity(-1) - 1),
    (Hellinger(), 2 - 2 * affinity(0.5)),
    *((loss, (affinity(loss.alpha) - 1) / (loss.alpha * (loss.alpha - 1))) for loss in (*ALPHAS, Alpha())),
]


def test_closed_forms_tell_directions_apart():
    assert abs(kl() - reverse_kl()) > 0.04
    assert abs(affinity(2) - affinity(-1)) > 0.1
    assert {type(loss) for loss, _ in CLOSED} | {JensenShannon, GANDivergence, TotalVariation} == set(
        DIVERGENCES.values()
    )


@pytest.mark.parametrize(("loss", "expected"), CLOSED, ids=lambda value: repr(value)[:40])
def test_bound_is_the_divergence_at_the_log_ratio(loss, expected):
    log_p, log_q = log_normal(X), log_normal(X, MEAN, DEVIATION)
    assert bound(loss, log_p, log_q, log_p - log_q) == pytest.approx(expected, rel=1e-8)
    assert bound(loss, log_p, log_q, 0.9 * (log_p - log_q)) < expected - 1e-5
    assert bound(loss, log_p, log_q, log_p - log_q + 0.1) < expected - 1e-5


@pytest.mark.parametrize(("distance", "js"), [(0.5, 0.03031), (1, 0.11142), (2, 0.33683), (4, 0.63272)])
def test_jensen_shannon_and_total_variation_of_shifted_gaussians(distance, js):
    log_p, log_q = log_normal(X), log_normal(X, distance)
    v = log_p - log_q
    assert bound(JensenShannon(), log_p, log_q, v) == pytest.approx(2 * js, abs=2e-5)
    assert bound(GANDivergence(), log_p, log_q, v) == pytest.approx(2 * js - math.log(4), abs=2e-5)
    total = math.erf(distance / math.sqrt(8))
    assert bound(TotalVariation(), log_p, log_q, 1e3 * v) == pytest.approx(total, abs=1e-5)
    assert bound(TotalVariation(), log_p, log_q, v) < total - 1e-3
    inside = (X.abs() < 16).double()
    itself = inside * log_q.exp() * TotalVariation().f((inside * v).exp())
    assert torch.trapezoid(itself, X).item() == pytest.approx(total, abs=1e-5)


def test_total_variation_is_between_the_slopes_of_f():
    torch.testing.assert_close(TotalVariation().slope(GRID), (GRID / 2).tanh() / 2)
    torch.testing.assert_close(TotalVariation().conjugate(GRID), (GRID / 2).tanh() / 2)


def test_relations():
    """Other names of the same things, on the same logits."""
    real, fake = GRID, GRID.flip(0) / 3
    for one, factor, other, side in (
        (GANDivergence(), 1, Minimax(), "discriminator"),
        (GANDivergence(), 1, Minimax(), "generator"),
        (GANDivergence(heuristic=True), 1, NonSaturating(), "generator"),
        (KL(), 1, MaximumLikelihood(), "generator"),
        (Alpha(2), 2, Pearson(), "discriminator"),
        (Alpha(-1), 2, Neyman(), "discriminator"),
        (Alpha(0.5), 0.5, Hellinger(), "discriminator"),
    ):
        torch.testing.assert_close(factor * getattr(one, side)(real, fake), getattr(other, side)(real, fake))
    shifted = JensenShannon().discriminator(real, fake) + math.log(4)
    torch.testing.assert_close(shifted, GANDivergence().discriminator(real, fake))


NODES = torch.special.ndtri((torch.arange(4000, dtype=torch.float64) + 0.5) / 4000)


def pull(loss, log_p, mean, log_deviation):
    """The generator's gradient in (mean, log deviation) through its samples, with the exact log ratio as D."""
    place = torch.tensor([mean, log_deviation], dtype=torch.float64, requires_grad=True)
    x = place[0] + place[1].exp() * NODES
    v = log_p(x) - log_normal(x, mean, math.exp(log_deviation))  # D: it does not move
    return torch.autograd.grad(loss.generator(v, v), place)[0]


@pytest.mark.parametrize("loss", SMOOTH, ids=repr)
def test_the_generator_descends_the_divergence_that_is_named(loss):
    """Its gradient is the derivative of the integral of q f(p / q), by quadrature and finite differences."""

    def value(mean, log_deviation):
        log_q = log_normal(X, mean, math.exp(log_deviation))
        inside = (X.abs() < 16).double()  # beyond, ratios overflow and densities are below 1e-50
        ratio = (log_normal(X) - log_q).mul(inside).exp()
        return torch.trapezoid(inside * log_q.exp() * loss.f(ratio), X).item()

    at, h = (0.4, math.log(1.1)), 1e-4
    expected = [(value(at[0] + h, at[1]) - value(at[0] - h, at[1])) / (2 * h)]
    expected += [(value(at[0], at[1] + h) - value(at[0], at[1] - h)) / (2 * h)]
    # Equal weights miss the far tails that some ratios need: a fine grid of z, weighed, instead.
    z = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
    weights = log_normal(z).exp() * (z[1] - z[0])
    place = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    x = place[0] + place[1].exp() * z
    v = log_normal(x) - log_normal(x, at[0], math.exp(at[1]))
    (slopes,) = torch.autograd.grad(loss.generator(v, v), v, retain_graph=True)
    (found,) = torch.autograd.grad(v, place, slopes * len(z) * weights)
    assert found.tolist() == pytest.approx(expected, rel=1e-5)


def two_modes(x):
    return torch.logaddexp(log_normal(x, -3.0), log_normal(x, 3.0)) - math.log(2)


@pytest.mark.parametrize(
    ("loss", "mean", "deviation"),
    [
        (KL(), 0.0, math.sqrt(10)),
        (MaximumLikelihood(), 0.0, math.sqrt(10)),
        (ReverseKL(), 2.984, 1.023),
        (KL(heuristic=True), 2.984, 1.023),
    ],
    ids=repr,
)
def test_one_gaussian_on_two_modes(loss, mean, deviation):
    """KL covers both, the reverse takes one, from the same start; further from it, that has a minimum at 0 as well."""
    place = torch.tensor([2.0, 0.5], dtype=torch.float64)
    for _ in range(600):
        place -= 0.2 * pull(loss, two_modes, *place.tolist())
    assert pull(loss, two_modes, *place.tolist()).norm() < 1e-5
    assert place[0].item() == pytest.approx(mean, abs=1e-3)
    assert place[1].exp().item() == pytest.approx(deviation, abs=1e-3)


@pytest.mark.parametrize("loss", [*ALPHAS, *(cls(heuristic=True) for cls in DIVERGENCES.values())], ids=repr)
def test_contract(loss):
    """The classes as they are by default are checked with all losses."""
    check_loss(loss)


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_exact_range_ends_before_overflow(loss):
    """A batch of 1,000 logits at its end is finite, with finite slopes."""
    for sign in (1, -1):
        v = torch.full((1000,), sign * loss.exact).requires_grad_()
        for value in (loss.discriminator(v, v.detach()), loss.discriminator(v.detach(), v), loss.generator(v, v)):
            assert value.isfinite()
            assert torch.autograd.grad(value, v)[0].isfinite().all()
    assert loss.exact >= 100 or not isinstance(loss, (JensenShannon, GANDivergence, TotalVariation))


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_nothing_cancels_near_zero(loss):
    """T and f* in float32 to 1e-6 of their size, above and below their value at 0."""
    v = torch.cat([s * torch.logspace(-6, 0.7, 200) for s in (1, -1)])
    for function in (loss.slope, loss.conjugate):
        torch.testing.assert_close(function(v).double(), function(v.double()), rtol=1e-6, atol=0)


def test_kl_stops_a_training_that_overflows():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), KL())
    with torch.no_grad():
        next(p for name, p in game.discriminator.named_parameters() if name.endswith("bias") and len(p) == 1).fill_(
            90.0
        )
    before = {name: p.clone() for name, p in game.named_parameters()}
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, {"real": InMemory(Key(0).normal("x", (64, 2)))}, 2))
    with pytest.raises(FloatingPointError, match="'loss' of 'discriminator' became inf in round 0"):
        trainer.play()
    assert all(torch.equal(p, before[name]) for name, p in game.named_parameters())


def test_names():
    assert divergence("jensen-shannon") == JensenShannon()
    assert divergence("kl", heuristic=True) == KL(heuristic=True)
    assert all(issubclass(cls, FDivergence) and cls.name == name for name, cls in DIVERGENCES.items())
    with pytest.raises(ValueError, match=r"no divergence 'Reverse_KL': did you mean 'reverse-kl'\?; there are kl, "):
        divergence("Reverse_KL")
    with pytest.raises(ValueError, match=r"no divergence 'zebra'; there are kl, reverse-kl, pearson"):
        divergence("zebra")


@pytest.mark.parametrize("alpha", [0, 1, math.inf, math.nan])
def test_orders_that_are_other_divergences(alpha):
    with pytest.raises(ValueError, match=re.escape("for 0 write ReverseKL(), for 1 KL()")):
        Alpha(alpha)


def test_divergences_are_losses_but_the_abstract_one_is_not_proposed():
    assert losses.adversarial(KL()) == KL()
    with pytest.raises(TypeError, match=re.escape("write losses.Jeffreys()")):
        losses.adversarial("jeffrey")
    with pytest.raises(TypeError, match=re.escape("an f-divergence such as losses.KL()")) as caught:
        losses.adversarial(3)
    assert "FDivergence" not in str(caught.value)
    assert "losses.Jeffreys" not in str(caught.value)
