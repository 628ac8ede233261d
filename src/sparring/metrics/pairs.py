"""How alike two pictures are, pixel by pixel and window by window: PSNR and SSIM."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["psnr", "ssim"]

PART = 2**22
"""Numbers in the pictures that are compared at once."""


def psnr(x: Tensor, y: Tensor, range: float) -> Tensor:
    """The peak signal to noise ratio of each pair of pictures, 10 log10(range^2 / mean squared error), in dB, [n].

    Identical pictures have infinity, which is the limit: say how many there are before you average, or average the
    squared errors instead. One number a pair, because both averages are in use and differ.

    Args:
        x: Pictures [n, C, H, W].
        y: As many of the same size and range.
        range: The largest value a pixel can have less the smallest: 2 for [-1, 1], 255 for bytes.

    Raises:
        ValueError: Shapes differ, the range is wrong, or values are not finite.
    """
    x, y = _checked(x, y, range)
    return -10 * (x - y).square().flatten(1).mean(dim=1).log10()


def ssim(
    x: Tensor, y: Tensor, range: float, *, window: int = 11, sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03
) -> Tensor:
    """The structural similarity of each pair of pictures, in [-1, 1], 1 for identical ones only, [n].

    Wang et al. (2004, https://doi.org/10.1109/TIP.2003.819861, equation 13): averaged over all windows that lie inside
    the picture, and over channels. The authors halve large pictures first; we do not. scikit-image agrees, with
    `gaussian_weights=True, use_sample_covariance=False`; torchmetrics 1.9 also counts windows over the border.

    Args:
        x: Pictures [n, C, H, W].
        y: As many of the same size and range.
        range: The largest value a pixel can have less the smallest: 2 for [-1, 1], 255 for bytes.
        window: Side of the window, in pixels, odd.
        sigma: Standard deviation of its Gaussian weights, in pixels.
        k1: Keeps the quotient of means finite where it is dark.
        k2: Keeps the quotient of variances finite where it is flat.

    Raises:
        ValueError: Shapes differ, pictures are smaller than the window, the range or an option is wrong, or values are
            not finite.
    """
    x, y = _checked(x, y, range)
    if window < 1 or window % 2 == 0 or not 0 < sigma < math.inf or min(k1, k2) <= 0:
        raise ValueError(
            f"got window {window}, sigma {sigma}, k1 {k1}, k2 {k2}; expected an odd window, the others above 0"
        )
    if min(x.shape[2:]) < window:
        raise ValueError(
            f"pictures of {x.shape[2]} x {x.shape[3]} are smaller than the window of {window}; expected larger ones. "
            "Give a smaller odd window, and report it with the result"
        )
    weights = _gaussian(window, sigma).to(x.device)
    part = max(1, PART // x[0].numel())
    return torch.cat(
        [_ssim(a, b, weights, k1**2, k2**2) for a, b in zip(torch.split(x, part), torch.split(y, part), strict=True)]
    )


def _ssim(x: Tensor, y: Tensor, weights: Tensor, c1: float, c2: float) -> Tensor:
    mx, my = _blur(x, weights), _blur(y, weights)
    xx, yy, xy = (_blur(a * b, weights) - c for a, b, c in ((x, x, mx * mx), (y, y, my * my), (x, y, mx * my)))
    alike = (2 * mx * my + c1) * (2 * xy + c2) / ((mx * mx + my * my + c1) * (xx + yy + c2))
    return alike.flatten(1).mean(dim=1)


def _blur(x: Tensor, weights: Tensor) -> Tensor:
    """Weighted means over all windows inside: [n, C, H - w + 1, W - w + 1]."""
    rows = functional.conv2d(x.flatten(0, 1).unsqueeze(1), weights.reshape(1, 1, -1, 1))
    both = functional.conv2d(rows, weights.reshape(1, 1, 1, -1))
    return both.reshape(*x.shape[:2], *both.shape[2:])


def _gaussian(window: int, sigma: float) -> Tensor:
    away = torch.arange(window, dtype=torch.float64) - window // 2
    weights = (-0.5 * (away / sigma).square()).exp()
    return weights / weights.sum()


def _checked(x: Tensor, y: Tensor, range: float) -> tuple[Tensor, Tensor]:
    """Both in float64, in units of the range."""
    if x.ndim != 4 or x.shape != y.shape or not x.numel():
        raise ValueError(f"got pictures {list(x.shape)} and {list(y.shape)}; expected the same shape, [n, C, H, W]")
    if not 0 < range < math.inf:
        raise ValueError(f"the range is {range}; expected a positive number: 2 for [-1, 1], 255 for bytes")
    both = torch.stack([x.double(), y.double()]) / range
    if not torch.isfinite(both.square()).all():
        raise ValueError("the pictures hold NaN, infinity or values far outside the range; expected values in it")
    span = (both.max() - both.min()).item() * range
    if span > range * (1 + 1e-6):
        raise ValueError(
            f"the range is {range}, and values span {span:.6g}; expected a range of at least that. Give 2 for [-1, 1], "
            "255 for bytes, and clamp values outside"
        )
    return both[0], both[1]
