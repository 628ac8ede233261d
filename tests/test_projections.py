import pytest
import torch
from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer
from sparring.losses import Wasserstein
from sparring.projections import Clip, UnitNorm


def test_clipping_after_every_step_of_the_critic_only():
    torch.manual_seed(0)
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), Wasserstein(), project=Clip(0.01))
    optimizers = {name: torch.optim.RMSprop(game.strategy(name).values(), 5e-5) for name in game.players()}
    Trainer(Phase(game, optimizers, {"real": InMemory(Key(1).normal("x", (64, 2)))}, 2)).play()
    assert max(p.abs().max() for p in game.discriminator.parameters()) <= 0.01
    assert max(p.abs().max() for p in game.generator.parameters()) > 0.01


def test_values_inside_stay():
    p = nn.Parameter(torch.tensor([-3.0, -0.2, 0.1, 7.0]))
    with torch.no_grad():
        Clip(0.5)([p])
    assert torch.equal(p.detach(), torch.tensor([-0.5, -0.2, 0.1, 0.5]))


def test_bound_must_be_positive():
    with pytest.raises(ValueError, match="expected a positive number"):
        Clip(0.0)


def test_weights_onto_the_sphere_after_every_step_and_biases_stay_free():
    critic = nn.Sequential(nn.Unflatten(1, (1, 2)), nn.Conv1d(1, 4, 2), nn.Flatten(), MLP(4, 8, 1, logits=True))
    game = GAN(MLP(3, 8, 2), critic, Normal(3), Wasserstein(), project=UnitNorm())
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), 0.1) for name in game.players()}
    Trainer(Phase(game, optimizers, {"real": InMemory(Key(1).normal("x", (64, 2)))}, 5)).play()
    for p in game.discriminator.parameters():
        if p.ndim > 1:
            torch.testing.assert_close(p.norm(), torch.ones(()))
    biases = [p for p in game.discriminator.parameters() if p.ndim == 1]
    assert max(p.norm().item() for p in biases) > 1.1
    points = Key(2).normal("points", (50, 2)).requires_grad_()
    (slopes,) = torch.autograd.grad(game.discriminator(points).sum(), points)
    assert 0 < slopes.norm(dim=1).max() <= 1


def test_it_is_the_nearest_point_of_the_sphere():
    """No other of many is nearer; the direction stays. A weight of zeros stays."""
    p, zeros = nn.Parameter(Key(3).normal("p", (3, 4), torch.float64)), nn.Parameter(torch.zeros(2, 2))
    before = p.detach().clone()
    with torch.no_grad():
        UnitNorm()([p, zeros])
    others = Key(4).normal("others", (5000, 12), torch.float64)
    points = torch.cat([others, p.detach().flatten() + 0.1 * others])
    points /= points.norm(dim=1, keepdim=True)
    assert ((points - before.flatten()).norm(dim=1) >= (p - before).norm()).all()
    assert not zeros.any()
