"""Instance noise: a discriminator sees real and generated samples through the same noise, so that both overlap.

Sønderby et al. (2016), https://arxiv.org/abs/1610.04490; Arjovsky and Bottou (2017), https://arxiv.org/abs/1701.04862.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from sparring.game import playing
from sparring.schedules import Schedule

__all__ = ["InstanceNoise", "tiny"]


class InstanceNoise(nn.Module):
    """A discriminator behind Gaussian noise.

    The noise comes from the round that is played: the same when a cost is evaluated again, other numbers for real
    samples than for generated ones and for the points of a penalty. Outside a round, or in evaluation mode, there is
    none. Gradients pass through it to the generator. The slope of a penalty is that at the noisy point.

    Args:
        network: The discriminator, from samples [B, ...].
        size: The standard deviation of the noise, in the unit of the samples, or a schedule of it: a function of the
            share of the rounds that is done, 0 to 1, such as `schedules.linear(0.5, 0.0)`.

    Raises:
        ValueError: The size is negative.
    """

    def __init__(self, network: nn.Module, size: float | Schedule) -> None:
        super().__init__()
        if not callable(size) and size < 0:
            raise ValueError(f"the size of the noise is {size}; expected 0 or more, or a schedule")
        self.network, self.size = network, size

    def forward(self, x: Tensor, *given: Any) -> Any:
        """What the discriminator gives for samples [B, ...] with noise, and whatever else it is told."""
        round = playing()
        if round is None or not self.training:
            return self.network(x, *given)
        size = self.size(round.progress) if callable(self.size) else self.size
        return self.network(x + size * torch.special.ndtri(round.chance.like(x)).to(x), *given)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(InstanceNoise(nn.Linear(4, 3), 0.3), (4,), (3,))]
