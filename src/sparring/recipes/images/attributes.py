"""A conditional GAN on pictures with numbers as the condition, such as brightness (after Mirza and Osindero 2014).

https://arxiv.org/abs/1411.1784, section 3.2: the condition may be anything. Both networks get the numbers, which have
mean 0 and deviation 1, beside what they get already: the generator beside its latent, the discriminator as planes
beside the picture. The networks are those of DCGAN.
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.methods import Method, Paper
from sparring.recipes.images import dcgan
from sparring.schedules import linear

__all__ = ["METHODS", "USES", "Config", "build", "open_data", "sampler"]

USES = dcgan.USES


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a GAN that is asked for numbers, such as the brightness or the slant of a picture."""

    rounds: int = 4000
    """Rounds to play."""
    attributes: str = "brightness,aspect"
    """Numbers to ask for, with commas between them: brightness, aspect, slant.
    label: the number that is the name of the class, as in a file of labels."""

    @property
    def named(self) -> tuple[str, ...]:
        """The names of the numbers."""
        return tuple(name.strip() for name in self.attributes.split(","))


def open_data(config: Config) -> sp.Data:
    """The pictures, as bytes, with their numbers."""
    return numbered(dcgan.open_data(config).main, config.named)


def numbered(pictures: sp.InMemory, names: tuple[str, ...]) -> sp.Data:
    """Pictures with their numbers, and what can be asked for."""
    condition, rows = sp.conditions.measures.Measures.of(sp.data.measuring.measured(pictures, names), names)
    y = rows.new_zeros(len(pictures.x), len(names))
    y[slice(None) if pictures.rows is None else pictures.rows] = rows
    there = sp.InMemory(pictures.x, y, kind=pictures.kind, name=pictures.name, report=pictures.report)
    there.rows = pictures.rows
    return sp.Data({"real": there}, condition)


def game(config: Config, spec: sp.Spec) -> sp.games.images.cgan.ConditionalGAN:
    """The game on pictures [C, H, W] like the spec's, with their numbers."""
    condition = spec.condition
    assert isinstance(condition, sp.conditions.measures.Measures), "open_data gives numbers"
    (channels, height, width), numbers = spec.shape, len(condition.names)
    beside, nets = sp.networks.concatenation.Beside, sp.networks.dcgan
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = nets.Generator((channels, height, width), config.latent + numbers, config.width)
        discriminator = nets.Discriminator((channels + numbers, height, width), config.width)
    critic, penalties = config.augmented(beside(discriminator))
    kind, latent = sp.games.images.cgan.ConditionalGAN, sp.Normal(config.latent)
    gan = kind(beside(generator), critic, latent, condition, penalties=penalties)
    return dcgan.placed(gan, config)


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, falling = game(config, data.spec), linear(1.0, 0.01, first=0.5)
    turns = sp.Alternating(fresh=False)
    return dcgan.trainer(config, data, gan, rule=dcgan.adam(0.5, 0.999), factors=falling, dynamics=turns)


METHODS = (
    Method(
        name="numbers as a condition",
        category="images",
        python="games.images.cgan.ConditionalGAN(g, d, Normal(100), conditions.measures.Measures.of(values, names)[0])",
        papers=(Paper("Mirza and Osindero", 2014, "https://arxiv.org/abs/1411.1784"),),
        section="5.5",
        command="sparring train attributes",
        record="attributes",
    ),
)
