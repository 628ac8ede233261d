"""DCGAN for pictures of any number of channels, height and width.

Radford et al. (2015), https://arxiv.org/abs/1511.06434, after the guidelines in section 3.3 of the tutorial (Goodfellow
2016) and in Gavranović (2017): strided and transposed convolutions instead of pooling; batch norm everywhere but in the
generator's last and the discriminator's first layer; no hidden fully connected layers; ReLU and a final tanh in the
generator, leaky ReLU of slope .2 in the discriminator; weights from N(0, .02^2).

A layer doubles or halves. Where the larger side is odd, the kernel is 3 instead of 4 along it, so that every size is
met exactly: 45 -> 23 -> 12 -> 6 and back.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.layers import norms

__all__ = ["Discriminator", "Generator", "Shape", "initialise", "kernel", "sizes", "tiny"]

Shape = tuple[int, int, int]
_SMALLEST = 4


def sizes(shape: Shape) -> list[tuple[int, int]]:
    """Heights and widths from the picture down: halved, rounding up, while both sides stay at least 4.

    Raises:
        ValueError: The picture cannot be halved once.
    """
    channels, height, width = shape
    if channels < 1 or min(height, width) < 2 * _SMALLEST - 1:
        raise ValueError(
            f"DCGAN got pictures of {channels} x {height} x {width} (channels, height, width). Expected at least one "
            f"channel and sides of {2 * _SMALLEST - 1} or more: enlarge or pad the pictures, or use an MLP"
        )
    chain = [(height, width)]
    while min(_half(*chain[-1])) >= _SMALLEST:
        chain.append(_half(*chain[-1]))
    return chain


def _half(height: int, width: int) -> tuple[int, int]:
    return (height + 1) // 2, (width + 1) // 2


def kernel(larger: tuple[int, int]) -> tuple[int, int]:
    """The kernel of a layer between a picture of this height and width and its half."""
    return 3 + (larger[0] % 2 == 0), 3 + (larger[1] % 2 == 0)


class Generator(nn.Module):
    """From latents [B, latent] to pictures [B, C, H, W] in (-1, 1).

    Args:
        shape: Channels, height and width of a picture.
        latent: The size of the latent.
        width: Channels of the layer next to the picture; they double with each halving, up to 8 times as many.
        norm: What normalises each layer but the last: a name in `layers.norms`, or what makes the norm of a number of
            channels. Without a norm of channels layers have biases.
    """

    def __init__(self, shape: Shape, latent: int = 100, width: int = 64, *, norm: norms.Choice = "batch") -> None:
        super().__init__()
        chain, chosen = sizes(shape), norms.norm(norm)
        channels = [shape[0], *(width * min(2**level, 8) for level in range(len(chain) - 1))]
        layers: list[nn.Module] = [
            nn.Unflatten(1, (latent, 1, 1)),
            nn.ConvTranspose2d(latent, channels[-1], chain[-1], bias=chosen.layer is None),
        ]
        for level in reversed(range(len(chain) - 1)):
            bias = level == 0 or chosen.layer is None
            layers += [*chosen.after(channels[level + 1]), nn.ReLU(inplace=True)]
            layers += [nn.ConvTranspose2d(channels[level + 1], channels[level], kernel(chain[level]), 2, 1, bias=bias)]
        self.layers = nn.Sequential(*layers, nn.Tanh())
        self.apply(initialise)
        chosen.whole(self)

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.layers(z)
        return x


class Discriminator(nn.Module):
    """From pictures [B, C, H, W] to logits [B], or to features [B, outputs].

    Args:
        shape: Channels, height and width of a picture.
        width: Channels after the first layer; they double with each halving, up to 8 times as many.
        norm: The same for each convolution but the first; gradient penalties want "none", "layer" or others that do
            not look across examples. Spectral and weight norm are of all layers.
        outputs: How many features it gives; with 1 they are logits.
    """

    def __init__(
        self,
        shape: Shape,
        width: int = 64,
        *,
        norm: norms.Choice = "batch",
        outputs: int = 1,
    ) -> None:
        super().__init__()
        chain, chosen = sizes(shape), norms.norm(norm)
        channels = [shape[0], *(width * min(2**level, 8) for level in range(len(chain) - 1))]
        layers: list[nn.Module] = []
        for level in range(len(chain) - 1):
            bias = level == 0 or chosen.layer is None
            layers += [nn.Conv2d(channels[level], channels[level + 1], kernel(chain[level]), 2, 1, bias=bias)]
            layers += chosen.after(channels[level + 1]) if level else []
            layers += [nn.LeakyReLU(0.2, inplace=True)]
        last = nn.Conv2d(channels[-1], outputs, chain[-1])
        self.layers = nn.Sequential(*layers, last, nn.Flatten(0 if outputs == 1 else 1))
        self.apply(initialise)
        chosen.whole(self)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B] or [B, outputs]."""
        logits: Tensor = self.layers(x)
        return logits


def initialise(module: nn.Module) -> None:
    """Draws the weights of a convolution or of a norm's gains; other modules stay as they are."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.BatchNorm2d) and module.affine:
        nn.init.normal_(module.weight, 1.0, 0.02)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    shapes: list[Shape] = [(1, 28, 28), (3, 30, 30), (3, 32, 32), (2, 45, 33), (1, 7, 9)]
    generators = [(Generator(shape, 5, 4), (5,), shape) for shape in shapes]
    bare = (Discriminator((1, 9, 9), 4, norm=None, outputs=3), (1, 9, 9), (3,))
    generator = torch.Generator().manual_seed(0)
    z, x = torch.randn(6, 5, generator=generator), torch.randn(6, 2, 14, 15, generator=generator)
    normed = [
        case
        for name, norm in norms.NORMS.items()
        for case in (
            (norm.begun(Generator((2, 14, 15), 5, 4, norm=name), z), (5,), (2, 14, 15)),
            (norm.begun(Discriminator((2, 14, 15), 4, norm=name), x), (2, 14, 15), ()),
        )
    ]
    return [*generators, *((Discriminator(shape, 4), shape, ()) for shape in shapes), bare, *normed]
