"""Augmentation: a discriminator sees real and generated samples through the same random changes.

Zhao et al. (2020), https://arxiv.org/abs/2006.10738; Karras et al. (2020), https://arxiv.org/abs/2006.06676.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Draws
from sparring.game import playing
from sparring.penalties.transforms import Noise, Transform

__all__ = ["Augmented", "tiny"]


class Augmented(nn.Module):
    """A discriminator behind random changes of its samples.

    They are the same when a cost is evaluated again, others for real samples than for generated ones and for the points
    of a penalty. Gradients pass through them to the generator, whose cost sees them too: else it would learn to make
    changed samples. Outside a round, or in evaluation mode, there are none.

    Args:
        network: The discriminator, from samples [B, ...].
        transforms: The changes, one after the other, such as `layers.diff_augment.DIFF_AUGMENT`. Those that are modules
            are part of the discriminator.

    Raises:
        TypeError: The transforms are no tuple of objects.
    """

    def __init__(self, network: nn.Module, transforms: tuple[Transform, ...]) -> None:
        super().__init__()
        if not isinstance(transforms, tuple) or any(isinstance(t, type) or not callable(t) for t in transforms):
            raise TypeError(f"the transforms are {transforms!r}; expected a tuple of objects: write (Flip(),)")
        self.network, self.transforms = network, transforms
        self.kept = nn.ModuleList(transform for transform in transforms if isinstance(transform, nn.Module))

    def forward(self, x: Tensor, *given: Any) -> Any:
        """What the discriminator gives for changed samples [B, ...], and whatever else it is told."""
        round = playing()
        if round is None or not self.training:
            return self.network(x, *given)
        for number, transform in enumerate(self.transforms):
            x = transform(x, Here(round.chance, len(x)), f"transform {number}")
        return self.network(x, *given)


@dataclass(frozen=True)
class Here:
    """The chance of a layer: each call gives other numbers, and a cost that is evaluated again the same ones.

    Attributes:
        chance: That of the round.
        rows: How many rows the layer is given.
    """

    chance: Draws
    rows: int

    def uniform(self, name: str, *row: int) -> Tensor:
        """Uniform numbers in (0, 1), [rows, *row]."""
        return self.chance.like(torch.empty(self.rows, *row, device="meta"))

    def normal(self, name: str, *row: int) -> Tensor:
        """Standard normal numbers [rows, *row]."""
        numbers: Tensor = torch.special.ndtri(self.uniform(name, *row))
        return numbers

    def integers(self, name: str, *row: int, high: int) -> Tensor:
        """Integers in [0, high), int64, [rows, *row]."""
        return (self.uniform(name, *row) * high).long().clamp_(max=high - 1)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(Augmented(nn.Linear(4, 3), (Noise(0.3),)), (4,), (3,))]
