"""Noise of the size that is asked for, from the round; and the eigenvalues of the Dirac-GAN with it."""

import cmath

import pytest
import torch
from torch import nn

from rounds import draws_of, round_of
from sparring import GAN, MLP, Batch, InMemory, Normal, Phase, Round, Trainer
from sparring.chance import Draws
from sparring.dynamics.gradients import gradient_field
from sparring.layers.instance_noise import InstanceNoise
from sparring.losses import Minimax, NonSaturating
from sparring.penalties import interpolated, r1
from sparring.phase import TrainState
from sparring.round import PLAYING
from sparring.schedules import linear


def noise_of(layer, x, round):
    token = PLAYING.set(round)
    try:
        return round.chance.within("somewhere", lambda: layer(x)) - x
    finally:
        PLAYING.reset(token)


def test_it_is_normal_and_of_the_size():
    layer, round = InstanceNoise(nn.Identity(), 0.5), round_of(total=40_000)
    noise = noise_of(layer, torch.zeros(40_000, 3), round) / 0.5
    moments = [noise.pow(n).mean().item() for n in (1, 2, 3, 4)]
    assert moments == pytest.approx([0, 1, 0, 3], abs=0.06)
    assert torch.corrcoef(noise.T).tril(-1).abs().max() < 0.02
    assert torch.equal(noise, noise_of(layer, torch.zeros(40_000, 3), round) / 0.5), "a cost repeats"


def test_its_size_follows_the_rounds():
    layer = InstanceNoise(nn.Identity(), linear(2.0, 0.0))
    rounds = [Round(lambda name: Batch(torch.zeros(8)), draws_of(), progress=u) for u in (0.0, 0.75, 1.0)]
    first, later, last = (noise_of(layer, torch.zeros(8, 2), round) for round in rounds)
    torch.testing.assert_close(later, first / 4)
    assert not last.any()


def test_there_is_none_outside_a_round_or_in_evaluation():
    layer, x = InstanceNoise(nn.Identity(), 1.0), torch.ones(8, 2)
    assert torch.equal(layer(x), x)
    assert not noise_of(layer.eval(), x, round_of()).any()


def test_what_else_a_discriminator_is_told_passes():
    class Told(nn.Module):
        def forward(self, x, y):
            return y

    assert InstanceNoise(Told(), 1.0)(torch.zeros(3, 2), "label") == "label"


def test_a_size_is_not_negative():
    with pytest.raises(ValueError, match=r"the size of the noise is -0\.1"):
        InstanceNoise(nn.Identity(), -0.1)


class Square(nn.Module):
    """D(x) = a ||x||^2 / 2, [B]."""

    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(1.5))

    def forward(self, x):
        return self.a * x.square().sum(1) / 2


def test_real_and_generated_samples_and_penalties_have_noise_of_their_own():
    """The slope at a noisy point is that of its logit: ||grad D||^2 = 2 a D. All samples are at 0 here."""
    critic = InstanceNoise(Square(), 0.7)
    generator = nn.Linear(3, 2)
    nn.init.zeros_(generator.weight)
    nn.init.zeros_(generator.bias)
    game = GAN(generator, critic, Normal(3), penalties={r1: 1.0, interpolated: 1.0})
    round = next(Trainer(Phase(game, {}, {"real": InMemory(torch.zeros(64, 2))}, 1)).turns())
    cost = game("discriminator", round)
    real, fake = game.judged_real(round)[1], game.judged_fake(round)[1]
    assert not torch.equal(real, fake)
    assert real.mean().item() == pytest.approx(1.5 / 2 * 2 * 0.7**2, rel=0.5)
    torch.testing.assert_close(cost.terms["r1"], 2 * 1.5 * real.mean())
    assert 0 < cost.terms["interpolated"] < 1, "without noise the slope is 0 and the penalty 1"
    assert torch.equal(game("discriminator", round).total, cost.total)


class Quadrature(Draws):
    """Chance that goes once through the whole distribution, in equal steps of probability."""

    def like(self, x):
        return ((torch.arange(len(x), dtype=x.dtype) + 0.5) / len(x)).view_as(x)


class Point(nn.Module):
    """A generator of one point."""

    def __init__(self):
        super().__init__()
        self.t = nn.Parameter(torch.zeros(1))

    def forward(self, z):
        return self.t.expand(len(z), 1)


def field(loss, size, t, psi, n=20_000):
    """The velocities of the point and of the slope of D(x) = psi x; the data are at 0."""
    game = GAN(Point(), InstanceNoise(MLP(1, 1, logits=True), size), Normal(1), loss).double()
    game.discriminator.network.layers[1].bias.requires_grad_(False).zero_()
    with torch.no_grad():
        game.generator.t.fill_(t)
        game.discriminator.network.layers[1].weight.fill_(psi)
    chance = Quadrature(0, TrainState(), torch.Generator(), n, dtype=torch.float64)
    round = Round(lambda name: Batch(torch.zeros(n, 1, dtype=torch.float64)), chance)
    slopes = gradient_field(game, round)
    return [-next(iter(slopes[player][1].values())).item() for player in ("generator", "discriminator")]


@pytest.mark.parametrize("loss", [Minimax(), NonSaturating()])
@pytest.mark.parametrize("size", [0.0, 0.5, 1.0, 2.0])
def test_the_eigenvalues_of_the_dirac_gan(loss, size):
    """f''(0) s^2 +- sqrt(f''(0)^2 s^4 - f'(0)^2), f' = 1/2, f'' = -1/4 (Mescheder et al. 2018).

    The field is differenced; without noise its eigenvalues are imaginary, and nothing pulls the players in.
    """
    step, columns = 1e-4, []
    for axis in ((step, 0.0), (0.0, step)):
        ahead, behind = (field(loss, size, *(sign * a for a in axis)) for sign in (1, -1))
        columns.append([(a - b) / (2 * step) for a, b in zip(ahead, behind, strict=True)])
    found = torch.linalg.eigvals(torch.tensor(columns, dtype=torch.float64).T)
    found = sorted(found.tolist(), key=lambda z: (z.real, z.imag))
    curve, root = -(size**2) / 4, cmath.sqrt(size**4 / 16 - 1 / 4)
    expected = sorted((curve - root, curve + root), key=lambda z: (z.real, z.imag))
    assert found == pytest.approx(expected, abs=2e-3)
