"""A DCGAN with any norm in either network: batch, virtual, spectral, ... (`layers.norms`).

All but the norms is as in the recipe `dcgan`, whose defaults these are too. Reference batches have the size of a batch
and are fixed at the start: latents for the generator, pictures for the discriminator. Such batches also begin networks
with weight norm. Salimans et al. (2016), https://arxiv.org/abs/1606.03498, have virtual batch norm in the generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sparring as sp
from sparring.recipes.images import dcgan
from sparring.schedules import linear

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["USES", "Config", "build", "game", "open_data", "sampler"]

USES = dcgan.USES


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a DCGAN with a norm of your choice on your pictures."""

    generator_norm: str = "virtual"
    """Norm of the generator: batch, layer, instance, reference, virtual, spectral, weight, none."""
    discriminator_norm: str = "batch"
    """Norm of the discriminator, one of the same."""


open_data = dcgan.open_data


def game(config: Config, pictures: Tensor) -> sp.GAN:
    """The game on pictures like these [B, C, H, W] in [-1, 1], which are the discriminator's reference batch."""
    _, channels, height, width = pictures.shape
    shape, latent = (channels, height, width), sp.Normal(config.latent)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.dcgan.Generator(shape, config.latent, config.width, norm=config.generator_norm)
        discriminator = sp.networks.dcgan.Discriminator(shape, config.width, norm=config.discriminator_norm)
    latents = latent(sp.Key(config.seed, ("reference",)).rows(len(pictures)))
    g = sp.layers.norms.norm(config.generator_norm).begun(generator, latents)
    d = sp.layers.norms.norm(config.discriminator_norm).begun(discriminator, pictures)
    critic, penalties = config.augmented(d)
    gan = sp.GAN(g, critic, latent, penalties=penalties)
    return dcgan.placed(gan, config)


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, sp.Key(config.seed).normal("stand-in", (config.batch, *spec.shape))).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer; of one blank example, which is nobody's data, the reference batch is noise."""
    key, pictures = sp.Key(config.seed, ("reference",)), data.main
    few = len(pictures) < 2
    places = key.integers("pictures", (config.batch,), len(pictures))
    reference = key.normal("noise", (config.batch, *data.spec.shape)) if few else pictures.examples(places)
    gan, falling = game(config, reference), linear(1.0, 0.01, first=0.5)
    turns = sp.Alternating(fresh=False)
    return dcgan.trainer(config, data, gan, rule=dcgan.adam(0.5, 0.999), factors=falling, dynamics=turns)
