"""DCGAN on a folder of pictures (Radford et al. 2015, https://arxiv.org/abs/1511.06434).

Departures from the paper: pictures of any size; 32 channels next to the picture instead of 64, for the CPU; larger
learning rates that fall in the second half; an average of the generator's weights to sample from.

The rates were chosen among about twenty two-minute runs on the training pictures that ship with the package, by the
looks of the samples and by their Fréchet distance to the held-out pictures on the features of a small throw-away
classifier: 22.8 and 19.3 (two seeds), against 29.1 and 27.8 (the same seeds) without falling rates and, one seed
each, 35.1, 39.6 and 41.8 for three pairs of rates under simultaneous play in the same time; 3.4 for the training
pictures themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import sparring as sp
from sparring.data.named import absolute
from sparring.data.preparation import Preparation
from sparring.machine import devices
from sparring.methods import Method, Paper
from sparring.recipes import Config as Common
from sparring.schedules import Schedule, linear

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

    from sparring.dynamics.dynamics import Dynamics
    from sparring.hooks import Hook
    from sparring.penalties import Penalty, Weight
    from sparring.phase import Source

__all__ = ["METHODS", "USES", "Config", "Rule", "adam", "build", "open_data", "sampler", "trainer"]

G = TypeVar("G", bound="nn.Module")

Rule = Callable[..., "Optimizer"]
"""Makes an optimizer of parameters and a rate `lr`."""

USES: frozenset[str] = frozenset()

AUGMENTS = ("none", "diff", "ada")
"""The names in `layers.augmentations`, which needs torch."""


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a DCGAN on your pictures."""

    rounds: int = 2800
    """Rounds to play."""
    data: str = "fashion-mnist-10k"
    """Folder or zip of pictures, array, or name of a set (`sparring data list`). The default ships with sparring."""
    pictures: Preparation = field(default_factory=Preparation)
    """How pictures are made alike in size and colour."""
    flips: bool = False
    """Mirror pictures left to right, half of the time."""
    augment: str = "none"
    """Changes of all pictures that the discriminator sees, for few pictures: none, diff or ada."""
    latent: int = 100
    """Size of the latent."""
    width: int = 32
    """Channels of the layer next to the picture."""
    generator_rate: float = 2e-3
    """Learning rate of the generator in the first half of the rounds. Then it falls to a hundredth."""
    discriminator_rate: float = 1e-3
    """Learning rate of the discriminator. It falls in the same way."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "data", absolute(self.data))  # so that the run finds them from any folder
        if self.augment not in AUGMENTS:
            raise ValueError(f"--augment is {self.augment!r}; expected one of {', '.join(AUGMENTS)}")

    def augmented(self, discriminator: nn.Module) -> tuple[nn.Module, Mapping[Penalty, Weight]]:
        """A discriminator behind the changes, and the penalties that come with it; p may rise to 1 in a fifth of it."""
        samples = self.rounds * self.batch / 5
        return sp.layers.augmentations.AUGMENTATIONS[self.augment](discriminator, samples)


def open_data(config: Config) -> sp.Data:
    """The pictures, as bytes."""
    pictures = sp.open_data(config.data, config.pictures)
    if pictures.x.ndim != 4:
        raise ValueError(
            f"--data {config.data} holds examples of shape {list(pictures.x.shape[1:])}; expected pictures [C, H, W]: "
            "see `sparring data list`"
        )
    return sp.Data({"real": pictures})


def game(config: Config, shape: tuple[int, ...]) -> sp.GAN:
    """The game on pictures of `shape` [C, H, W]."""
    channels, height, width = shape
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.dcgan.Generator((channels, height, width), config.latent, config.width)
        discriminator = sp.networks.dcgan.Discriminator((channels, height, width), config.width)
    critic, penalties = config.augmented(discriminator)
    gan = sp.GAN(generator, critic, sp.Normal(config.latent), penalties=penalties)
    return placed(gan, config)


def placed(gan: G, config: Config) -> G:
    """The game on its device, laid out for fast convolutions."""
    import torch

    gan.to(devices.resolve(config.device)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return gan


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec.shape).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan, falling = game(config, data.spec.shape), linear(1.0, 0.01, first=0.5)
    turns = sp.Alternating(fresh=False)
    return trainer(config, data, gan, rule=adam(0.5, 0.999), factors=falling, dynamics=turns)


def trainer(
    config: Config,
    data: sp.Data,
    gan: sp.GAN,
    *,
    rule: Rule,
    factors: Schedule,
    dynamics: Dynamics,
    hooks: Sequence[Hook] = (),
    streams: Mapping[str, Source] | None = None,
) -> sp.Trainer:
    """A trainer of a GAN on pictures, for all recipes that have the options of this one.

    Args:
        config: The recipe's configuration.
        data: The pictures.
        gan: The game, on its device.
        rule: Makes an optimizer of parameters and a rate.
        factors: Of both learning rates, in the course of the run.
        dynamics: How the players move.
        hooks: What else is done after each round.
        streams: What else the game draws from, by name.
    """
    device = devices.resolve(config.device)
    pictures = data.main.to(device)
    source = sp.data.source.Mirrored(pictures) if config.flips else pictures
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    optimizers = {player: rule(gan.strategy(player).values(), lr=rate) for player, rate in rates.items()}
    phase = sp.Phase(gan, optimizers, {"real": source, **(streams or {})}, config.rounds, dynamics, batch=config.batch)
    return sp.Trainer(
        phase,
        hooks=[sp.hooks.LearningRate(dict.fromkeys(rates, factors), config.rounds), *hooks],
        seed=config.seed,
        autocast=devices.autocast(device),
    )


def adam(first: float, second: float) -> Rule:
    """Adam with these decay rates of its moments."""
    import torch

    return partial(torch.optim.Adam, betas=(first, second), fused=True)


METHODS = (
    Method(
        name="DCGAN",
        category="images",
        python="networks.dcgan.Generator((1, 28, 28)), networks.dcgan.Discriminator((1, 28, 28))",
        papers=(Paper("Radford et al.", 2015, "https://arxiv.org/abs/1511.06434"),),
        section="3.3",
        figure="17",
        command="sparring train dcgan",
        record="demo",
        measured="dcgan",
        in_readme=True,
    ),
)
