"""A class, as its place among some."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Chance
from sparring.conditions.condition import Condition, chosen, place_of

__all__ = ["Classes"]


@dataclass(frozen=True)
class Classes(Condition):
    """One of some classes, as its place, int64 [n].

    Attributes:
        names: Of the classes.
        counts: How many examples of each there are: classes are drawn as often.
        found: Whether they were found in the examples, as clusters: nobody gave labels.

    Raises:
        ValueError: There are not as many counts as different names, or no examples.
    """

    names: tuple[str, ...]
    counts: tuple[int, ...]
    found: bool = False

    def __post_init__(self) -> None:
        if len(self.names) != len(self.counts) or len(set(self.names)) < len(self.names):
            raise ValueError(f"got the classes {self.names} and {len(self.counts)} counts; expected one for each")
        if sum(self.counts) < 1 or min(self.counts) < 0:
            raise ValueError(f"the classes have {self.counts} examples; expected 0 or more, and 1 in all")

    @classmethod
    def of(cls, y: Tensor, names: Sequence[str] = ()) -> Classes:
        """Those of labels [N] in 0..K - 1; they are called by their numbers if they have no names."""
        counts = y.long().bincount(minlength=len(names)).tolist()
        return cls(tuple(names) or tuple(map(str, range(len(counts)))), tuple(counts))

    def draw(self, chance: Chance) -> Tensor:
        """Classes as frequent as in the data."""
        return chosen(chance, self.counts)

    def parse(self, words: Sequence[str]) -> Tensor:
        """By their names."""
        return torch.tensor([place_of("class", word, self.names) for word in words])

    def describe(self) -> str:
        """The names."""
        return f"a class: {', '.join(self.names)}"

    def choices(self) -> tuple[str, ...]:
        """The names."""
        return self.names

    def sheet(self, n: int) -> Tensor | None:
        """The classes in turn, in so many rows and columns that each has its own; None if that makes too many."""
        classes, least = len(self.names), math.isqrt(n - 1) + 1
        side = -(-least // classes) * classes
        return torch.arange(side**2) % classes if side <= 2 * least else None

    def heads(self, n: int) -> tuple[str, ...]:
        """The class of each column."""
        given = self.sheet(n)
        return () if given is None else tuple(self.names[i] for i in given[: math.isqrt(len(given))])
