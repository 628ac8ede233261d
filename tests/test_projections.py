import pytest
import torch

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer
from sparring.losses import Wasserstein
from sparring.projections import Clip


def test_clipping_after_every_step_of_the_critic_only():
    torch.manual_seed(0)
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), Wasserstein(), project=Clip(0.01))
    optimizers = {name: torch.optim.RMSprop(game.strategy(name).values(), 5e-5) for name in game.players()}
    Trainer(Phase(game, optimizers, {"real": InMemory(Key(1).normal("x", (64, 2)))}, 2)).play()
    assert max(p.abs().max() for p in game.discriminator.parameters()) <= 0.01
    assert max(p.abs().max() for p in game.generator.parameters()) > 0.01


def test_values_inside_stay():
    p = torch.nn.Parameter(torch.tensor([-3.0, -0.2, 0.1, 7.0]))
    with torch.no_grad():
        Clip(0.5)([p])
    assert torch.equal(p.detach(), torch.tensor([-0.5, -0.2, 0.1, 0.5]))


def test_bound_must_be_positive():
    with pytest.raises(ValueError, match="expected a positive number"):
        Clip(0.0)
