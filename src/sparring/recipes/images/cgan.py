"""A conditional GAN on pictures with classes (Mirza and Osindero 2014, https://arxiv.org/abs/1411.1784).

The discriminator is that of Miyato and Koyama (2018), https://arxiv.org/abs/1802.05637, unless `--discriminator
concatenation` gives it the class beside the picture, as in the first paper. Both players move at once and share all
passes, which is the fastest way to play. Departures from the papers: convolutions instead of the first one's
perceptrons, and a smaller network without residual blocks and spectral norm instead of the second one's; learning
rates that fall in the second half; an average of the generator's weights to sample from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import sparring as sp
from sparring.machine import devices
from sparring.recipes.images import dcgan
from sparring.schedules import linear

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

__all__ = ["DEMO", "USES", "Config", "build", "open_classes", "open_data", "sampler"]

USES = frozenset({"labels"})


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a conditional GAN on your pictures: on their classes, or without any on clusters of alike ones."""

    rounds: int = 4000
    """Rounds to play."""
    half_life: float = 0.01953125
    """Half-life of the moving average of the generator's weights, as a share of the training."""
    discriminator: Literal["projection", "concatenation"] = "projection"
    """How the discriminator is told the class.
    projection: it projects its features on a vector of the class.
    concatenation: it gets the class beside the picture."""
    clusters: int = 100
    """Pictures without classes are put into this many clusters, which serve as classes. 0 refuses them."""


DEMO = Config(rounds=7600, batch=32, width=24)
"""About as much processor time as 2,800 rounds of `dcgan`, on the pictures that ship with the package."""


def open_data(config: Config) -> sp.Data:
    """The pictures, as bytes, with the places of their classes or else of their clusters.

    Raises:
        ValueError: They have no classes and are to have no clusters, or are too few for any.
    """
    pictures = dcgan.open_data(config).main
    if has_classes(pictures):
        return classified(pictures)
    if not config.clusters:
        raise ValueError(f"{without_classes(config)}, train with --clusters 100, or dcgan: sparring train dcgan")
    return classified(sp.data.clusters.clustered(pictures, config.clusters, config.seed), found=True)


def open_classes(config: dcgan.Config) -> sp.Data:
    """The pictures, as bytes, with the places of their classes, for recipes that need such.

    Raises:
        ValueError: They have no classes.
    """
    pictures = dcgan.open_data(config).main
    if not has_classes(pictures):
        raise ValueError(f"{without_classes(config)}, train dcgan: sparring train dcgan")
    return classified(pictures)


def has_classes(pictures: sp.InMemory) -> bool:
    """Whether each has one, by a name."""
    return pictures.y is not None and pictures.y.ndim == 1 and bool(pictures.classes)


def without_classes(config: dcgan.Config) -> str:
    """The beginning of an error."""
    return f"--data {config.data} has no classes; expected a folder for each class, or labels. Without classes"


def classified(pictures: sp.InMemory, *, found: bool = False) -> sp.Data:
    """Labelled pictures, and what can be asked for: classes that were given, or found."""
    assert pictures.y is not None
    classes = sp.conditions.classes.Classes.of(pictures.y, pictures.classes)
    return sp.Data({"real": pictures}, replace(classes, found=found))


def game(config: Config, spec: sp.Spec) -> sp.games.images.cgan.ConditionalGAN:
    """The game on pictures [C, H, W] like the spec's, of its classes."""
    condition = spec.condition
    assert isinstance(condition, sp.conditions.classes.Classes), "open_data gives classes"
    (channels, height, width), classes = spec.shape, len(condition.names)
    shape = (channels, height, width)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.conditional_dcgan.Generator(shape, classes, config.latent, config.width)
        discriminator = discriminators()[config.discriminator](shape, classes, config.width)
    critic, penalties = config.augmented(discriminator)
    latent = sp.Normal(config.latent)
    gan = sp.games.images.cgan.ConditionalGAN(generator, critic, latent, condition, penalties=penalties)
    return gan.to(devices.resolve(config.device))


def discriminators() -> dict[str, Callable[..., nn.Module]]:
    """By their names, what makes the discriminator of a shape [C, H, W], of some classes, and of a width."""
    nets = sp.networks

    def concatenation(shape: tuple[int, int, int], classes: int, width: int) -> nn.Module:
        plain = nets.dcgan.Discriminator((shape[0] + classes, *shape[1:]), width)
        return nets.concatenation.Concatenated(plain, classes)

    return {"projection": nets.conditional_dcgan.Discriminator, "concatenation": concatenation}


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, rule, falling = game(config, data.spec), dcgan.adam(0.5, 0.999), linear(1.0, 0.01, first=0.5)
    return dcgan.trainer(config, data, gan, rule=rule, factors=falling, dynamics=sp.Simultaneous())
