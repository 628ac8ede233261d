"""A SeqGAN: lines of text, or sequences of a random Markov chain, by maximum likelihood and then by REINFORCE.

The two phases of Yu et al. (2017), https://arxiv.org/abs/1609.05473, at a size for one core: a chain in the place of
their random LSTM, so that the entropy, below which no honest score can fall, is known exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from sparring.chance import Key
from sparring.data.sequences import Markov, read, sequences
from sparring.data.source import InMemory
from sparring.data.streams import Data, Spec
from sparring.dynamics.alternating import Alternating, Steps
from sparring.families.autoregression import Autoregression
from sparring.game import Game
from sparring.games.text.seqgan import SeqGAN
from sparring.kinds.tokens import Tokens
from sparring.machine import devices
from sparring.networks.recurrent import Recurrent
from sparring.networks.text_cnn import TextCNN
from sparring.phase import ClipNorm
from sparring.recipes import Config as Common
from sparring.samplers import Sampler
from sparring.trainer import Phase, Trainer

__all__ = ["CHAIN", "KIND", "USES", "Config", "build", "open_data", "sampler"]

USES: frozenset[str] = frozenset()

CHAIN = "random-chain"
"""The name of the default data."""

KIND = Tokens(vocabulary=tuple(map(str, range(100))), length=10, between=" ")
"""Sequences of the chain: numbers."""

EXAMPLES = 10_000
"""Sequences of the chain to train on, and as many fresh ones."""


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a SeqGAN on the lines of a text."""

    rounds: int = 3000
    """Rounds to play, those of the first phase included."""
    likelihood: float = 2 / 3
    """This share of them, the first ones, by maximum likelihood; the others against a discriminator."""
    alone: float = 0.2
    """In this share of the others, the first ones, the discriminator learns alone."""
    hold_out: int | None = 0
    """Sequences to keep out of training."""
    threads: int = 1
    """CPU threads; more only slow down networks as small as these."""
    data: str = CHAIN
    """A .txt in UTF-8 with a sequence in each line; the default is a random Markov chain on 100 numbers."""
    words: bool = False
    """Tokens are words, with spaces between them, instead of characters."""
    longest: int = 40
    """Tokens of a sequence, at most; longer lines are left out."""
    width: int = 32
    """Size of embeddings and states."""
    rollouts: int = 4
    """Ways to go on after each token, whose mean reward it earns."""
    discriminator_steps: int = 3
    """Steps of the discriminator a round."""
    likelihood_rate: float = 5e-3
    """Learning rate of the generator in the first phase."""
    generator_rate: float = 5e-4
    """The same in the second."""
    discriminator_rate: float = 1e-3
    """Learning rate of the discriminator."""
    clip: float = 5.0
    """Greatest norm of the generator's gradient."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.data != CHAIN:
            object.__setattr__(self, "data", str(Path(self.data).absolute()))  # so that the run finds it from anywhere


def chain() -> Markov:
    """The chain of the default data, the same for every seed."""
    return Markov.random(len(KIND.vocabulary), spread=2.0)


def open_data(config: Config) -> Data:
    """The sequences, places in a vocabulary."""
    if config.data != CHAIN:
        return Data({"real": read(Path(config.data), words=config.words, longest=config.longest)})
    found, other = (sequences(chain().sample(EXAMPLES, KIND.length, seed), KIND) for seed in (0, 1))
    found.fresh = lambda: other
    return Data({"real": found})


def games(config: Config, spec: Spec, kind_of_game: type[SeqGAN] = SeqGAN) -> tuple[Autoregression, SeqGAN]:
    """The games of the two phases, which share the generator."""
    kind = spec.kind
    if not isinstance(kind, Tokens):
        raise TypeError(f"the data are {kind.name}; expected sequences of tokens")
    size, device = len(kind.vocabulary), devices.resolve(config.device)
    with Key(config.seed, ("initial weights",)).seeded():
        generator = Recurrent(size, kind.length, config.width, kind.end)
        discriminator = TextCNN(size, config.width, range(1, min(3, kind.length) + 1))
    return Autoregression(generator).to(device), kind_of_game(generator, discriminator).to(device)


def sampler(config: Config, spec: Spec) -> Sampler:
    """The untrained generator."""
    return games(config, spec)[1].sampler()


def build(config: Config, data: Data, kind_of_game: type[SeqGAN] = SeqGAN) -> Trainer:
    """The trainer of both phases.

    Args:
        config: What it is told.
        data: What it is trained on.
        kind_of_game: Of the second phase: a variant, such as one with another reward.
    """
    first, second = games(config, data.spec, kind_of_game)
    real: InMemory = data.main.to(devices.resolve(config.device))
    early = round(min(1.0, config.likelihood) * config.rounds)
    alone = config.alone * (config.rounds - early)
    updates = {"generator": ClipNorm(config.clip)}
    likelihood = _optimizers(first, {"generator": config.likelihood_rate})
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    steps: dict[str, Steps] = {
        "discriminator": config.discriminator_steps,
        "generator": lambda number: int(number >= alone),
    }
    streams = {"real": real, **second.streams(config.rollouts)}
    return Trainer(
        Phase(first, likelihood, {"real": real}, early, batch=config.batch, updates=updates),
        Phase(second, _optimizers(second, rates), streams, config.rounds - early, Alternating(steps, fresh=False),
              config.batch, updates=updates),
        seed=config.seed,
    )  # fmt: skip


def _optimizers(game: Game, rates: Mapping[str, float]) -> dict[str, torch.optim.Optimizer]:
    return {
        player: torch.optim.Adam(game.strategy(player).values(), rate, fused=True) for player, rate in rates.items()
    }
