"""Whether a small recurrent classifier, trained for it, tells generated windows of a series from real ones.

The discriminative score of TimeGAN (Yoon et al. 2019, https://papers.nips.cc/paper/8789, section 5.1): the accuracy on
windows that the classifier has not seen, less 1/2. Their code splits overlapping windows at random, so that nearly the
same window is on both sides, and gives the classifier half as many units as a step has numbers. Here the caller says
what it is tested on, such as later windows, and `width` is a number to report. `half_width` is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from sparring.chance import Key
from sparring.networks.recurrent_series import Judge

__all__ = ["Told", "half_width", "told_apart"]

RATE = 5e-3


@dataclass(frozen=True)
class Told:
    """What `told_apart` found.

    Attributes:
        accuracy: On the test windows: the mean of the shares of real and of generated ones that are called so.
        score: How far that is from 1/2, in 0..0.5; the lower, the harder they are to tell apart.
        parameters: Of the classifier.
    """

    accuracy: float
    score: float
    parameters: int


def half_width(channels: int) -> int:
    """The units that TimeGAN's code gives its classifier."""
    return max(1, channels // 2)


def told_apart(
    training: tuple[Tensor, Tensor],
    test: tuple[Tensor, Tensor],
    *,
    width: int = 32,
    steps: int = 300,
    batch: int = 64,
    seed: int = 0,
) -> Told:
    """Trains gated recurrent units and a linear layer to tell two sets of windows apart, and tests them on two others.

    Args:
        training: Real windows [n, T, C] and generated ones [m, T, C].
        test: Others of both.
        width: Units of the state.
        steps: Of Adam at a rate of .005, each on `batch` windows of either set.
        batch: See `steps`.
        seed: Decides first weights and batches.

    Raises:
        ValueError: A set is empty, or they have different shapes.
    """
    sets = [part.float() for part in (*training, *test)]
    if not all(map(len, sets)) or len({part.shape[1:] for part in sets}) > 1 or sets[0].ndim != 3:
        shapes = ", ".join(str(list(part.shape)) for part in sets)
        raise ValueError(f"the sets of windows are {shapes}; expected windows [T, C] of one size in each")
    key = Key(seed, ("told apart",))
    with key.seeded():
        judge = Judge(sets[0].shape[2], width)
    optimizer = torch.optim.Adam(judge.parameters(), RATE)
    for step in range(steps):
        rows = [
            part[key.integers(f"{name} {step}", (batch,), len(part))] for name, part in zip("rg", sets, strict=False)
        ]
        real, fake = judge(torch.cat(rows)).chunk(2)
        loss = softplus(-real).mean() + softplus(fake).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    with torch.no_grad():
        real, fake = (judge(part) for part in sets[2:])
    accuracy = ((real > 0).double().mean() + (fake <= 0).double().mean()).item() / 2
    return Told(accuracy, abs(accuracy - 0.5), sum(p.numel() for p in judge.parameters()))
