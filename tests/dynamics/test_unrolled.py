"""Steps looked through, against differentiation written by hand; test_second_order.py has finite differences."""

import math

import numpy as np
import pytest
import torch
from torch.nn.functional import softplus

import discover
from sparring import Normal, Phase, Simultaneous, Trainer, losses
from sparring.dynamics.functional import SGD, Adam
from sparring.dynamics.unrolled import Unrolled
from sparring.games import gan
from spirals import FIELD, ONE, H, follows, largest, path, radius


def matrix(h, steps, inner):
    """y looks through x's steps: x is expected at x - k s y, so y's slope is -(x - 2 k s y)."""
    return ONE - h * (FIELD + 2 * steps * inner * np.diag([0.0, 1.0]))


@pytest.mark.parametrize(("steps", "inner"), [(1, 0.2), (3, 0.2), (5, 0.02)])
def test_rate_on_xy(steps, inner):
    theory = math.sqrt(1 - 2 * steps * inner * H + H**2)
    rule = Unrolled(steps, SGD(inner))
    assert largest(matrix(H, steps, inner)) == pytest.approx(theory, abs=1e-12)
    assert follows(path(rule), matrix(H, steps, inner)) < 1e-12
    assert radius(rule) == pytest.approx(theory, abs=5e-4)


def trainer_of(make, rule, rounds=1, lr=1.0):
    torch.manual_seed(0)
    game, streams = make()
    game.double()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr) for name in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, rule, batch=8))


@pytest.mark.parametrize("name", ["games.gan", "games.theory.xy", "contract_games.cyclegan", "contract_games.wgan_gp"])
def test_without_steps_it_is_play_at_once(name):
    """Bit for bit."""
    ends = []
    for rule in (Unrolled(0), Simultaneous()):
        trainer = trainer_of(discover.games()[name].tiny, rule, rounds=3, lr=0.05).play()
        ends.append(torch.cat([p.detach().flatten() for p in trainer.game.parameters()]))
    assert torch.equal(*ends)


def logistic(weights, x, z, scale):
    """The cost of a discriminator a x + b, of points z scale + 1 against x; and that of the generator."""
    a, b = weights
    real, fake = a * x + b, a * (z * scale + 1) + b
    return (softplus(-real) + softplus(fake)).mean(), softplus(-fake).mean()


class Line(torch.nn.Module):
    """A x + b, as two parameters."""

    def __init__(self, a, b):
        super().__init__()
        self.a, self.b = (torch.nn.Parameter(torch.tensor(value, dtype=torch.float64)) for value in (a, b))

    def forward(self, x):
        return (self.a * x + self.b).squeeze(1)


class Spread(torch.nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.tensor(scale, dtype=torch.float64))

    def forward(self, z):
        return self.scale * z + 1


def by_hand(rule, steps, scale, weights, x, z):
    """The derivative in the generator's scale after `steps` discriminator steps, by nested autograd and no helper."""
    scale = torch.tensor(scale, dtype=torch.float64, requires_grad=True)
    there = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in weights]
    first, second = [0.0, 0.0], [0.0, 0.0]
    for t in range(1, steps + 1):
        slopes = torch.autograd.grad(logistic(there, x, z, scale)[0], there, create_graph=True)
        for i, g in enumerate(slopes):
            if isinstance(rule, SGD):
                there[i] = there[i] - rule.lr * g
            else:
                b, c = rule.betas
                first[i], second[i] = b * first[i] + (1 - b) * g, c * second[i] + (1 - c) * g * g
                m, v = first[i] / (1 - b**t), second[i] / (1 - c**t)
                there[i] = there[i] - rule.lr * m / (v.sqrt() + rule.eps)
    return torch.autograd.grad(logistic(there, x, z, scale)[1], scale)[0].item()


@pytest.mark.parametrize("steps", [0, 1, 2])
@pytest.mark.parametrize("rule", [SGD(0.3), Adam(0.2, (0.5, 0.9))], ids=str)
def test_differentiation_by_hand(rule, steps):
    """A GAN of three parameters, k = 0, 1, 2; the other player's step is a plain one."""

    def make():
        _, streams = gan.tiny()
        streams = {"real": type(streams["real"])(torch.linspace(-1, 2, 16)[:, None])}
        return gan.GAN(Spread(0.7), Line(0.5, -0.2), Normal(1), losses.NonSaturating()), streams

    trainer = trainer_of(make, Unrolled(steps, rule))
    other = trainer_of(make, Unrolled(steps, rule))
    other.game("discriminator", turn := next(other.turns()))  # draws the numbers, which the same name gives again
    z, x = Normal(1)(turn.chance).squeeze(1), turn.stream("real").x.squeeze(1)
    trainer.play()
    g, d = trainer.game.generator, trainer.game.discriminator
    assert 0.7 - g.scale.item() == pytest.approx(by_hand(rule, steps, 0.7, (0.5, -0.2), x, z), rel=1e-12)
    weights = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in (0.5, -0.2)]
    plain = torch.autograd.grad(logistic(weights, x, z, 0.7)[0], weights)
    assert [0.5 - d.a.item(), -0.2 - d.b.item()] == pytest.approx([p.item() for p in plain], rel=1e-12)


def test_who_looks_ahead_can_be_named():
    """X looks through y's step: its slope is y + 2 s x."""
    points = path(Unrolled(1, SGD(0.2), "x"), rounds=1, start=(1.0, 0.4))
    assert points[1] == pytest.approx([1.0 - H * (0.4 + 2 * 0.2 * 1.0), 0.4 + H * 1.0])


def test_mistakes_are_named():
    with pytest.raises(ValueError, match="steps is -1; expected 0 or more"):
        Unrolled(-1)
    with pytest.raises(ValueError, match=r"'z' is to look ahead, but the players are \['x', 'y'\]"):
        path(Unrolled(1, player="z"), rounds=1)
