"""BiGAN or ALI on pictures (https://arxiv.org/abs/1605.09782, https://arxiv.org/abs/1606.00704): an encoder beside G.

Generator, encoder and the features of the discriminator are those of DCGAN. Departures from the papers: smaller
networks; only the features of a picture meet its code, behind the convolutions; rates that fall in the second half; an
average of the generator's weights to sample from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sparring as sp
from sparring.recipes.images import dcgan
from sparring.schedules import linear

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES = dcgan.USES


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a GAN with an encoder, which finds the code of a picture: BiGAN or ALI."""

    rounds: int = 4000
    """Rounds to play."""
    latent: int = 50
    """Size of the latent, and of codes."""
    encoder: Literal["function", "gaussian"] = "function"
    """function: BiGAN, one code for each picture.
    gaussian: ALI, a mean and a variance for each number of a code."""
    features: int = 128
    """Numbers that the discriminator keeps of a picture, to compare with the code."""


open_data = dcgan.open_data


def game(config: Config, shape: tuple[int, ...]) -> sp.games.images.bigan.BiGAN:
    """The game on pictures of `shape` [C, H, W]."""
    channels, height, width = shape
    picture, nets, games = (channels, height, width), sp.networks, sp.games.images.bigan
    kind = {"function": games.BiGAN, "gaussian": games.ALI}[config.encoder]
    size = config.latent * {"function": 1, "gaussian": 2}[config.encoder]
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = nets.dcgan.Generator(picture, config.latent, config.width)
        encoder = nets.dcgan.Discriminator(picture, config.width, outputs=size)
        features = nets.dcgan.Discriminator(picture, config.width, outputs=config.features)
        discriminator = nets.pairs.Pairs(features, config.features + config.latent)
    critic, penalties = config.augmented(discriminator)
    gan = kind(generator, encoder, critic, sp.Normal(config.latent), penalties=penalties)
    return dcgan.placed(gan, config)


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec.shape).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, falling = game(config, data.spec.shape), linear(1.0, 0.01, first=0.5)
    turns = sp.Alternating(fresh=False)
    return dcgan.trainer(config, data, gan, rule=dcgan.adam(0.5, 0.999), factors=falling, dynamics=turns)
