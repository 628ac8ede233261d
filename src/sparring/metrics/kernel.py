"""The kernel distance between two sets of features: KID."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.metrics.features import pair

__all__ = ["KernelBlocks", "kernel_blocks", "kernel_distance"]

_ROWS = 1024  # of a kernel matrix held at once


@dataclass(frozen=True)
class KernelBlocks:
    """What `kernel_blocks` found.

    Attributes:
        value: The mean distance of the blocks.
        error: Its standard error: the standard deviation between blocks over the root of their number.
        count: The number of blocks.
    """

    value: float
    error: float
    count: int


def kernel_distance(real: Tensor, generated: Tensor) -> float:
    """The unbiased estimate of the squared maximum mean discrepancy for the kernel (x.y / D + 1)^3.

    Binkowski et al. 2018, "Demystifying MMD GANs", https://arxiv.org/abs/1801.01401, section 4 and equation 4. It is
    about 0 for equal distributions and may be negative. Twins within a set (of repeated samples) raise it: leave them
    out, or do not call it unbiased.

    Args:
        real: Features [n, D].
        generated: Features [m, D].

    Raises:
        ValueError: See `pair`.
    """
    x, y = pair(real, generated)
    return _within(x) + _within(y) - 2 * _total(x, y) / (len(x) * len(y))


def kernel_blocks(real: Tensor, generated: Tensor, *, size: int = 1000, seed: int = 0) -> KernelBlocks:
    """The mean kernel distance of blocks of `size` real samples and as many generated ones, with its standard error.

    Blocks are disjoint and at random; what is left over is not used. Most programs draw overlapping subsets instead,
    whose standard deviation shrinks with neither the number of subsets nor that of samples and is no error of the mean.

    Raises:
        ValueError: See `pair`; or there are fewer than two blocks.
    """
    if size < 2:
        raise ValueError(f"got blocks of {size}; expected at least 2")
    x, y = pair(real, generated, 2 * size, "smaller blocks")
    count = min(len(x), len(y)) // size
    x, y = (z[Key(seed).permutation(name, len(z))] for z, name in ((x, "real"), (y, "generated")))
    found = torch.tensor([kernel_distance(*(z[i * size : (i + 1) * size] for z in (x, y))) for i in range(count)])
    return KernelBlocks(found.mean().item(), found.std().item() / math.sqrt(count), count)


def _within(x: Tensor) -> float:
    """The mean kernel of different samples of one set."""
    own = (x.square().sum(dim=1) / x.shape[1] + 1).pow(3).sum().item()
    return (_total(x, x) - own) / (len(x) * (len(x) - 1))


def _total(x: Tensor, y: Tensor) -> float:
    return sum((rows @ y.T / x.shape[1]).add_(1).pow_(3).sum().item() for rows in torch.split(x, _ROWS))
