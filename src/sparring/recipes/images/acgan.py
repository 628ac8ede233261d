"""An auxiliary classifier GAN on pictures with classes (Odena et al. 2017, https://arxiv.org/abs/1610.09585).

The discriminator is that of DCGAN with an output for "real" and one for each class; it is not told the class. The
generator is that of the recipe `cgan`. Departures from the paper: smaller networks without dropout and noise; the
classes of the real batch instead of new ones; learning rates of `cgan`, which fall in the second half; an average of
the generator's weights to sample from.
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.machine import devices
from sparring.recipes.images import cgan, dcgan
from sparring.schedules import linear

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES = cgan.USES


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train an auxiliary classifier GAN on your pictures, with a folder for each class."""

    rounds: int = 4000
    """Rounds to play."""
    half_life: float = cgan.Config.half_life


open_data = cgan.open_classes


def game(config: Config, spec: sp.Spec) -> sp.games.images.acgan.AuxiliaryClassifierGAN:
    """The game on pictures [C, H, W] like the spec's, of its classes."""
    condition = spec.condition
    assert isinstance(condition, sp.conditions.classes.Classes), "open_data gives classes"
    (channels, height, width), classes = spec.shape, len(condition.names)
    shape = (channels, height, width)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.conditional_dcgan.Generator(shape, classes, config.latent, config.width)
        discriminator = sp.networks.dcgan.Discriminator(shape, config.width, outputs=1 + classes)
    critic, penalties = config.augmented(discriminator)
    latent, kind = sp.Normal(config.latent), sp.games.images.acgan.AuxiliaryClassifierGAN
    gan = kind(generator, critic, latent, condition, penalties=penalties)
    return gan.to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, rule, falling = game(config, data.spec), dcgan.adam(0.5, 0.999), linear(1.0, 0.01, first=0.5)
    return dcgan.trainer(config, data, gan, rule=rule, factors=falling, dynamics=sp.Simultaneous())
