"""A GAN of perceptrons on a ring of eight Gaussians, the field's first test for lost modes.

The relativistic loss with R1 and R2 (Huang et al. 2024, https://arxiv.org/abs/2501.05441). Learning rates are
constant at first and then fall geometrically, the penalties' weight falls with them; the discriminator sees Fourier
features. The values are those of a first prototype, which was looked at on seed 0 and then checked, at fewer rounds,
on the seeds 100 to 102; none was changed. Only the number of rounds was set after that.
"""

from __future__ import annotations

from dataclasses import dataclass

import sparring as sp
from sparring.machine import devices
from sparring.recipes import Config as Common
from sparring.schedules import geometric

__all__ = ["USES", "Config", "build", "open_data", "sampler"]

USES: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Config(Common):
    """Train a GAN of perceptrons on a ring of eight Gaussians."""

    rounds: int = 5000
    """Rounds to play."""
    threads: int = 1
    """CPU threads. More threads make such small networks slower."""
    batch: int = 256
    """Examples in a batch."""
    hold_out: int | None = 0
    """Number of points kept out of training. 0, because fresh points can be drawn at any time."""
    latent: int = 2
    """Size of the latent."""
    width: int = 128
    """Units of each of the three hidden layers."""
    rate: float = 1e-3
    """Learning rate of both players at the start."""
    gamma: float = 0.3
    """Weight of R1 and R2 at the start. Their factor is half of it."""


def open_data(config: Config) -> sp.Data:
    """The points, the same for every seed."""
    return sp.Data({"real": sp.data.toys.toy("ring")})


def game(config: Config) -> sp.GAN:
    """The game."""
    import torch

    half = geometric(config.gamma / 2, config.gamma / 150, 0.15, 0.75)
    width, bands = config.width, 32
    with sp.Key(config.seed, ("initial weights",)).seeded():
        generator = sp.MLP(config.latent, width, width, width, 2)
        perceptron = sp.MLP(
            2 + 2 * bands, width, width, width, 1, activation=lambda: torch.nn.LeakyReLU(0.2), logits=True
        )
    perceptron.layers[-2].bias.requires_grad_(False)  # a relativistic loss cancels it
    discriminator = torch.nn.Sequential(sp.networks.fourier.Fourier(2, bands), perceptron)
    return sp.GAN(
        generator,
        discriminator,
        sp.Normal(config.latent),
        sp.losses.Relativistic(),
        {sp.penalties.r1: half, sp.penalties.r2: half},
    ).to(devices.resolve(config.device))


def sampler(config: Config, spec: sp.Spec) -> sp.Sampler:
    """The untrained generator."""
    return game(config).sampler()


def build(config: Config, data: sp.Data) -> sp.Trainer:
    """The trainer."""
    import torch

    gan = game(config)
    ends = {"discriminator": 1 / 10, "generator": 1 / 50}
    optimizers = {
        player: torch.optim.Adam(gan.strategy(player).values(), config.rate, betas=(0.0, 0.99), fused=True)
        for player in ends
    }
    rates = {player: geometric(1.0, end, 0.45, 1.0) for player, end in ends.items()}
    schedule = sp.hooks.LearningRate(rates, config.rounds)
    streams = {"real": data.main.to(devices.resolve(config.device))}
    phase = sp.Phase(gan, optimizers, streams, config.rounds, sp.Alternating(fresh=False), batch=config.batch)
    return sp.Trainer(phase, hooks=[schedule], seed=config.seed)
