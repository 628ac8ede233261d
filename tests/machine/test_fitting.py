"""What is said where networks, latents and data do not fit."""

import re

import pytest
import torch
from torch import nn

from sparring import GAN, MLP, InMemory, Normal, Phase, Trainer
from sparring.machine.fitting import fitted
from sparring.networks import dcgan

POINTS, PICTURES = torch.randn(8, 2), torch.rand(8, 1, 28, 28) * 2 - 1


def judge(*last):
    return nn.Sequential(nn.Linear(2, 1), *last)


def picture_maker(shape=(1, 28, 28)):
    return dcgan.Generator(shape, 100, 2)


CRITIC = dcgan.Discriminator((1, 28, 28), 2)

MISFITS = {
    "a latent of another size": (
        (MLP(100, 8, 2), MLP(2, 1, logits=True), POINTS, 128),
        "the generator cannot take latents of shape [4, 128]: its layer 'layers.1', Linear, takes 100 numbers and got",
    ),
    "the same of a DCGAN": (
        (picture_maker(), CRITIC, PICTURES, 128),
        "the generator cannot take latents of shape [4, 128]: its layer",
    ),
    "latents that are no pictures": (
        (nn.Sequential(nn.ConvTranspose2d(100, 1, 28)), CRITIC, PICTURES, 100),
        "takes 4 dimensions and got [4, 100], so nn.Unflatten(1, (100, 1, 1)) may be missing before it",
    ),
    "samples of another size": (
        (picture_maker((1, 32, 32)), CRITIC, PICTURES, 100),
        "the generator makes samples of shape [1, 32, 32], real examples have [1, 28, 28]; expected the same: build",
    ),
    "samples that would pass": (
        (MLP(100, 784), MLP(784, 1, logits=True), PICTURES, 100),
        "the generator makes samples of shape [784], real examples have [1, 28, 28]",
    ),
    "data of another size": (
        (MLP(2, 2), MLP(3, 1, logits=True), POINTS, 2),
        "the discriminator cannot take samples of shape [4, 2]: its layer 'layers.1', Linear, takes 3 numbers and",
    ),
    "data of other colours": (
        (picture_maker(), dcgan.Discriminator((3, 28, 28), 2), PICTURES, 100),
        "the discriminator cannot take samples of shape [4, 1, 28, 28]: its layer 'layers.0', Conv2d, takes 3 channels",
    ),
    "logits [B, 1]": (
        (MLP(2, 2), judge(), POINTS, 2),
        "shapes [4, 1] (real) and [4, 1] (fake); expected [B] twice: end the discriminator with .squeeze(1) or .fl",
    ),
    "logits [B, 1, 1, 1]": (
        (MLP(2, 2), judge(nn.Unflatten(1, (1, 1, 1))), POINTS, 2),
        "shapes [4, 1, 1, 1] (real) and [4, 1, 1, 1] (fake); expected [B] twice: end the discriminator with .squ",
    ),
    "logits of patches": (
        (MLP(2, 2), nn.Sequential(nn.Linear(2, 6)), POINTS, 2),
        "expected [B] twice: end the discriminator with .flatten(1).mean(1)",
    ),
}


@pytest.mark.parametrize("name", MISFITS)
def test_the_first_round_says_what_does_not_fit(name):
    (generator, discriminator, x, latent), said = MISFITS[name]
    game = GAN(generator, discriminator, Normal(latent))
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 1e-3) for player in game.players()}
    trainer = Trainer(Phase(game, optimizers, {"real": InMemory(x)}, rounds=1, batch=4))
    with pytest.raises(ValueError, match=re.escape(said)):
        trainer.play()


class Broken(nn.Module):
    def forward(self, x):
        raise RuntimeError("something else")


@pytest.mark.parametrize("network", [Broken(), nn.Sequential(nn.Linear(2, 2), Broken())])
def test_other_errors_stay_as_they_are(network):
    with pytest.raises(RuntimeError, match=r"^something else$"):
        fitted("generator", network, "latents", POINTS)
