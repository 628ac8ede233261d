"""The first GAN on pictures, with the authors' settings for MNIST.

Goodfellow et al. (2014), https://arxiv.org/abs/1406.2661; the settings are those of mnist.yaml at
https://github.com/goodfeli/adversarial: batches of 100, stochastic gradient descent whose rate of .1 shrinks by 4e-6 a
round, momentum from .5 to .7 in the first 250 epochs, dropout, an output bias that begins at the mean picture. There
the discriminator's cost has a factor 1/2, so its rate here is half of theirs. Both move at once, and latents are
uniform with variance 1. Departure: samples come from an average of the weights, unless `--weights raw`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

import sparring as sp
from sparring.machine import devices
from sparring.methods import Method, Paper
from sparring.recipes.images import dcgan

if TYPE_CHECKING:
    from sparring.game import Cost
    from sparring.hooks import Playing
    from sparring.networks.gan2014 import Generator

__all__ = ["METHODS", "USES", "Config", "build", "game", "open_data", "sampler"]

USES = dcgan.USES
open_data = dcgan.open_data


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train the networks of 2014 on your pictures."""

    rounds: int = 10000
    """Rounds to play."""
    batch: int = 100
    """Examples in a batch."""
    width: int = 1200
    """Units of each of the generator's two layers. The discriminator has a fifth, each the largest of five."""
    generator_rate: float = 0.1
    """Learning rate of the generator. It shrinks by 4 in a million each round."""
    discriminator_rate: float = 0.05
    """Learning rate of the discriminator. It shrinks in the same way."""


def game(config: Config, shape: tuple[int, ...]) -> sp.GAN:
    """The game on pictures of `shape` [C, H, W]."""
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.gan2014.Generator(shape, config.latent, config.width)
        discriminator = sp.networks.gan2014.Discriminator(shape, max(1, config.width // 5))
    latent = sp.latents.Uniform(config.latent, reach=math.sqrt(3))
    critic, penalties = config.augmented(discriminator)
    return sp.GAN(generator, critic, latent, penalties=penalties).to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec.shape).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    import torch

    gan, pictures = game(config, data.spec.shape), data.main
    mean = pictures.x.float().mean(0)
    cast("Generator", gan.generator).begin_at(mean if pictures.x.is_floating_point() else mean / 127.5 - 1)
    rule = partial(torch.optim.SGD, momentum=0.5)
    rising = momentum(len(pictures) / config.batch)
    shrinking = lambda share: 1.000004 ** (-share * config.rounds)  # noqa: E731
    both = sp.Simultaneous()
    return dcgan.trainer(config, data, gan, rule=rule, factors=shrinking, dynamics=both, hooks=[rising])


def momentum(epoch: float) -> sp.hooks.Hook:
    """A hook that raises the momentum from .5 to .7 between the first and the 250th epoch.

    Args:
        epoch: Rounds in which every example is shown once.
    """

    class Momentum(sp.hooks.Hook):
        def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
            phase, number = trainer.upcoming()
            share = min(1.0, max(0.0, (number / epoch - 1) / 249))
            for optimizer in phase.optimizers.values():
                for group in optimizer.param_groups:
                    group["momentum"] = 0.5 + 0.2 * share

    return Momentum()


METHODS = (
    Method(
        name="the networks of 2014",
        category="images",
        python="networks.gan2014.Generator((1, 28, 28)), networks.gan2014.Discriminator((1, 28, 28))",
        papers=(Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661"),),
        command="sparring train gan2014",
        record="gan2014",
        measured="Parzen log-likelihood of the average",
    ),
)
