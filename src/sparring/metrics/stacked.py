"""Stacked MNIST: how many of a thousand modes samples cover, and how evenly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.metrics.levels import Level, divergence, level

__all__ = ["MNIST_DIGITS", "StackedFloor", "StackedModes", "stacked_floor", "stacked_modes"]

MNIST_DIGITS = (6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958)
"""How often each digit is among the 70,000 of MNIST, from which `data.digits.stacked` draws."""


@dataclass(frozen=True)
class StackedModes:
    """What `stacked_modes` found.

    Attributes:
        covered: Triples of digits that were seen, of 1000.
        kl_uniform: KL(histogram || uniform), in nats, what papers report. The data have .0043 themselves, as MNIST's
            digits are not equally frequent.
        kl_product: KL(histogram || product of the digits' true frequencies), in nats: that of the data is 0.
    """

    covered: int
    kl_uniform: float
    kl_product: float


def stacked_modes(classes: Tensor, digits: Sequence[int] = MNIST_DIGITS) -> StackedModes:
    """Counts the triples of digits a classifier sees in the channels of generated pictures.

    Metz et al. (2016, https://arxiv.org/abs/1611.02163). Papers take 26,000 samples (PacGAN, Lin et al.
    2018, https://arxiv.org/abs/1712.04086) and some 10,000, and few samples have a high divergence whatever they are:
    print `stacked_floor` of their number beside it.

    Args:
        classes: The digit seen in each channel, integers in 0..9, [n, 3].
        digits: How often each digit is in the data, 10 positive numbers.

    Raises:
        ValueError: The classes or frequencies are of another kind.
    """
    if classes.ndim != 2 or classes.shape[1] != 3 or not len(classes) or classes.is_floating_point():
        raise ValueError(
            f"the classes are {classes.dtype} of shape {list(classes.shape)}; expected integers [n, 3], n of 1 or more"
        )
    if classes.min() < 0 or classes.max() > 9:
        raise ValueError(f"classes go from {classes.min()} to {classes.max()}; expected digits, 0 to 9")
    if len(digits) != 10:
        raise ValueError(f"got {len(digits)} frequencies of digits; expected 10 positive numbers")
    triple = (classes.long() * torch.tensor([100, 10, 1], device=classes.device)).sum(dim=1)
    counts = torch.bincount(triple, minlength=1000)
    share = torch.tensor(digits, dtype=torch.float64)
    product = torch.einsum("a,b,c->abc", share, share, share).flatten()
    return StackedModes(int((counts > 0).sum()), divergence(counts, [1.0] * 1000), divergence(counts, product))


@dataclass(frozen=True)
class StackedFloor:
    """What `stacked_floor` found, mean and standard deviation over seeds.

    Attributes:
        covered: As in `StackedModes`, and so on.
        kl_uniform: At 26,000 samples .0237 +- .0011.
        kl_product: At 26,000 samples .0194.
    """

    covered: Level
    kl_uniform: Level
    kl_product: Level


def stacked_floor(n: int, digits: Sequence[int] = MNIST_DIGITS, *, seeds: Sequence[int] = range(20)) -> StackedFloor:
    """What a perfect sampler and classifier get from `stacked_modes` with `n` samples, by simulation.

    Args:
        n: Samples a seed.
        digits: As for `stacked_modes`.
        seeds: Two or more.

    Raises:
        ValueError: `n` is less than 1, or there are fewer than two seeds.
    """
    edges = torch.tensor(digits, dtype=torch.float64).cumsum(0)
    draws = (Key(seed, ("stacked floor",)).uniform("digit", (n, 3), torch.float64) for seed in seeds)
    found = [stacked_modes(torch.searchsorted(edges / edges[-1], draw, right=True), digits) for draw in draws]
    return StackedFloor(
        level([float(one.covered) for one in found]),
        level([one.kl_uniform for one in found]),
        level([one.kl_product for one in found]),
    )
