"""Conditions: what a sampler can be asked for, such as a class, and what it is asked for when nobody says.

A condition is a frozen dataclass that holds what it takes to draw and to read words without the data, and stands in a
run's config.json (`sparring.machine.plain`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Chance
from sparring.machine.words import shown

__all__ = ["Condition", "Nothing", "chosen", "place_of"]


class Condition(ABC):
    """What a sampler can be asked for."""

    @abstractmethod
    def draw(self, chance: Chance) -> Tensor | None:
        """As the data have it, [rows, ...]: row i depends on the chance and i; None where nothing can be asked for."""

    @abstractmethod
    def parse(self, words: Sequence[str]) -> Tensor:
        """What some words ask for, a row for each, [n, ...].

        Raises:
            ValueError: A word asks for nothing that there is.
        """

    @abstractmethod
    def describe(self) -> str:
        """What can be asked for, in words."""

    def choices(self) -> tuple[str, ...]:
        """The words for all that can be asked for, where they can be counted; else none."""
        return ()

    def sheet(self, n: int) -> Tensor | None:
        """What about `n` samples in a square grid ask for, so that people can compare; None if as the data have it."""
        return None

    def heads(self, n: int) -> tuple[str, ...]:
        """What the columns of that grid hold; () where there is nothing to say of a column."""
        return ()


@dataclass(frozen=True)
class Nothing(Condition):
    """A sampler that cannot be asked for anything."""

    def draw(self, chance: Chance) -> None:
        """Nothing."""

    def parse(self, words: Sequence[str]) -> Tensor:
        """Refuses."""
        raise ValueError(f"got {shown(' '.join(words))!r}, but the recipe has no condition: leave out what to ask for")

    def describe(self) -> str:
        """That it is nothing."""
        return "nothing"


def chosen(chance: Chance, counts: Sequence[int]) -> Tensor:
    """Places [rows], as frequent as the counts say."""
    edges = torch.tensor(counts, dtype=torch.float64).cumsum(0)
    return torch.searchsorted(edges / edges[-1], chance.uniform("given").double(), right=True)


def place_of(what: str, word: str, names: Sequence[str]) -> int:
    """The place of a word among some names; raises ValueError if it is none of them."""
    if word not in names:
        raise ValueError(f"there is no {what} {shown(word)!r}; there are {', '.join(names[:50])}")
    return names.index(word)
