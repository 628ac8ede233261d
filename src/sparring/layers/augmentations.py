"""Augmentations by name, as a recipe's option says them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import nn

from sparring.layers.adaptive import Adaptive
from sparring.layers.augmented import Augmented
from sparring.layers.diff_augment import DIFF_AUGMENT
from sparring.penalties.weighing import Penalty, Weight

__all__ = ["AUGMENTATIONS", "Augmentation", "augmentation", "tiny"]

Augmentation = Callable[[nn.Module, float], tuple[nn.Module, Mapping[Penalty, Weight]]]
"""From a discriminator, and the samples in which p may rise to 1, to what plays, and its penalties."""


def none(discriminator: nn.Module, samples: float) -> tuple[nn.Module, Mapping[Penalty, Weight]]:
    """The discriminator itself."""
    return discriminator, {}


def diff(discriminator: nn.Module, samples: float) -> tuple[nn.Module, Mapping[Penalty, Weight]]:
    """DiffAugment: every picture is changed."""
    return Augmented(discriminator, DIFF_AUGMENT), {}


def ada(discriminator: nn.Module, samples: float) -> tuple[nn.Module, Mapping[Penalty, Weight]]:
    """ADA: as many as keep the discriminator from learning by heart."""
    adaptive = Adaptive(samples=samples)
    return Augmented(discriminator, (adaptive,)), {adaptive.control: 1.0}


AUGMENTATIONS: Mapping[str, Augmentation] = {"none": none, "diff": diff, "ada": ada}


def augmentation(name: str) -> Augmentation:
    """The augmentation of that name.

    Raises:
        ValueError: There is none.
    """
    if name not in AUGMENTATIONS:
        raise ValueError(f"the augmentation is {name!r}; expected one of {', '.join(AUGMENTATIONS)}")
    return AUGMENTATIONS[name]


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """A small network with the shapes of one input and one output."""
    return [(diff(nn.Sequential(nn.Flatten(), nn.Linear(16, 3)), 1.0)[0], (1, 4, 4), (3,))]
