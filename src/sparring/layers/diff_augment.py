"""DiffAugment: changes of pictures that can be differentiated, for `layers.augmented`.

Zhao et al. (2020), https://arxiv.org/abs/2006.10738; sizes as in their code for CIFAR-10. All are transforms: functions
of pictures [B, C, H, W] in [-1, 1] and a chance, and the identity at strength 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from sparring.chance import Chance
from sparring.layers.augmented import Augmented
from sparring.methods import Method, Paper

__all__ = ["DIFF_AUGMENT", "METHODS", "Colour", "Cutout", "Translation", "tiny"]


@dataclass(frozen=True)
class Colour:
    """Brightness, saturation and contrast, each picture by its own numbers u from U(0, 1).

    x + b (u - 1/2); then the distance from the mean of the channels times 1 + s (2 u - 1); then that from the mean of
    the picture times 1 + c (u - 1/2).

    Attributes:
        brightness: b.
        saturation: s; of grey pictures it changes nothing.
        contrast: c.
    """

    brightness: float = 1.0
    saturation: float = 1.0
    contrast: float = 1.0

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, C, H, W] to the same, which may leave [-1, 1]."""
        first, second, third = chance.uniform(f"{name} colour", 3).to(x).T[:, :, None, None, None]
        x = x + self.brightness * (first - 0.5)
        x = torch.lerp(x.mean(1, keepdim=True).expand_as(x), x, 1 + self.saturation * (2 * second - 1))
        return torch.lerp(x.mean((1, 2, 3), keepdim=True).expand_as(x), x, 1 + self.contrast * (third - 0.5))


@dataclass(frozen=True)
class Translation:
    """Moves by whole pixels, with zeros where nothing was.

    Attributes:
        share: The most by which a picture moves up, down, left or right, over its height or width.

    Raises:
        ValueError: The share is not in [0, 1).
    """

    share: float = 1 / 8

    def __post_init__(self) -> None:
        _check(self.share)

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, C, H, W] to the same; all moves are equally likely."""
        (height, width), each = x.shape[2:], torch.arange(len(x), device=x.device)[:, None, None]
        up, left = _whole(self.share, height), _whole(self.share, width)
        rows, columns = (
            torch.arange(size, device=x.device) + chance.integers(f"{name} {side}", 1, high=2 * most + 1).to(x.device)
            for side, size, most in (("rows", height, up), ("columns", width, left))
        )
        padded = pad(x, (left, left, up, up))
        moved: Tensor = padded[each, :, rows[:, :, None], columns[:, None, :]]  # [B, H, W, C]
        return moved.movedim(-1, 1)


@dataclass(frozen=True)
class Cutout:
    """A rectangle of zeros, whose middle is anywhere in the picture, so that parts of it may lie outside.

    Attributes:
        share: Its height over that of the picture, and its width likewise.

    Raises:
        ValueError: The share is not in [0, 1).
    """

    share: float = 1 / 2

    def __post_init__(self) -> None:
        _check(self.share)

    def __call__(self, x: Tensor, chance: Chance, name: str) -> Tensor:
        """[B, C, H, W] to the same."""
        inside = []
        for side, size in zip(("rows", "columns"), x.shape[2:], strict=True):
            cut = _whole(self.share, size)
            first = chance.integers(f"{name} {side}", 1, high=size + 1 - cut % 2).to(x.device) - cut // 2
            places = torch.arange(size, device=x.device)
            inside.append((first <= places) & (places < first + cut))
        rows, columns = inside
        return x.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0.0)


def _check(share: float) -> None:
    if not 0 <= share < 1:
        raise ValueError(f"the share of the picture is {share}; expected 0 or more and less than 1")


def _whole(share: float, size: int) -> int:
    """Of so many pixels so many, rounded."""
    return int(share * size + 0.5)


DIFF_AUGMENT = (Colour(), Translation(), Cutout())
"""All three, in the order of the authors' code."""


METHODS = (
    Method(
        name="DiffAugment",
        python="layers.augmented.Augmented(critic, layers.diff_augment.DIFF_AUGMENT)",
        papers=(Paper("Zhao et al.", 2020, "https://arxiv.org/abs/2006.10738"),),
        command="sparring train dcgan --augment diff",
        record="augmentation",
        measured="diff",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(Augmented(nn.Sequential(nn.Flatten(), nn.Linear(32, 3)), DIFF_AUGMENT), (2, 4, 4), (3,))]
