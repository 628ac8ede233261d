"""Batch norm with a gain and a bias for each class.

Dumoulin et al. (2017), https://arxiv.org/abs/1610.07629, equation 5, there after an instance norm; after batch norm it
is in the generator of Miyato and Koyama (2018), https://arxiv.org/abs/1802.05637.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm2d

__all__ = ["ConditionalBatchNorm2d", "tiny"]


class ConditionalBatchNorm2d(nn.Module):
    """Batch norm over the whole batch, then the gain and the bias of each picture's class; they begin at 1 and 0.

    Args:
        channels: Channels C.
        classes: How many classes there are.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.norm = BatchNorm2d(channels, affine=False)
        self.gain, self.bias = nn.Embedding(classes, channels), nn.Embedding(classes, channels)
        nn.init.ones_(self.gain.weight)
        nn.init.zeros_(self.bias.weight)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """[B, C, H, W] and classes [B] to [B, C, H, W]."""
        return torch.addcmul(self.bias(y)[:, :, None, None], self.norm(x), self.gain(y)[:, :, None, None])


class _Pictures(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.last = ConditionalBatchNorm2d(2, 3), nn.Linear(18, 3)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(self.norm(x, torch.arange(len(x)) % 3).flatten(1))
        return y


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network, which counts the classes off, with the shapes of one input and one output."""
    return [(_Pictures(), (2, 3, 3), (3,))]
