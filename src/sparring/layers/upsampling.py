"""Nearest upsampling by 2 and a 3 x 3 convolution, computed at once."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d

__all__ = ["UpsampledConv2d", "tiny"]

# Where each of three weights of one dimension lands among the four of the transposed convolution.
_SPREAD = torch.tensor([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 1.0, 0.0], [1.0, 1.0, 0.0, 0.0]])


class UpsampledConv2d(nn.Conv2d):
    """`nn.Upsample(scale_factor=2)`, then `nn.Conv2d(..., 3, padding=1)`, as one transposed convolution.

    From [B, in_channels, H, W] to [B, out_channels, 2 H, 2 W]. Upsampled pixels are equal in pairs, so that weights can
    be summed before they meet them: in one dimension the transposed kernel of 4, stride 2 and padding 1, is
    [w2, w1 + w2, w0 + w1, w0]. The result is the same, at borders too, from 4/9 of the multiplications.

    The parameters are the convolution's, weight [out_channels, in_channels, 3, 3] and bias [out_channels]: they come
    from and go to an `nn.Conv2d`, and spectral norm and initialisation see what they would see there.

    In channels last it is the faster one too, so that it does not look at the layout. For one picture at a time the
    sums can cost more than they save (`benchmarks/speed/upsampling.py`).

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
        """[B, in_channels, H, W] to [B, out_channels, 2 H, 2 W]."""
        return conv_transpose2d(x, self.kernel(), self.bias, stride=2, padding=1)

    def kernel(self) -> Tensor:
        """The transposed convolution's weight, [in_channels, out_channels, 4, 4]."""
        kernel = self.weight.flatten(2) @ self.spread
        return kernel.reshape(self.out_channels, self.in_channels, 4, 4).transpose(0, 1)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small layers with the shapes of one input and one output."""
    return [
        (UpsampledConv2d(2, 3), (2, 5, 3), (3, 10, 6)),
        (UpsampledConv2d(1, 2, bias=False), (1, 1, 4), (2, 2, 8)),
    ]
