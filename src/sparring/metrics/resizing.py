"""Resizing of pictures for networks that take one size: it decides scores, so there is one way to do it.

The filter widens as pictures shrink (antialias), sides are filtered in floating point, and nothing is rounded to bytes:
libraries that leave out the first change scores by more than methods differ (Parmar et al. 2022, section 3,
https://arxiv.org/abs/2104.11222). It is what Pillow does in its mode F, followed by a clamp.
"""

from __future__ import annotations

from typing import Literal

from torch import Tensor
from torch.nn.functional import interpolate

__all__ = ["Filter", "described", "resized"]

Filter = Literal["bicubic", "bilinear"]


def resized(x: Tensor, size: int, filter: Filter = "bicubic") -> Tensor:
    """Pictures [n, C, H, W] in [-1, 1] as pictures [n, 3, size, size] in [-1, 1]; see `described`.

    Raises:
        ValueError: The pictures are neither grey nor colour.
    """
    if x.ndim != 4 or x.shape[1] not in (1, 3) or not x.numel():
        raise ValueError(
            f"got pictures of shape {list(x.shape)}; expected [n, 1, H, W] or [n, 3, H, W]: put pictures with alpha on "
            "a background first"
        )
    square = interpolate(x.float(), (size, size), mode=filter, antialias=True)
    return square.clamp(-1, 1).expand(-1, 3, -1, -1)  # bicubic overshoots at edges


def described(size: int, filter: Filter = "bicubic") -> str:
    """What `resized` does, for the identity of an extractor."""
    return f"{filter} with antialias to {size} x {size} from any shape, in float, clamped; grey as 3 equal channels"
