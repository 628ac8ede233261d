"""A recurrent GAN on windows of a time series: sines, the weather of Seattle, or a CSV file of yours.

After RGAN of Esteban et al. (2017), https://arxiv.org/abs/1706.02633, section 3, without conditions. The departures of
the networks are told in `networks.recurrent_series`. Both players have Adam, where the authors' discriminator has plain
gradient descent, and the discriminator has R1.

Chosen in runs of 300 to 1,000 rounds on other sines, seed 100: the part of the noise that all steps share, the
convolutions, width and rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sparring as sp
from sparring.data.named import NAMED, absolute
from sparring.machine import devices
from sparring.methods import Method, Paper
from sparring.recipes import Config as Common
from sparring.recipes import adams
from sparring.schedules import linear

__all__ = ["METHODS", "USES", "Config", "build", "game", "open_data", "sampler"]

USES: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a recurrent GAN on windows of a time series."""

    rounds: int = 600
    """Rounds to play."""
    batch: int = 32
    """Windows in a batch."""
    hold_out: int | None = 0
    """Number of windows kept out of training. 0, because the last fifth of the series is kept out anyway."""
    threads: int = 1
    """CPU threads. More threads make such small networks slower."""
    data: str = "sines"
    """CSV file with a row for each step, in order of time, or name of a series: sines, seattle-weather."""
    length: int = 24
    """Steps of a window, 10 or more."""
    noise: int = 8
    """Size of the latent of a window, and of that of each step."""
    width: int = 32
    """Size of the states of both networks, and channels of the convolutions."""
    generator_rate: float = 5e-3
    """Learning rate of the generator in the first half of the rounds. Then it falls to a hundredth."""
    discriminator_rate: float = 3e-3
    """Learning rate of the discriminator. It falls in the same way."""
    r1: float = 0.3
    """Weight of R1, which is computed in every eighth round."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.length < 10:
            raise ValueError(f"--length is {self.length}; expected 10 steps or more, two pieces for the discriminator")
        object.__setattr__(self, "data", absolute(self.data))  # so that the run finds it from any folder


def open_data(config: Config) -> sp.Data:
    """The windows, coded."""
    series = sp.data.series
    if config.data in (series.SINES, series.WEATHER):
        return sp.Data({"real": series.named(config.data, config.length)})
    if config.data in NAMED:
        raise ValueError(f"--data {config.data} is no time series; expected a CSV file, sines or seattle-weather")
    return sp.Data({"real": series.read(Path(config.data), config.length)})


def game(config: Config, spec: sp.Spec) -> sp.GAN:
    """The game on windows like these."""
    length, channels = spec.shape
    networks = sp.networks.recurrent_series
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = networks.Generator(length, channels, config.noise, config.width)
        discriminator = networks.Discriminator(channels, config.width)
    r1 = sp.penalties.Lazy(sp.penalties.r1, every=8)
    gan = sp.GAN(generator, discriminator, sp.Normal(generator.latent), penalties={r1: config.r1})
    return gan.to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan = game(config, data.spec)
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    optimizers = adams(gan, rates, (0.5, 0.99))
    schedule = sp.hooks.LearningRate({player: linear(1.0, 0.01, first=0.5) for player in rates}, config.rounds)
    streams = {"real": data.main.to(devices.resolve(config.device))}
    phase = sp.Phase(gan, optimizers, streams, config.rounds, sp.Alternating(fresh=False), batch=config.batch)
    return sp.Trainer(phase, hooks=[schedule], seed=config.seed)


METHODS = (
    Method(
        name="RGAN",
        category="series",
        python="GAN(networks.recurrent_series.Generator(24, 2, 8, 32), networks.recurrent_series.Discriminator(2, 32), "
        "Normal(25 * 8))",
        papers=(Paper("Esteban et al.", 2017, "https://arxiv.org/abs/1706.02633"),),
        command="sparring train rgan",
        record="series",
    ),
)
