"""A DCGAN whose generator upsamples and convolves 3 x 3, as in PyTorch-GAN.

The architecture of dcgan.py in https://github.com/eriklindernoren/PyTorch-GAN, after Radford et al. (2015),
https://arxiv.org/abs/1511.06434. Departures: batch norm has its usual epsilon, 1e-5 (there .8 is passed in its place,
by an oversight); the discriminator gives logits and takes sides that are not multiples of 16; upsampling and the
convolution after it are one layer. `networks.dcgan` is the paper's own, with transposed convolutions.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm2d
from sparring.layers.dropout import Dropout
from sparring.layers.upsampling import UpsampledConv2d

__all__ = ["Discriminator", "Generator", "Upsampling", "tiny"]

Shape = tuple[int, int, int]
Upsampling = Callable[[int, int], nn.Module]
"""Makes a layer from [B, channels, H, W] to [B, other channels, 2 H, 2 W]."""


class Generator(nn.Module):
    """From latents [B, latent] to pictures [B, C, H, W] in (-1, 1).

    Args:
        shape: Channels, height and width of a picture; both sides multiples of 4.
        latent: The size of the latent.
        width: Channels after the second upsampling; twice as many before it.
        upsampling: Makes each of the two layers that double the sides.

    Raises:
        ValueError: A side is not a multiple of 4.
    """

    def __init__(
        self, shape: Shape, latent: int = 100, width: int = 64, *, upsampling: Upsampling = UpsampledConv2d
    ) -> None:
        super().__init__()
        channels, height, breadth = shape
        if height % 4 or breadth % 4 or min(shape) < 1:
            raise ValueError(
                f"this generator got pictures of {channels} x {height} x {breadth} (channels, height, width). Expected "
                "sides that are multiples of 4: resize or pad the pictures, or use networks.dcgan"
            )
        start = (2 * width, height // 4, breadth // 4)
        self.layers = nn.Sequential(
            nn.Linear(latent, start[0] * start[1] * start[2]),
            nn.Unflatten(1, start),
            BatchNorm2d(2 * width),
            *_doubled(2 * width, 2 * width, upsampling),
            *_doubled(2 * width, width, upsampling),
            nn.Conv2d(width, channels, 3, padding=1),
            nn.Tanh(),
        )
        self.apply(_initialise)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.layers(z)
        return x


class Discriminator(nn.Module):
    """From pictures [B, C, H, W] to logits [B]. Whole channels are dropped while training.

    Args:
        shape: Channels, height and width of a picture.
        width: Channels after the first of four convolutions; each doubles them.
        dropout: The probability that a channel is dropped.
    """

    def __init__(self, shape: Shape, width: int = 16, dropout: float = 0.25) -> None:
        super().__init__()
        channels = [shape[0], *(width * 2**level for level in range(4))]
        layers: list[nn.Module] = []
        for level in range(4):
            layers += [nn.Conv2d(channels[level], channels[level + 1], 3, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
            layers += [Dropout(dropout, spatial=True), *([BatchNorm2d(channels[level + 1])] if level else [])]
        height, breadth = (-(-side // 16) for side in shape[1:])
        last = nn.Linear(channels[-1] * height * breadth, 1)
        self.layers = nn.Sequential(*layers, nn.Flatten(), last, nn.Flatten(0))
        self.apply(_initialise)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B]."""
        logits: Tensor = self.layers(x)
        return logits


def _doubled(before: int, after: int, upsampling: Upsampling) -> list[nn.Module]:
    return [upsampling(before, after), BatchNorm2d(after), nn.LeakyReLU(0.2, inplace=True)]


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    shapes: list[Shape] = [(1, 28, 28), (3, 32, 32), (2, 8, 20)]
    generators = [(Generator(shape, 5, 2), (5,), shape) for shape in shapes]
    return [*generators, *((Discriminator(shape, 4), shape, ()) for shape in shapes)]
