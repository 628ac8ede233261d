"""Residual networks for pictures, without tricks: those of SNGAN, with and without norms.

Miyato et al. (2018), https://arxiv.org/abs/1802.05957, appendix B. Layers, sums over places and first weights follow
the authors' code (gen_models, dis_models at https://github.com/pfnet-research/sngan_projection); the paper's own tables
are unchecked. The defaults are theirs for CIFAR-10. Theirs for 64 pixels double the channels at each halving:
`Generator(shape, width=64, growth=2)`, `Discriminator(shape, 64, growth=2, halvings=5, further=0)`.

A spectral norm is put on the finished network: `layers.spectral.spectral(Discriminator(...))`. A convolution and a
resampling beside it are one layer here, and 1 x 1 convolutions meet the smaller picture: the results are the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm2d
from sparring.layers.downsampling import PooledConv2d
from sparring.layers.upsampling import UpsampledConv2d

__all__ = ["Discriminator", "Generator", "Norm", "Residual", "tiny"]

Shape = tuple[int, int, int]
Norm = Callable[[int], nn.Module]
"""Makes a norm of that many channels; `nn.Identity` makes none."""


class Residual(nn.Module):
    """What a way around and a way through add up to: [B, C, H, W] to [B, C', H', W'].

    Args:
        around: One layer or none.
        *through: The layers of the other way.
    """

    def __init__(self, around: nn.Module, *through: nn.Module) -> None:
        super().__init__()
        self.around, self.through = around, nn.Sequential(*through)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C', H', W']."""
        y: Tensor = self.around(x) + self.through(x)
        return y


class Generator(nn.Module):
    """From latents [B, latent] to pictures [B, C, H, W] in (-1, 1).

    Args:
        shape: Channels, height and width of a picture.
        latent: The size of the latent.
        width: Channels at the picture's size.
        growth: How many times as many there are at each halving.
        norm: Of each block, and before the last layer.

    Raises:
        ValueError: A side cannot be halved evenly once, to 4 or more.
    """

    def __init__(
        self, shape: Shape, latent: int = 128, width: int = 256, *, growth: int = 1, norm: Norm = BatchNorm2d
    ) -> None:
        super().__init__()
        halvings = _halvings(shape)
        sides = [side >> halvings for side in shape[1:]]
        widths = [width * growth**level for level in range(halvings, -1, -1)]
        self.layers = nn.Sequential(
            nn.Linear(latent, widths[0] * math.prod(sides)),
            nn.Unflatten(1, (widths[0], *sides)),
            *(_up(before, after, norm) for before, after in pairwise(widths)),
            norm(widths[-1]),
            nn.ReLU(),
            nn.Conv2d(widths[-1], shape[0], 3, padding=1),
            nn.Tanh(),
        )
        _initialise(self)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.layers(z)
        return x


class Discriminator(nn.Module):
    """From pictures [B, C, H, W] to logits [B], by the sum of the features over all places.

    Args:
        shape: Channels, height and width of a picture.
        width: Channels after the first block.
        growth: How many times as many there are after each of the others that halve.
        halvings: Blocks that halve.
        further: Blocks after them that do not.

    Raises:
        ValueError: The picture is too small for so many halvings.
    """

    def __init__(self, shape: Shape, width: int = 128, *, growth: int = 1, halvings: int = 2, further: int = 2) -> None:
        super().__init__()
        if halvings < 1 or min(shape[1:]) >> halvings < 1:
            raise ValueError(
                f"got pictures of {shape[1]} x {shape[2]} and {halvings} halvings; expected 1 halving or more, and "
                "larger pictures than 2^halvings: choose fewer halvings"
            )
        widths = [width * growth**level for level in range(halvings)]
        self.layers = nn.Sequential(
            _first(shape[0], width),
            *(_down(before, after) for before, after in pairwise(widths)),
            *(_level(widths[-1]) for _ in range(further)),
            nn.ReLU(),
        )
        self.last = nn.Linear(widths[-1], 1, bias=False)
        _initialise(self)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B]."""
        logits: Tensor = self.last(self.layers(x).sum((2, 3)))[:, 0]
        return logits


def _halvings(shape: Shape) -> int:
    """How often the sides can be halved evenly while both stay 4 or more."""
    count = 0
    while all(side % 2 ** (count + 1) == 0 and side >> (count + 1) >= 4 for side in shape[1:]):
        count += 1
    if count == 0 or shape[0] < 1:
        raise ValueError(
            f"got pictures of {shape[0]} x {shape[1]} x {shape[2]} (channels, height, width); expected even sides of 8 "
            "or more: resize or pad the pictures"
        )
    return count


def _up(before: int, after: int, norm: Norm) -> Residual:
    """Twice the sides."""
    around = nn.Sequential(nn.Conv2d(before, after, 1), nn.Upsample(scale_factor=2))
    first, second = UpsampledConv2d(before, after), nn.Conv2d(after, after, 3, padding=1)
    return Residual(around, norm(before), nn.ReLU(), first, norm(after), nn.ReLU(), second)


def _first(before: int, after: int) -> Residual:
    """Half the sides, of a picture: no ReLU comes before it."""
    around = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1))
    return Residual(around, nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), PooledConv2d(after, after))


def _down(before: int, after: int) -> Residual:
    """Half the sides."""
    around = nn.Sequential(nn.AvgPool2d(2), nn.Conv2d(before, after, 1))
    first, second = nn.Conv2d(before, before, 3, padding=1), PooledConv2d(before, after)
    return Residual(around, nn.ReLU(), first, nn.ReLU(), second)


def _level(width: int) -> Residual:
    """The same size."""
    first, second = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
    return Residual(nn.Identity(), nn.ReLU(), first, nn.ReLU(), second)


def _initialise(network: nn.Module) -> None:
    """Glorot's uniform weights, in the 3 x 3 convolutions of blocks sqrt 2 times as large; biases of 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    for block in (module for module in network.modules() if isinstance(module, Residual)):
        for layer in (layer for layer in block.through if isinstance(layer, nn.Conv2d)):
            nn.init.xavier_uniform_(layer.weight, math.sqrt(2))


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    shapes: list[Shape] = [(1, 28, 28), (3, 32, 32), (2, 8, 12)]
    small: Shape = (1, 16, 16)
    return [
        *((Generator(shape, 5, 4), (5,), shape) for shape in shapes),
        (Generator((3, 64, 64), 5, 4, growth=2, norm=nn.Identity), (5,), (3, 64, 64)),
        *((Discriminator(shape, 4), shape, ()) for shape in shapes),
        (Discriminator(small, 8, growth=2, halvings=4, further=0), small, ()),
    ]
