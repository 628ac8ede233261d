"""A 1 x 1 convolution as a product of matrices: the second derivatives that penalties need are faster so on a CPU."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.functional import linear

__all__ = ["Pointwise", "tiny"]


class Pointwise(nn.Conv2d):
    """`nn.Conv2d(in_channels, out_channels, 1)`, from [B, in_channels, H, W] to [B, out_channels, H, W].

    The parameters are the convolution's, weight [out_channels, in_channels, 1, 1] and bias [out_channels]. What comes
    out is in channels last. `benchmarks/speed/penalised_convolutions.py` compares.

    Args:
        in_channels: Channels before.
        out_channels: Channels after.
        bias: Whether to add one.
    """

    def __init__(self, in_channels: int, out_channels: int, *, bias: bool = True) -> None:
        super().__init__(in_channels, out_channels, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """[B, in_channels, H, W] to [B, out_channels, H, W]."""
        return linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias).permute(0, 3, 1, 2)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small layers with the shapes of one input and one output."""
    return [(Pointwise(2, 3), (2, 4, 5), (3, 4, 5)), (Pointwise(3, 1, bias=False), (3, 2, 1), (1, 2, 1))]
