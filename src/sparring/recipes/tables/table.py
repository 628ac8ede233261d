"""A GAN on the rows of a table: a CSV file of yours, or the penguins that ship with sparring.

Chosen on a part of the training penguins, seed 100, among WGAN-GP, non-saturating and relativistic losses, 2,500 and
5,000 rounds, and batches of 64 and 128. WGAN-GP was furthest from real associations; the others were nearly alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import sparring as sp
from sparring.data.named import NAMED, absolute
from sparring.machine import devices
from sparring.recipes import Config as Common
from sparring.recipes import adams
from sparring.schedules import linear

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a GAN on the rows of a table."""

    rounds: int = 5000
    """Rounds to play."""
    batch: int = 128
    """Rows in a batch."""
    data: str = "penguins"
    """CSV file in UTF-8, with commas or semicolons and column names in line 1. The default ships with sparring."""
    threads: int = 1
    """CPU threads. More threads make such small networks slower."""
    latent: int = 64
    """Size of the latent."""
    width: int = 128
    """Units of each of the two hidden layers of both networks."""
    generator_rate: float = 5e-4
    """Learning rate of the generator in the first half of the rounds. Then it falls to a hundredth."""
    discriminator_rate: float = 5e-4
    """Learning rate of the discriminator. It falls in the same way."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "data", absolute(self.data))  # so that the run finds it from any folder


def open_data(config: Config) -> sp.Data:
    """The rows, as codes."""
    found = sp.open_data(config.data) if config.data in NAMED else sp.data.spreadsheet.read(Path(config.data))
    if not isinstance(found.kind, sp.kinds.rows.Rows):
        raise ValueError(f"--data {config.data} holds {found.kind.name}; expected a table: a CSV file, or penguins")  # noqa: TRY004
    return sp.Data({"real": found})


def game(config: Config, spec: sp.Spec) -> sp.GAN:
    """The game on rows like these."""
    if not isinstance(spec.kind, sp.kinds.rows.Rows):
        raise TypeError(f"these are {spec.kind.name}; expected rows of a table")
    with sp.Key(config.seed, ("initial weights",)).seeded():
        gan = sp.games.tables.table.table_gan(spec.kind, latent=config.latent, width=config.width)
    return gan.to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan = game(config, data.spec)
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    optimizers = adams(gan, rates, (0.5, 0.9))
    schedule = sp.hooks.LearningRate({player: linear(1.0, 0.01, first=0.5) for player in rates}, config.rounds)
    streams = {"real": data.main.to(devices.resolve(config.device))}
    phase = sp.Phase(gan, optimizers, streams, config.rounds, sp.Alternating(fresh=False), batch=config.batch)
    return sp.Trainer(phase, hooks=[schedule], seed=config.seed)
