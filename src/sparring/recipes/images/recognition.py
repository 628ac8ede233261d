"""A DCGAN whose discriminator learns the classes (Salimans et al. 2016, https://arxiv.org/abs/1606.03498, section 5).

The generator does not see them, so its samples cannot be asked for a class. All else is as in the recipe `dcgan`, with
its networks, its rates and its way to play. Departures from the paper: all pictures are labelled; the generator has the
non-saturating loss, not feature matching; no weight norm, no virtual batch norm, no noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.recipes.images import cgan, dcgan
from sparring.schedules import linear

__all__ = ["LABELS", "USES", "Config", "build", "open_data", "sampler"]

USES, LABELS = cgan.USES, "trained with labels"


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a GAN whose discriminator learns the classes of your pictures, with a folder for each class."""


open_data = cgan.open_classes  # how many classes there are stands in the spec's condition


def game(config: Config, spec: sp.Spec) -> sp.games.images.recognition.RecognisingGAN:
    """The game on pictures [C, H, W] like the spec's, of its classes."""
    condition = spec.condition
    assert isinstance(condition, sp.conditions.classes.Classes), "open_data gives classes"
    channels, height, width = spec.shape
    shape = (channels, height, width)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.dcgan.Generator(shape, config.latent, config.width)
        discriminator = sp.networks.dcgan.Discriminator(shape, config.width, outputs=len(condition.names))
    critic, penalties = config.augmented(discriminator)
    latent = sp.Normal(config.latent)
    gan = sp.games.images.recognition.RecognisingGAN(generator, critic, latent, penalties=penalties)
    return dcgan.placed(gan, config)


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, falling = game(config, data.spec), linear(1.0, 0.01, first=0.5)
    turns = sp.Alternating(fresh=False)
    return dcgan.trainer(config, data, gan, rule=dcgan.adam(0.5, 0.999), factors=falling, dynamics=turns)
