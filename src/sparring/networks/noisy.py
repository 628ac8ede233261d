"""Generators that are given noise anywhere, not at their first layer alone.

The tutorial (Goodfellow 2016), section 3.1: the latent z is cut into parts. The first one enters as usual, others are
added to, multiplied by or concatenated to hidden layers; one that is added to the output makes x given the others
Gaussian. Only if z is at least as large as x can samples fill the space of x.

Both generators say how large their z is: `GAN(generator, discriminator, Normal(generator.latent))`.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sparring.layers.noise import Added, Concatenated, Multiplied, Noise
from sparring.networks.mlp import MLP

__all__ = ["GaussianOutput", "Noisy", "tiny"]


class Noisy(nn.Module):
    """A generator with noise between its networks, from z [B, latent] to [B, ...].

    Args:
        first: From the first part of z, [B, size].
        size: Of that part.
        *stages: Each a noise and the network after it.

    Attributes:
        latent: The size of z, the noise of all stages included.

    Example:
        >>> from sparring.layers.noise import Added
        >>> generator = Noisy(nn.Linear(1, 3), 1, (Added(3), nn.Linear(3, 2)))
        >>> generator.latent
        4
    """

    def __init__(self, first: nn.Module, size: int, *stages: tuple[Noise, nn.Module]) -> None:
        super().__init__()
        self.first = first
        self.noises = nn.ModuleList(noise for noise, _ in stages)
        self.networks = nn.ModuleList(network for _, network in stages)
        self.sizes = [size, *(noise.size for noise, _ in stages)]
        self.latent = sum(self.sizes)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, ...]."""
        part, *parts = torch.split(z, self.sizes, 1)
        h: Tensor = self.first(part)
        for noise, network, part in zip(self.noises, self.networks, parts, strict=True):
            h = network(noise(h, part))
        return h


class GaussianOutput(nn.Module):
    """x = mean(z1) + deviation z2: given z1, x is Gaussian, and its density is known.

    Of x alone it is an integral over z1, which `metrics.ais.ais(generator.mean, x, latent=generator.size,
    variance=generator.variance)` estimates: the noise that Wu et al. (2017) add for it is here a part of the generator.

    Args:
        mean: From z1 [B, size] to means [B, *row].
        size: Of z1.
        row: The shape of a sample.
        deviation: Where the standard deviation begins, in x's units; it is learned, one for all of x.

    Attributes:
        latent: The size of z, z1 and z2: larger than x.

    Raises:
        ValueError: A size or the deviation is not positive.
    """

    def __init__(self, mean: nn.Module, size: int, row: tuple[int, ...], deviation: float = 0.1) -> None:
        super().__init__()
        if min(size, *row) < 1 or not 0 < deviation < math.inf:
            raise ValueError(f"size is {size}, row {row}, deviation {deviation}; expected positive numbers")
        self.mean, self.size, self.row = mean, size, row
        self.latent = size + math.prod(row)
        self.log_deviation = nn.Parameter(torch.tensor(math.log(deviation)))

    @property
    def variance(self) -> float:
        """Of the noise, in x's units squared."""
        return math.exp(2 * self.log_deviation.item())

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, *row]."""
        x: Tensor = self.mean(z[:, : self.size]) + self.log_deviation.exp() * z[:, self.size :].reshape(-1, *self.row)
        return x

    def log_density(self, x: Tensor, z1: Tensor) -> Tensor:
        """Log p(x | z1) in nats, [B], of samples [B, *row] given the first parts of their latents, [B, size]."""
        squares: Tensor = ((x - self.mean(z1)) / self.log_deviation.exp()).flatten(1).square().sum(1)
        constant = math.prod(self.row) * (self.log_deviation + math.log(2 * math.pi) / 2)
        return -squares / 2 - constant


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    added = Noisy(nn.Linear(2, 4), 2, (Added(4), nn.Sequential(nn.Tanh(), nn.Linear(4, 3))))
    three = Noisy(nn.Linear(1, 4), 1, (Multiplied(4), nn.Linear(4, 4)), (Concatenated(2), nn.Linear(6, 3)))
    picture = nn.Sequential(MLP(2, 8, 16), nn.Unflatten(1, (1, 4, 4)))
    drawn = Noisy(picture, 2, (Added(1, 4, 4), nn.Conv2d(1, 2, 3, padding=1)))
    gaussian = GaussianOutput(MLP(2, 8, 3), 2, (3,))
    return [
        (added, (added.latent,), (3,)),
        (three, (three.latent,), (3,)),
        (drawn, (drawn.latent,), (2, 4, 4)),
        (gaussian, (gaussian.latent,), (3,)),
    ]
