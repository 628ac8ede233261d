"""A discriminator behind changes: when there are any, and who sees which."""

import pytest
import torch
from torch import nn

from rounds import round_of
from sparring import GAN, InMemory, Key, Normal, Phase, Trainer
from sparring.layers.augmentations import AUGMENTATIONS, augmentation
from sparring.layers.augmented import Augmented, Here
from sparring.layers.diff_augment import Cutout
from sparring.losses import Wasserstein
from sparring.networks import dcgan
from sparring.penalties import Flip, Noise
from sparring.round import PLAYING


def within(round, compute):
    token = PLAYING.set(round)
    try:
        return round.chance.within("somewhere", compute)
    finally:
        PLAYING.reset(token)


def test_changes_are_those_of_the_round():
    layer, x, round = Augmented(nn.Identity(), (Noise(0.5),)), torch.zeros(8, 3), round_of()
    first, second = within(round, lambda: (layer(x), layer(x)))
    assert not torch.equal(first, second)
    assert torch.equal(first, within(round, lambda: layer(x)))
    assert torch.equal(layer(x), x), "outside a round"
    assert torch.equal(within(round, lambda: layer.eval()(x)), x), "in evaluation mode"


def test_the_numbers_of_a_layer():
    round = round_of(total=50_000)
    here = Here(round.chance, 50_000)
    whole, normal = within(round, lambda: (here.integers("a", high=3), here.normal("b", 2)))
    torch.testing.assert_close(whole.bincount() / 50_000, torch.full((3,), 1 / 3), rtol=0, atol=0.01)
    assert normal.shape == (50_000, 2)
    assert [normal.mean().item(), normal.square().mean().item()] == pytest.approx([0, 1], abs=0.02)


def test_the_generator_learns_through_the_changes():
    """D is the sum of the pixels and G one number: its slope is minus the share of the pixels that were not cut out."""

    class Bright(nn.Module):
        def __init__(self):
            super().__init__()
            self.t = nn.Parameter(torch.tensor(0.5))

        def forward(self, z):
            return self.t.expand(len(z), 1, 4, 4)

    class Mean(nn.Module):
        def forward(self, x):
            return x.mean((1, 2, 3))

    game = GAN(Bright(), Augmented(Mean(), (Cutout(0.5),)), Normal(1), Wasserstein())
    turn = next(Trainer(Phase(game, {}, {"real": InMemory(torch.zeros(64, 1, 4, 4))}, 1)).turns())
    cost = game("generator", turn).total
    (slope,) = torch.autograd.grad(cost, game.generator.t)
    assert -1 < slope < -0.7
    torch.testing.assert_close(cost, 0.5 * slope)


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_by_name(name):
    with Key(0).seeded():
        discriminator = dcgan.Discriminator((1, 8, 8), 4)
    critic, penalties = augmentation(name)(discriminator, 1000.0)
    game = GAN(dcgan.Generator((1, 8, 8), 3, 4), critic, Normal(3), penalties=penalties)
    assert (critic is discriminator) == (name == "none")
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.1) for player in game.players()}
    streams = {"real": InMemory(Key(0).normal("data", (32, 1, 8, 8)).tanh())}
    Trainer(Phase(game, optimizers, streams, 2, batch=8)).play()


def test_there_is_no_such_augmentation():
    with pytest.raises(ValueError, match="the augmentation is 'mixup'; expected one of none, diff, ada"):
        augmentation("mixup")


@pytest.mark.parametrize("wrong", [Flip(), (Flip,), (0.3,)])
def test_transforms_are_a_tuple_of_objects(wrong):
    with pytest.raises(TypeError, match="expected a tuple of objects"):
        Augmented(nn.Identity(), wrong)
