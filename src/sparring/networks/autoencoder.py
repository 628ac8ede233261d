"""Autoencoders as critics: the energy of a sample is the error of its reconstruction.

The discriminators of EBGAN (Zhao et al. 2016, https://arxiv.org/abs/1609.03126) and BEGAN (Berthelot et al. 2017,
https://arxiv.org/abs/1703.10717), here small, and without a norm, so that the energy of a sample is its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from torch import Tensor, nn

from sparring.networks.dcgan import Shape, kernel, sizes
from sparring.networks.mlp import MLP

__all__ = ["Autoencoder", "Error", "absolute", "convolutional", "perceptron", "squares", "tiny"]

Error = Callable[[Tensor, Tensor], Tensor]
"""From a reconstruction and a sample, both [B, ...], to one number a sample, [B]."""


def squares(made: Tensor, x: Tensor) -> Tensor:
    """The mean square over the numbers of a sample, [B]."""
    return (made - x).square().flatten(1).mean(1)


def absolute(made: Tensor, x: Tensor) -> Tensor:
    """The mean absolute value, [B], as in BEGAN."""
    return (made - x).abs().flatten(1).mean(1)


class Autoencoder(nn.Module):
    """From samples [B, ...] to energies [B], at least 0.

    Args:
        encoder: From samples [B, ...] to codes.
        decoder: From codes to samples [B, ...].
        error: Compares them, `squares` or `absolute`.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module, error: Error = squares) -> None:
        super().__init__()
        self.encoder, self.decoder, self.error = encoder, decoder, error

    def forward(self, x: Tensor) -> Tensor:
        """[B, ...] to [B]."""
        return self.error(self.decoder(self.encoder(x)), x)


def perceptron(shape: Sequence[int], hidden: int = 64, code: int = 2, error: Error = squares) -> Autoencoder:
    """An autoencoder of two perceptrons with one hidden layer each.

    Args:
        shape: Of a sample.
        hidden: Units of the hidden layers.
        code: Numbers of a code.
        error: Compares a reconstruction with its sample.
    """
    size = math.prod(shape)
    decoder = nn.Sequential(MLP(code, hidden, size), nn.Unflatten(1, tuple(shape)))
    return Autoencoder(MLP(size, hidden, code), decoder, error)


def convolutional(shape: Shape, width: int = 16, code: int = 32, error: Error = squares) -> Autoencoder:
    """An autoencoder of strided convolutions and their mirror images.

    Args:
        shape: Channels, height and width of a picture.
        width: Channels after the first layer; they double with each halving, up to 8 times as many.
        code: Numbers of a code.
        error: Compares a reconstruction with its picture.

    Raises:
        ValueError: The picture cannot be halved once.
    """
    chain = sizes(shape)
    channels = [shape[0], *(width * min(2**level, 8) for level in range(len(chain) - 1))]
    down: list[nn.Module] = []
    up: list[nn.Module] = []
    for level in range(len(chain) - 1):
        small, large = channels[level + 1], channels[level]
        down += [nn.Conv2d(large, small, kernel(chain[level]), 2, 1), nn.LeakyReLU(0.2)]
        up = [nn.LeakyReLU(0.2), nn.ConvTranspose2d(small, large, kernel(chain[level]), 2, 1), *up]
    encoder = nn.Sequential(*down, nn.Conv2d(channels[-1], code, chain[-1]), nn.Flatten())
    decoder = nn.Sequential(nn.Unflatten(1, (code, 1, 1)), nn.ConvTranspose2d(code, channels[-1], chain[-1]), *up)
    return Autoencoder(encoder, decoder, error)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    pictures: list[Shape] = [(1, 28, 28), (2, 9, 15)]
    return [
        (perceptron((3,), 8), (3,), ()),
        (perceptron((1, 2, 2), 8, 3, absolute), (1, 2, 2), ()),
        *((convolutional(shape, 4, 6), shape, ()) for shape in pictures),
    ]
