"""A classifier of pictures of which few have a label, trained beside a generator (Salimans et al. 2016, section 5).

https://arxiv.org/abs/1606.03498. Of each class `--labels-per-class` pictures keep their label, as the seed decides.
The others train too, without theirs. `sparring classify RUN` then tells how many held-out pictures are taken for
another class, and `sparring classify RUN FILES` the classes of other pictures.

The networks see a picture as numbers in any order: use small ones. Departures from the paper: both players move at
once; rates of their own, which fall to 0 in the last two fifths; the generator's last layer begins at training
pictures; samples and answers come from averages over the last part of the run. The rates are those of
`benchmarks/semi_supervised.py`, which were chosen on MNIST.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sparring as sp
from sparring.machine import devices
from sparring.recipes.images import cgan, dcgan
from sparring.schedules import linear

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["LABELS", "USES", "Config", "build", "open_data", "sampler"]

USES, LABELS = cgan.USES, "trained with labels"
BEGINNING = 500
"""Pictures by which the classifier's units are scaled before the first round."""


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a classifier on your pictures with few labels, beside a generator."""

    rounds: int = 4000
    """Rounds to play."""
    batch: int = 100
    """Examples in a batch, of labelled and of other pictures each."""
    labels_per_class: int = 10
    """Pictures of each class whose label is used."""
    width: int = 500
    """Units of the generator's two layers. The classifier has twice as many, as many, and three times half as many."""
    generator_rate: float = 1e-2
    """Learning rate of the generator. It falls to 0 in the last two fifths."""
    discriminator_rate: float = 5e-3
    """Learning rate of the classifier. It falls in the same way."""


open_data = cgan.open_classes  # how many classes there are stands in the spec's condition


def game(config: Config, spec: sp.Spec) -> sp.games.images.semi.SemiSupervisedGAN:
    """The game on pictures [C, H, W] like the spec's, of its classes."""
    classes = len(spec.condition.choices())
    hidden = (2 * config.width, config.width, *[max(1, config.width // 2)] * 3)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.gan2016.Generator(spec.shape, config.latent, config.width)
        classifier = sp.networks.gan2016.Classifier(spec.shape, classes, hidden)
    critic, penalties = config.augmented(sp.layers.with_features.WithFeatures(classifier, classifier.features))
    latent = sp.latents.Uniform(config.latent, reach=0.5)
    gan = sp.games.images.semi.SemiSupervisedGAN(generator, critic, latent, classes, penalties=penalties)
    return gan.to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained networks."""
    return game(config, spec).sampler()


def few(pictures: sp.InMemory, each: int, seed: int) -> sp.InMemory:
    """Of each class the first `each` pictures in an order, all of a class that has fewer."""
    import torch

    assert pictures.y is not None, "open_data gives classes"
    y = pictures.y if pictures.rows is None else pictures.y[pictures.rows]
    order = sp.Key(seed, ("labelled",)).permutation("order", len(pictures))
    return pictures.view(torch.cat([order[y[order] == label][:each] for label in torch.unique(y)]))


def begin(gan: sp.games.images.semi.SemiSupervisedGAN, pictures: sp.InMemory, config: Config) -> None:
    """Sets first weights by some pictures; where there are fewer than are needed, they come again."""
    order = sp.Key(config.seed, ("beginning",)).permutation("order", len(pictures))

    def some(n: int) -> Tensor:
        return pictures.examples(order.repeat(-(-n // len(order)))[:n]).to(next(gan.parameters()))

    classifier = next(part for part in gan.modules() if isinstance(part, sp.networks.gan2016.Classifier))
    generator = gan.generator
    assert isinstance(generator, sp.networks.gan2016.Generator), "made in `game`"
    with sp.Key(config.seed, ("beginning",)).seeded():
        classifier.initialise(some(BEGINNING))
        generator.begin_at(some(config.width))


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    import torch

    device = devices.resolve(config.device)
    gan, pictures = game(config, data.spec), data.main
    begin(gan, pictures, config)
    streams = {"real": pictures.to(device), "labelled": few(pictures, config.labels_per_class, config.seed).to(device)}
    drawn = {name: sp.data.source.Mirrored(part) if config.flips else part for name, part in streams.items()}
    units = gan.discriminator(pictures.examples(torch.zeros(1).long()).to(device)).shape[1] - gan.classes
    adams = {
        player: torch.optim.Adam(gan.strategy(player).values(), rate, (0.5, 0.999), eps, fused=True)
        for player, rate, eps in (
            ("discriminator", config.discriminator_rate, 1e-4),
            ("generator", config.generator_rate, 1e-4 * units),  # its cost is a sum over units, there a mean
        )
    }
    phase = sp.Phase(gan, adams, drawn, config.rounds, sp.Simultaneous(), batch=config.batch)
    falling = sp.hooks.LearningRate(dict.fromkeys(adams, linear(1.0, 0.0, first=0.6)), config.rounds)
    return sp.Trainer(phase, hooks=[falling], seed=config.seed, autocast=devices.autocast(device))
