"""A GAN of sequences by Gumbel-softmax, on the data of `seqgan`: lines of text, or sequences of a random Markov chain.

After Kusner and Hernandez-Lobato (2016), https://arxiv.org/abs/1611.04051. The temperature falls by equal ratios, as in
RelGAN (Nie et al. 2019, https://openreview.net/forum?id=rJedV3R5tm). As there, maximum likelihood may come first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sparring as sp
from sparring.machine import devices
from sparring.recipes import adams
from sparring.recipes.text import seqgan
from sparring.schedules import geometric

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES: frozenset[str] = frozenset()

BETAS = (0.5, 0.9)
"""Of Adam, for all players."""


@dataclass(frozen=True, kw_only=True)
class Config(seqgan.Lines):
    """Train a GAN on the lines of a text, by Gumbel-softmax."""

    rounds: int = 3000
    """Rounds to play, including those of maximum likelihood."""
    adversarial: float = 1.0
    """Share of the rounds, at the end, against a discriminator. Rounds before them have maximum likelihood."""
    estimator: Literal["straight-through", "soft"] = "straight-through"
    """What the discriminator reads in training: single tokens, or soft rows. Samples are always tokens."""
    first_temperature: float = 1.0
    """Temperature of the softmax when the second phase begins."""
    last_temperature: float = 0.5
    """Temperature at its end. It falls by equal ratios."""
    width: int = 32
    """Size of embeddings and states."""
    likelihood_rate: float = 5e-3
    """Learning rate of the generator in the first phase."""
    generator_rate: float = 5e-3
    """Learning rate of the generator in the second phase."""
    discriminator_rate: float = 5e-3
    """Learning rate of the discriminator."""
    penalty: float = 0.1
    """Weight of the discriminator's squared slope at real sequences (R1)."""
    clip: float = 5.0
    """Largest norm of the generator's gradient."""


open_data = seqgan.open_data


def game(config: Config, spec: sp.Spec) -> sp.games.text.gumbel.GumbelGAN:
    """The game on sequences like these."""
    tokens = seqgan.tokens(spec)
    size = len(tokens.vocabulary)
    with sp.Key(config.seed, ("initial weights",)).seeded():
        writer = sp.networks.recurrent.Recurrent(size, tokens.length, config.width, tokens.end)
        critic = sp.networks.text_cnn.TextCNN(size, config.width, range(1, min(3, tokens.length) + 1))
    temperature = geometric(config.first_temperature, config.last_temperature)
    relaxed = sp.networks.relaxed.Relaxed(writer, temperature, hard=config.estimator == "straight-through")
    gan = sp.games.text.gumbel.GumbelGAN(relaxed, critic, penalties={sp.penalties.r1: config.penalty})
    return gan.to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config, spec).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer: of one phase, or of two that share the generator."""
    second = game(config, data.spec)
    first = sp.families.autoregression.Autoregression(second.writer)
    streams = {"real": data.main.to(devices.resolve(config.device))}
    late = round(min(1.0, config.adversarial) * config.rounds)
    updates = {"generator": sp.phase.ClipNorm(config.clip)}
    likelihood = adams(first, {"generator": config.likelihood_rate}, BETAS)
    rates = {"discriminator": config.discriminator_rate, "generator": config.generator_rate}
    adversarial = adams(second, rates, BETAS)
    return sp.Trainer(
        sp.Phase(first, likelihood, streams, config.rounds - late, batch=config.batch, updates=updates),
        sp.Phase(second, adversarial, streams, late, sp.Alternating(fresh=False), config.batch,
              updates=updates),
        seed=config.seed,
    )  # fmt: skip
