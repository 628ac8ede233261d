"""A network that is told a class or codes by more inputs: the class, one-hot, beside what it gets already.

Mirza and Osindero (2014), https://arxiv.org/abs/1411.1784, figure 1. There the first layers of input and class are
apart; here the class joins the input itself, so that any network will do. Beside a picture each class is a plane, of
ones or of zeros.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from sparring.networks.conditional_dcgan import Told
from sparring.networks.dcgan import Discriminator, Generator

__all__ = ["Beside", "Concatenated", "tiny"]


class Beside(nn.Module):
    """A network of inputs [B, C + D, ...], as one of inputs [B, C, ...] and numbers [B, D], planes beside a picture.

    Args:
        network: It.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """[B, C, ...] and [B, D] to what the network gives."""
        planes = y.reshape(*y.shape, *[1] * (x.ndim - 2)).expand(-1, -1, *x.shape[2:])
        output: Tensor = self.network(torch.cat([x, planes.to(x)], 1))
        return output


class Concatenated(Beside):
    """A network of inputs [B, C + K, ...], as one of inputs [B, C, ...] and classes [B].

    Args:
        network: It.
        classes: How many classes there are, K.
    """

    def __init__(self, network: nn.Module, classes: int) -> None:
        super().__init__(network)
        self.classes = classes

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """[B, C, ...] and [B] to what the network gives."""
        return super().forward(x, one_hot(y, self.classes))


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks of three classes with the shapes of one input and one output."""
    generator, discriminator = Generator((1, 7, 9), 5 + 3, 4), Discriminator((1 + 3, 7, 9), 4)
    return [
        (Told(Concatenated(generator, 3)), (5,), (1, 7, 9)),
        (Told(Concatenated(discriminator, 3)), (1, 7, 9), ()),
    ]
