"""The networks of InfoGAN for small pictures (Chen et al. 2016, https://arxiv.org/abs/1606.03657, table 1).

Two convolutions of stride 2 and a fully connected layer are the trunk that the discriminator shares with Q, which has a
layer of its own behind it. The generator is their mirror image. Departures from the table: pictures in (-1, 1) of any
size, so a tanh behind the generator; the number of channels and of units is given.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm1d, BatchNorm2d
from sparring.networks.dcgan import Shape, initialise, kernel, sizes

__all__ = ["Discriminator", "Generator", "tiny"]


class Generator(nn.Module):
    """From latents with their codes [B, latent] to pictures [B, C, H, W] in (-1, 1).

    Args:
        shape: Channels, height and width of a picture.
        latent: The size of the latent, with the codes.
        width: Channels of the layer next to the picture, half of those of the layer before it.
        units: Of the first layer.
    """

    def __init__(self, shape: Shape, latent: int = 74, width: int = 64, units: int = 1024) -> None:
        super().__init__()
        full, half, quarter = _chain(shape)
        size = 2 * width * quarter[0] * quarter[1]
        self.layers = nn.Sequential(
            nn.Linear(latent, units, bias=False), BatchNorm1d(units), nn.ReLU(inplace=True),
            nn.Linear(units, size, bias=False), BatchNorm1d(size), nn.ReLU(inplace=True),
            nn.Unflatten(1, (2 * width, *quarter)),
            nn.ConvTranspose2d(2 * width, width, kernel(half), 2, 1, bias=False), BatchNorm2d(width),
            nn.ReLU(inplace=True),
            nn.ConvTranspose2d(width, shape[0], kernel(full), 2, 1), nn.Tanh(),
        )  # fmt: skip
        self.apply(initialise)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.layers(z)
        return x


class Discriminator(nn.Module):
    """From pictures [B, C, H, W] to [B, 1 + codes]: a logit of "real", then what Q says.

    Args:
        shape: Channels, height and width of a picture.
        codes: Outputs of Q.
        width: Channels of the layer next to the picture, half of those of the one behind it.
        units: Of the last layer of the trunk.
        hidden: Units of the layer that Q has for itself.
    """

    def __init__(self, shape: Shape, codes: int, width: int = 64, units: int = 1024, hidden: int = 128) -> None:
        super().__init__()
        full, half, quarter = _chain(shape)
        size = 2 * width * quarter[0] * quarter[1]
        self.trunk = nn.Sequential(
            nn.Conv2d(shape[0], width, kernel(full), 2, 1), nn.LeakyReLU(0.1, inplace=True),
            nn.Conv2d(width, 2 * width, kernel(half), 2, 1, bias=False), BatchNorm2d(2 * width),
            nn.LeakyReLU(0.1, inplace=True), nn.Flatten(),
            nn.Linear(size, units, bias=False), BatchNorm1d(units), nn.LeakyReLU(0.1),
        )  # fmt: skip
        self.logit = nn.Linear(units, 1)
        self.q = nn.Sequential(
            nn.Linear(units, hidden, bias=False), BatchNorm1d(hidden), nn.LeakyReLU(0.1), nn.Linear(hidden, codes)
        )
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, 1 + codes]."""
        features = self.trunk(x)
        return torch.cat([self.logit(features), self.q(features)], 1)


def _chain(shape: Shape) -> list[tuple[int, int]]:
    """Height and width of the picture, its half and its quarter.

    Raises:
        ValueError: There is no quarter.
    """
    chain = sizes(shape)[:3]
    if len(chain) < 3:
        raise ValueError(f"InfoGAN got pictures of {shape[1]} x {shape[2]}; expected 13 x 13 or more: enlarge them")
    return chain


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    shapes: list[Shape] = [(1, 28, 28), (3, 15, 18)]
    generators = [(Generator(shape, 5, 4, 8), (5,), shape) for shape in shapes]
    return [*generators, *((Discriminator(shape, 3, 4, 8, 6), shape, (4,)) for shape in shapes)]
