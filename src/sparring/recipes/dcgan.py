"""DCGAN on a folder of pictures (Radford et al. 2015, https://arxiv.org/abs/1511.06434), played simultaneously.

Departures from the paper: simultaneous steps, as the tutorial's section 3.1 advises; a wider range of sizes; fewer
channels; an average of the generator's weights. The learning rates and the width were chosen by looking at samples of
two-minute runs on the training pictures that ship with the package.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from sparring import devices
from sparring.chance import Key
from sparring.data.embedded import fashion_mnist
from sparring.data.pictures import open_pictures
from sparring.data.source import InMemory
from sparring.dynamics import Simultaneous
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.networks.dcgan import Discriminator, Generator
from sparring.recipes import Config as Common
from sparring.samplers import Sampler
from sparring.trainer import Phase, Trainer

__all__ = ["Config", "build", "open_data", "sampler"]


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a DCGAN on your pictures."""

    data: str = "fashion-mnist"
    """A folder of pictures, or an .npy array of bytes [N, H, W] or [N, H, W, C]; the default ships with sparring."""
    size: tuple[int, int] | None = None
    """Height and width to train at; without it, the pictures' own if they agree, else 64 64."""
    latent: int = 100
    """Size of the latent."""
    width: int = 32
    """Channels next to the picture."""
    generator_rate: float = 5e-4
    """Learning rate of the generator."""
    discriminator_rate: float = 5e-4
    """Learning rate of the discriminator."""


def open_data(config: Config) -> InMemory:
    """The pictures, as bytes."""
    return fashion_mnist() if config.data == "fashion-mnist" else open_pictures(config.data, config.size)


def game(config: Config, shape: tuple[int, ...]) -> GAN:
    """The game on pictures of `shape` [C, H, W]."""
    channels, height, width = shape
    with Key(config.seed, ("initial weights",)).seeded():
        generator = Generator((channels, height, width), config.latent, config.width)
        discriminator = Discriminator((channels, height, width), config.width)
    gan = GAN(generator, discriminator, Normal(config.latent)).to(config.device)
    gan.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # faster convolutions
    return gan


def sampler(config: Config, shape: tuple[int, ...]) -> Sampler:
    """The untrained generator."""
    return game(config, shape).sampler()


def build(config: Config, data: InMemory) -> Trainer:
    """The trainer."""
    gan = game(config, tuple(data.x.shape[1:]))
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    optimizers = {
        player: torch.optim.Adam(gan.strategy(player).values(), rate, betas=(0.5, 0.999), fused=True)
        for player, rate in rates.items()
    }
    phase = Phase(gan, optimizers, {"real": data.to(config.device)}, config.rounds, Simultaneous(), config.batch)
    return Trainer(phase, seed=config.seed, autocast=devices.autocast(config.device))
