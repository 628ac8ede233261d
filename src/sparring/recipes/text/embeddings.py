"""A GAN of word embeddings, on the data of `seqgan`: lines of text, or sequences of a random Markov chain.

Samples are the words nearest to what the generator makes (Goodfellow 2016, https://arxiv.org/abs/1701.00160, section
5.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.machine import devices
from sparring.recipes import Config as Common
from sparring.recipes import adams
from sparring.recipes.text import seqgan

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a GAN that makes word embeddings, decoded to the nearest words."""

    rounds: int = 3000
    """Rounds to play."""
    hold_out: int | None = 0
    """Number of sequences kept out of training."""
    threads: int = 1
    """CPU threads. More threads make such small networks slower."""
    data: str = seqgan.CHAIN
    """Text file (.txt, UTF-8) with a sequence in each line, or a set: smiles, openmoji-captions.
    Default: a random Markov chain on 100 numbers. random-lstm: a random LSTM on 500 numbers."""
    words: bool = False
    """Tokens are words separated by spaces. Default: characters."""
    longest: int = 40
    """Largest number of tokens in a sequence. Longer lines are left out."""
    size: int = 16
    """Size of the vector of a token."""
    learnt: bool = False
    """The discriminator moves the vectors too. Default: they are random, and stay."""
    latent: int = 64
    """Size of the latent."""
    width: int = 128
    """Units of the generator's hidden layers, and channels of the discriminator."""
    generator_rate: float = 1e-3
    """Learning rate of the generator."""
    discriminator_rate: float = 1e-3
    """Learning rate of the discriminator."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "data", seqgan.place(self.data))


def open_data(config: Config) -> sp.Data:
    """The sequences, places in a vocabulary."""
    return seqgan.open_data(seqgan.Config(data=config.data, words=config.words, longest=config.longest))


def game(config: Config, spec: sp.Spec) -> sp.games.text.embeddings.EmbeddingGAN:
    """The game on sequences like these."""
    tokens = seqgan.tokens(spec)
    sizes = {"size": config.size, "latent": config.latent, "width": config.width}
    with sp.Key(config.seed, ("initial weights",)).seeded():
        gan = sp.games.text.embeddings.embedding_gan(
            len(tokens.vocabulary), tokens.length, **sizes, learnt=config.learnt
        )
    return gan.to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    gan = game(config, data.spec)
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    optimizers = adams(gan, rates, (0.5, 0.9))
    streams = {"real": data.main.to(devices.resolve(config.device))}
    phase = sp.Phase(gan, optimizers, streams, config.rounds, sp.Alternating(fresh=False), batch=config.batch)
    return sp.Trainer(phase, seed=config.seed)
