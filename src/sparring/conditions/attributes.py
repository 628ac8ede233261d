"""Attributes that an example has or has not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Chance
from sparring.conditions.condition import Condition, chosen, place_of

__all__ = ["Attributes"]


@dataclass(frozen=True)
class Attributes(Condition):
    """Attributes that an example has, 1, or has not, 0: floats [n, K].

    Attributes:
        names: Of the K attributes.
        rows: The combinations that occur: the places of the attributes that such an example has.
        counts: How often.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    counts: tuple[int, ...]

    @classmethod
    def of(cls, y: Tensor, names: Sequence[str]) -> Attributes:
        """Those of labels [N, K] of zeros and ones."""
        rows, counts = torch.unique(y.long(), dim=0, return_counts=True)
        return cls(tuple(names), tuple(tuple(row.nonzero()[:, 0].tolist()) for row in rows), tuple(counts.tolist()))

    def draw(self, chance: Chance) -> Tensor:
        """Combinations as frequent as in the data."""
        table = torch.stack([self._row(row) for row in self.rows])
        return table[chosen(chance, self.counts)]

    def parse(self, words: Sequence[str]) -> Tensor:
        """Names with plus signs between them, such as `hat+glasses`; all others are absent."""
        split = ([name for name in word.split("+") if name] for word in words)
        return torch.stack([self._row([place_of("attribute", name, self.names) for name in row]) for row in split])

    def describe(self) -> str:
        """The names."""
        return f"attributes, with + between them: {', '.join(self.names)}"

    def _row(self, places: Sequence[int]) -> Tensor:
        row = torch.zeros(len(self.names))
        row[list(places)] = 1
        return row
