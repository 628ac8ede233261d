"""A GAN of word embeddings, on the data of `seqgan`: lines of text, or sequences of a random Markov chain.

Samples are the words nearest to what the generator makes (Goodfellow 2016, https://arxiv.org/abs/1701.00160, section
5.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.machine import devices
from sparring.recipes import adams
from sparring.recipes.text import seqgan

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config(seqgan.Lines):
    """Train a GAN that makes word embeddings, decoded to the nearest words."""

    rounds: int = 3000
    """Rounds to play."""
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


open_data = seqgan.open_data


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
