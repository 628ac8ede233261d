"""A SeqGAN: lines of text, or sequences of a random oracle, by maximum likelihood and then by REINFORCE.

The two phases of Yu et al. (2017), https://arxiv.org/abs/1609.05473, at a size for one core. The default oracle is a
chain, whose entropy, below which no honest score can fall, is known exactly. The other one is theirs, with a tenth of
its vocabulary: a random LSTM.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import sparring as sp
from sparring.data.named import NAMED, absolute
from sparring.machine import devices
from sparring.recipes import Config as Common
from sparring.recipes import adams

if TYPE_CHECKING:
    from sparring.games.text.seqgan import SeqGAN

__all__ = [
    "CHAIN",
    "LSTM",
    "USES",
    "Config",
    "Lines",
    "build",
    "chain",
    "kind",
    "lstm",
    "open_data",
    "place",
    "sampler",
    "tokens",
]

USES: frozenset[str] = frozenset()

CHAIN, LSTM = "random-chain", "random-lstm"
"""The names of the default data, and of the oracle of the paper."""

BETAS = (0.9, 0.999)
"""Of Adam, for all players."""

EXAMPLES = 10_000
"""Sequences of an oracle to train on, and as many fresh ones."""


@dataclass(frozen=True, kw_only=True)
class Lines(Common):
    """What recipes of text have in common."""

    hold_out: int | None = 0
    """Number of sequences kept out of training."""
    threads: int = 1
    """CPU threads. More threads make such small networks slower."""
    data: str = CHAIN
    """Text file (.txt, UTF-8) with a sequence in each line, or a set: smiles, openmoji-captions.
    Default: a random Markov chain on 100 numbers. random-lstm: a random LSTM on 500 numbers."""
    words: bool = False
    """Tokens are words separated by spaces. Default: characters."""
    longest: int = 40
    """Largest number of tokens in a sequence. Longer lines are left out."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "data", place(self.data))


@dataclass(frozen=True, kw_only=True)
class Config(Lines):
    """Train a SeqGAN on the lines of a text."""

    rounds: int = 3000
    """Rounds to play, including those of the first phase."""
    likelihood: float = 2 / 3
    """Share of the rounds, from the start, with maximum likelihood. The others train against a discriminator."""
    alone: float = 0.2
    """Share of the other rounds, from their start, in which only the discriminator learns."""
    cell: Literal["gru", "lstm"] = "gru"
    """Memory of the generator."""
    width: int = 32
    """Size of embeddings and states."""
    rollouts: int = 4
    """Number of continuations after each token. Their mean reward is the reward of the token."""
    discriminator_steps: int = 3
    """Steps of the discriminator in a round."""
    likelihood_rate: float = 5e-3
    """Learning rate of the generator in the first phase."""
    generator_rate: float = 5e-4
    """Learning rate of the generator in the second phase."""
    discriminator_rate: float = 1e-3
    """Learning rate of the discriminator."""
    clip: float = 5.0
    """Largest norm of the generator's gradient."""


def place(data: str) -> str:
    """The name of an oracle or of a set, or a path that means the same in any folder."""
    return data if data in {CHAIN, LSTM} else absolute(data)


def kind(data: str = CHAIN) -> sp.kinds.tokens.Tokens:
    """Sequences of an oracle: numbers."""
    vocabulary, length = {CHAIN: (100, 10), LSTM: (500, 10)}[data]
    return sp.kinds.tokens.Tokens(tuple(map(str, range(vocabulary))), length, between=" ")


def chain() -> sp.data.sequences.Markov:
    """The chain of the default data, the same for every seed."""
    return sp.data.sequences.Markov.random(len(kind().vocabulary), spread=2.0)


def lstm() -> sp.networks.recurrent.RecurrentSampler:
    """The random LSTM, the same for every seed."""
    tokens = kind(LSTM)
    return sp.data.oracles.random_lstm(len(tokens.vocabulary), tokens.length, width=32)


def open_data(config: Lines) -> sp.Data:
    """The sequences, places in a vocabulary."""
    if config.data in NAMED:
        return sp.Data({"real": sp.data.strings.shortened(sp.open_data(config.data), config.longest)})
    if config.data not in {CHAIN, LSTM}:
        return sp.Data({"real": sp.data.sequences.read(Path(config.data), words=config.words, longest=config.longest)})
    tokens = kind(config.data)

    def drawn(seed: int) -> sp.InMemory:
        chosen = config.data == CHAIN
        x = chain().sample(EXAMPLES, tokens.length, seed) if chosen else lstm().sample(EXAMPLES, seed=seed)
        return sp.data.sequences.sequences(x, tokens)

    found = drawn(0)
    found.fresh = lambda: drawn(1)
    return sp.Data({"real": found})


def tokens(spec: sp.Spec) -> sp.kinds.tokens.Tokens:
    """What the examples are.

    Raises:
        TypeError: They are no sequences.
    """
    if not isinstance(spec.kind, sp.kinds.tokens.Tokens):
        raise TypeError(f"the data are {spec.kind.name}; expected sequences of tokens")
    return spec.kind


def games(
    config: Config, spec: sp.Spec, kind_of_game: type[SeqGAN] | None = None
) -> tuple[sp.families.autoregression.Autoregression, SeqGAN]:
    """The games of the two phases, which share the generator."""
    found = tokens(spec)
    size, device = len(found.vocabulary), devices.resolve(config.device)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.networks.recurrent.Recurrent(size, found.length, config.width, found.end, config.cell)
        discriminator = sp.networks.text_cnn.TextCNN(size, config.width, range(1, min(3, found.length) + 1))
    second = (kind_of_game or sp.games.text.seqgan.SeqGAN)(generator, discriminator)
    return sp.families.autoregression.Autoregression(generator).to(device), second.to(device)


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return games(config, spec)[1].sampler()


def build(config: Config, data: sp.Data, kind_of_game: type[SeqGAN] | None = None) -> sp.Trainer:
    """The trainer of both phases.

    Args:
        config: What it is told.
        data: What it is trained on.
        kind_of_game: Of the second phase: a variant, such as one with another reward.
    """
    first, second = games(config, data.spec, kind_of_game)
    real: sp.InMemory = data.main.to(devices.resolve(config.device))
    early = round(min(1.0, config.likelihood) * config.rounds)
    alone = config.alone * (config.rounds - early)
    updates = {"generator": sp.phase.ClipNorm(config.clip)}
    likelihood = adams(first, {"generator": config.likelihood_rate}, BETAS)
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    steps: dict[str, sp.dynamics.alternating.Steps] = {
        "discriminator": config.discriminator_steps,
        "generator": lambda number: int(number >= alone),
    }
    streams = {"real": real, **second.streams(config.rollouts)}
    return sp.Trainer(
        sp.Phase(first, likelihood, {"real": real}, early, batch=config.batch, updates=updates),
        sp.Phase(second, adams(second, rates, BETAS), streams, config.rounds - early,
              sp.Alternating(steps, fresh=False), config.batch, updates=updates),
        seed=config.seed,
    )  # fmt: skip
