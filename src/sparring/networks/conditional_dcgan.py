"""A small DCGAN that is told classes: conditional batch norm in the generator, projection in the discriminator.

Strided and transposed convolutions as in Radford et al. (2015), https://arxiv.org/abs/1511.06434, between the picture
and a linear layer, which is one halving nearer to the picture than there. The generator sees the class one-hot beside
the latent (Mirza and Osindero 2014, https://arxiv.org/abs/1411.1784) and in its norms; the discriminator adds the
projection of its features on a vector of the class (Miyato and Koyama 2018, https://arxiv.org/abs/1802.05637,
equation 3). Departures from the latter: no residual blocks, no spectral norm; features are not summed over places.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from sparring.layers.batch_norm import BatchNorm2d
from sparring.layers.conditional_norm import ConditionalBatchNorm2d
from sparring.networks.dcgan import Shape, initialise, kernel, sizes

__all__ = ["Discriminator", "Generator", "Told", "tiny"]


def _plan(shape: Shape, width: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Sizes from the picture down to the linear layer, 28, 14, 7 or 8, 4, and channels at each."""
    chain = sizes(shape)
    chain = chain[: max(2, len(chain) - 1)]
    return chain, [shape[0], *(width * min(2**level, 8) for level in range(len(chain) - 1))]


class Generator(nn.Module):
    """From latents [B, latent] and classes [B] to pictures [B, C, H, W] in (-1, 1).

    Args:
        shape: Channels, height and width of a picture.
        classes: How many classes there are.
        latent: The size of the latent.
        width: Channels of the layer next to the picture; they double with each halving, up to 8 times as many.
    """

    def __init__(self, shape: Shape, classes: int, latent: int = 100, width: int = 32) -> None:
        super().__init__()
        chain, channels = _plan(shape, width)
        self.classes, self.start = classes, (channels[-1], *chain[-1])
        self.first = nn.Linear(latent + classes, channels[-1] * chain[-1][0] * chain[-1][1], bias=False)
        levels = list(reversed(range(len(chain) - 1)))
        self.norms = nn.ModuleList(ConditionalBatchNorm2d(channels[level + 1], classes) for level in levels)
        self.layers = nn.ModuleList(
            nn.ConvTranspose2d(channels[level + 1], channels[level], kernel(chain[level]), 2, 1, bias=level == 0)
            for level in levels
        )
        self.apply(initialise)

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        """[B, latent] and [B] to [B, C, H, W]."""
        x: Tensor = self.first(torch.cat([z, one_hot(y, self.classes).to(z)], 1)).unflatten(1, self.start)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            x = layer(norm(x, y).relu())
        return x.tanh()


class Discriminator(nn.Module):
    """From pictures [B, C, H, W] and classes [B] to logits [B].

    Args:
        shape: Channels, height and width of a picture.
        classes: How many classes there are.
        width: Channels after the first layer; they double with each halving, up to 8 times as many.

    Attributes:
        phi: From pictures to features [B, F].
        psi: From features to [B, 1], whatever the class.
        v: A vector [F] for each class.
    """

    def __init__(self, shape: Shape, classes: int, width: int = 32) -> None:
        super().__init__()
        chain, channels = _plan(shape, width)
        layers: list[nn.Module] = []
        for level in range(len(chain) - 1):
            layers += [nn.Conv2d(channels[level], channels[level + 1], kernel(chain[level]), 2, 1, bias=level == 0)]
            layers += [BatchNorm2d(channels[level + 1])] if level else []
            layers += [nn.LeakyReLU(0.2, inplace=True)]
        self.phi = nn.Sequential(*layers, nn.Flatten())
        features = channels[-1] * chain[-1][0] * chain[-1][1]
        self.psi, self.v = nn.Linear(features, 1), nn.Embedding(classes, features)
        self.apply(initialise)
        nn.init.normal_(self.v.weight, 0.0, 0.02)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """psi(phi(x)) + v_y . phi(x): [B, C, H, W] and [B] to [B]."""
        features: Tensor = self.phi(x)
        logits: Tensor = self.psi(features)[:, 0] + (features * self.v(y)).sum(1)
        return logits


class Told(nn.Module):
    """A network of samples and classes that is told three classes one after the other, for tests."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """What the network gives."""
        output: Tensor = self.network(x, torch.arange(len(x)) % 3)
        return output


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks of three classes with the shapes of one input and one output."""
    shapes: list[Shape] = [(1, 28, 28), (3, 32, 32), (2, 45, 33), (1, 7, 9)]
    generators = [(Told(Generator(shape, 3, 5, 4)), (5,), shape) for shape in shapes]
    return [*generators, *((Told(Discriminator(shape, 3, 4)), shape, ()) for shape in shapes)]
