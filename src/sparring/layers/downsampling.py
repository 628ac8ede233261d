"""A 3 x 3 convolution and the mean of 2 x 2 places, computed at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

__all__ = ["PooledConv2d", "tiny"]

# Where each of three weights of one dimension lands among the four of the strided convolution.
_SPREAD = torch.tensor([[0.5, 0.5, 0.0, 0.0], [0.0, 0.5, 0.5, 0.0], [0.0, 0.0, 0.5, 0.5]])


class PooledConv2d(nn.Conv2d):
    """`nn.Conv2d(..., 3, padding=1)`, then `nn.AvgPool2d(2)`, as one convolution of stride 2.

    From [B, in_channels, H, W] to [B, out_channels, H // 2, W // 2]. In one dimension the kernel of 4 is
    [w0, w0 + w1, w1 + w2, w2] / 2: the mean of two neighbours. The result is the same from 4/9 of the multiplications.

    The parameters are the convolution's, weight [out_channels, in_channels, 3, 3] and bias [out_channels], as in
    `layers.upsampling`.

    Args:
        in_channels: Channels before.
        out_channels: Channels after.
        bias: Whether to add one.
    """

    spread: Tensor

    def __init__(self, in_channels: int, out_channels: int, *, bias: bool = True) -> None:
        super().__init__(in_channels, out_channels, 3, padding=1, bias=bias)
        both = torch.einsum("ia,jb->ijab", _SPREAD, _SPREAD).reshape(9, 16)
        self.register_buffer("spread", both.to(self.weight), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, in_channels, H, W] to [B, out_channels, H // 2, W // 2]."""
        kernel = (self.weight.flatten(2) @ self.spread).reshape(*self.weight.shape[:2], 4, 4)
        return conv2d(x, kernel, self.bias, stride=2, padding=1)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small layers with the shapes of one input and one output."""
    return [
        (PooledConv2d(2, 3), (2, 5, 6), (3, 2, 3)),
        (PooledConv2d(1, 2, bias=False), (1, 2, 4), (2, 1, 2)),
    ]
