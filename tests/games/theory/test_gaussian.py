"""A GAN between Gaussians: closed forms at the best discriminator and at the equilibrium."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from sparring import MLP, InMemory
from sparring.dynamics.gradients import gradient
from sparring.equilibrium import examine, round_of
from sparring.games.theory import gaussian
from sparring.games.theory.gaussian import GaussianGAN, data
from sparring.losses import Minimax, NonSaturating

SIZE = 20_000
EVEN = torch.special.ndtri((torch.arange(SIZE, dtype=torch.float64) + 0.5) / SIZE)[:, None]
"""Numbers that stand for N(0, 1): each for the same share of it."""


class Even(nn.Module):
    def forward(self, chance):
        return EVEN


def exact(game):
    """The game with the same latents for every round, and its data."""
    game.latent = Even()
    return game, round_of(game, {"real": InMemory(EVEN)}, batch=SIZE)


@pytest.mark.parametrize(("d", "js"), [(0.5, 0.03031), (1.0, 0.11142), (2.0, 0.33683), (4.0, 0.63272)])
def test_the_best_value_is_that_of_the_jensen_shannon_divergence(d, js):
    game, round = exact(GaussianGAN(mean=d))
    game.best()
    assert game("discriminator", round).total.item() == pytest.approx(math.log(4) - 2 * js, abs=2e-4)


@pytest.mark.parametrize(
    ("loss", "d", "slope"),
    [
        (Minimax(), 0.5, 0.235),
        (Minimax(), 1.0, 0.398),
        (Minimax(), 2.0, 0.450),
        (Minimax(), 4.0, 0.137),
        (NonSaturating(), 0.5, 0.265),
        (NonSaturating(), 1.0, 0.602),
        (NonSaturating(), 2.0, 1.55),
        (NonSaturating(), 4.0, 3.86),
    ],
    ids=str,
)
def test_the_gradient_of_the_generator_at_the_best_discriminator(loss, d, slope):
    game, round = exact(GaussianGAN(mean=d, loss=loss))
    game.best()
    found = gradient(game, "generator", round)[1]["generator.m"].item()
    assert found == pytest.approx(slope, abs=6e-3 if slope > 1 else 1e-3)


@pytest.mark.parametrize(("mean", "std"), [(0.7, 1.0), (-0.5, 1.5), (0.3, 0.6)])
def test_best_is_the_log_ratio(mean, std):
    game = GaussianGAN(mean, std)
    game.best()
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)

    def normal(m, s):
        return torch.distributions.Normal(*torch.tensor([m, s], dtype=torch.float64))

    expected = normal(0.0, 1.0).log_prob(x) - normal(mean, std).log_prob(x)
    torch.testing.assert_close(game.discriminator(x[:, None]), expected, rtol=1e-9, atol=1e-9)
    assert gradient(*exact(game)[:1], "discriminator", exact(game)[1])[1]["discriminator.w"].abs().max() < 2e-3


def test_the_equilibrium():
    """At w = 0 with features f = (1, x, x^2): D's Hessian is E f f' / 2, and m, s meet w by E f'(x) (1, z) / 2."""
    game, round = exact(GaussianGAN(mean=0.0))
    told = examine(game, round, still=1e-9)
    second, fourth = (EVEN**2).mean().item(), (EVEN**4).mean().item()
    own = np.array([[1, 0, second], [0, second, 0], [second, 0, fourth]]) / 2
    mixed = np.array([[0, 0], [1, 0], [0, 2 * second]]) / 2
    assert told.sides["discriminator"].smallest == pytest.approx(np.linalg.eigvalsh(own)[0], abs=1e-9)
    assert told.verdict.startswith("degenerate: the cost of 'generator' is flat")
    expected = np.linalg.eigvals(-np.block([[own, mixed], [-mixed.T, np.zeros((2, 2))]]))

    def order(values):
        return sorted(values, key=lambda v: (round_to(v.real), v.imag))

    for one, other in zip(order(told.motion.eigenvalues), order(expected), strict=True):
        assert abs(one - other) < 1e-9
    assert told.motion.converges
    assert complex(-0.25, math.sqrt(3) / 4) == pytest.approx(
        min(expected, key=lambda v: abs(v - (-0.25 + 0.433j))), abs=1e-3
    )


def round_to(value):
    return round(value, 9)


def test_samples():
    z = torch.tensor([[2.0], [-1.0]], dtype=torch.float64)
    assert GaussianGAN(mean=0.5, std=1.5).generator(z).tolist() == [[3.5], [-1.0]]


def test_a_network_may_judge():
    game = GaussianGAN(discriminator=MLP(1, 4, 1, logits=True).double())
    assert game.judge(torch.zeros(5, 1, dtype=torch.float64)).shape == (5,)
    with pytest.raises(TypeError, match="the discriminator is a MLP; only a parabola is exact"):
        game.best()


def test_the_data_are_standard_normal():
    x = data(100_000).x
    assert abs(x.mean()) < 0.01
    assert abs(x.std() - 1) < 0.01
    assert gaussian.data(5, seed=1).x.tolist() != gaussian.data(5).x.tolist()
