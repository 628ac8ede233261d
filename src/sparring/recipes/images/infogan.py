"""InfoGAN on pictures without labels (Chen et al. 2016, https://arxiv.org/abs/1606.03657).

The generator gets codes beside its latents, and the discriminator has an output for each of them. Both are those of
DCGAN. Departures from the paper: smaller networks without fully connected layers; Q has no hidden layer of its own;
latents are normal; rates that fall in the second half; an average of the generator's weights to sample from.
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.machine import devices
from sparring.recipes.images import dcgan
from sparring.schedules import linear

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES = dcgan.USES


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train an InfoGAN on your pictures. It finds a category and numbers that change them: no labels needed."""

    rounds: int = 4000
    """Rounds to play."""
    latent: int = 62
    """Size of the latent, without the codes."""
    categories: int = 10
    """Values of the category, 2 or more."""
    continuous: int = 2
    """How many codes are numbers."""
    names: str = ""
    """Names of the codes, with commas between them, the category first. Unset: category, code1, code2."""
    weight: float = 1.0
    """Weight of the information on the codes, lambda."""
    generator_rate: float = 1e-3
    """Learning rate of the generator in the first half of the rounds. Then it falls to a hundredth."""
    discriminator_rate: float = 2e-4
    """Learning rate of the discriminator. It falls in the same way."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.categories < 2:
            raise ValueError(f"--categories is {self.categories}; expected 2 or more")
        if self.named and {len(set(self.named)), len(self.named)} != {1 + self.continuous}:
            raise ValueError(f"--names is {self.names!r}; expected {1 + self.continuous} different names")

    @property
    def named(self) -> tuple[str, ...]:
        """The names of the codes, or none."""
        return tuple(name.strip() for name in self.names.split(",")) if self.names else ()


def open_data(config: Config) -> sp.Data:
    """The pictures, as bytes, and the codes."""
    codes = sp.conditions.codes.Codes((config.categories,), config.continuous, config.named)
    return sp.Data(dcgan.open_data(config).streams, codes)


def game(config: Config, spec: sp.Spec) -> sp.games.images.infogan.InfoGAN:
    """The game on pictures [C, H, W] like the spec's, with its codes."""
    import torch

    codes = spec.condition
    assert isinstance(codes, sp.conditions.codes.Codes), "open_data gives codes"
    channels, height, width = spec.shape
    shape, size = (channels, height, width), sum(codes.sizes) + codes.continuous
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.dcgan.Generator(shape, config.latent + size, config.width)
        discriminator = sp.networks.dcgan.Discriminator(shape, config.width, outputs=1 + size)
    critic, penalties = config.augmented(discriminator)
    told, latent = sp.networks.concatenation.Beside(generator), sp.Normal(config.latent)
    gan = sp.games.images.infogan.InfoGAN(told, critic, latent, codes, weight=config.weight, penalties=penalties)
    gan.to(devices.resolve(config.device)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return gan


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, falling = game(config, data.spec), linear(1.0, 0.01, first=0.5)
    turns = sp.Alternating(fresh=False)
    return dcgan.trainer(config, data, gan, rule=dcgan.adam(0.5, 0.999), factors=falling, dynamics=turns)
