"""Random changes of samples under which a critic should say the same: values that draw from a chance.

`transform(x, chance, name)` is [B, ...] of the samples [B, ...], with numbers of that name. They can be differentiated
in the samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from sparring.chance import Chance

__all__ = ["Flip", "Noise", "Shift", "Transform"]


class Transform(Protocol):
    """A random change."""

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """The samples [B, ...], each changed by its own numbers."""
        ...


@dataclass(frozen=True)
class Flip:
    """Half of the pictures [B, C, H, W] mirrored, left to right."""

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, C, H, W] to the same."""
        heads = chance.uniform(f"{name} flip").to(x.device) < 0.5
        return torch.where(heads[:, None, None, None], x.flip(-1), x)


@dataclass(frozen=True)
class Shift:
    """Pictures [B, C, H, W] moved by whole pixels; their edges are repeated where nothing was.

    Attributes:
        pixels: The most by which a picture moves, up, down, left or right; all moves are equally likely.

    Raises:
        ValueError: It is less than 1.
    """

    pixels: int = 4

    def __post_init__(self) -> None:
        if self.pixels < 1:
            raise ValueError(f"pictures are shifted by up to {self.pixels} pixels; expected 1 or more")

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, C, H, W] to the same."""
        moves = chance.integers(f"{name} shift", 2, high=2 * self.pixels + 1).to(x.device) - self.pixels
        rows, columns = (
            (torch.arange(size, device=x.device) + move[:, None]).clamp(0, size - 1)
            for size, move in zip(x.shape[2:], moves.T, strict=True)
        )
        each = torch.arange(len(x), device=x.device)
        moved: Tensor = x[each[:, None, None], :, rows[:, :, None], columns[:, None, :]]  # [B, H, W, C]
        return moved.movedim(-1, 1)


@dataclass(frozen=True)
class Noise:
    """Samples of any shape with normal noise.

    Attributes:
        scale: The noise's standard deviation, in units of the samples.

    Raises:
        ValueError: It is not positive.
    """

    scale: float = 0.1

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise ValueError(f"the scale of the noise is {self.scale}; expected a positive number, such as 0.1")

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, ...] to the same."""
        return x + self.scale * chance.normal(f"{name} noise", *x.shape[1:]).to(x)
