"""Doubling and halving a picture by bilinear interpolation.

The taps are [1, 3, 3, 1] / 8 along each side, which is [1, 2, 1] and the pair [1, 1] of the resampling one after the
other, as R3GAN's code has it (Huang et al. 2024, https://arxiv.org/abs/2501.05441, section 3). Beyond the border there
are zeros.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d

__all__ = ["Doubled", "Halved", "tiny"]

_TAPS = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8


class Doubled(nn.Module):
    """From [B, C, H, W] to [B, C, 2 H, 2 W]: a new pixel is 9, 3, 3 and 1 sixteenths of the four nearest ones."""

    kernel: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kernel", 4 * torch.outer(_TAPS, _TAPS), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C, 2 H, 2 W]."""
        kernel = self.kernel.expand(x.shape[1], 1, 4, 4)
        return conv_transpose2d(x, kernel, stride=2, padding=1, groups=x.shape[1])


class Halved(nn.Module):
    """From [B, C, H, W] to [B, C, H // 2, W // 2]: the transpose of doubling, over 4."""

    kernel: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("kernel", torch.outer(_TAPS, _TAPS), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C, H // 2, W // 2]."""
        return conv2d(x, self.kernel.expand(x.shape[1], 1, 4, 4), stride=2, padding=1, groups=x.shape[1])


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small layers with the shapes of one input and one output."""
    doubled, halved = (nn.Sequential(nn.Conv2d(2, 2, 1), layer) for layer in (Doubled(), Halved()))
    return [(doubled, (2, 3, 5), (2, 6, 10)), (halved, (2, 6, 4), (2, 3, 2))]
