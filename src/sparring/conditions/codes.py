"""Codes without names, to which a game gives a meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from sparring.chance import Chance
from sparring.conditions.condition import Condition
from sparring.machine.words import shown

__all__ = ["Codes"]


@dataclass(frozen=True)
class Codes(Condition):
    """Codes without names, which a game gives a meaning (Chen et al. 2016, https://arxiv.org/abs/1606.03657).

    Floats [n, sum of sizes + continuous]: a one in one place for each categorical code, then numbers in (-1, 1).

    Attributes:
        sizes: Values of each categorical code.
        continuous: How many codes are numbers.
    """

    sizes: tuple[int, ...] = ()
    continuous: int = 0

    def draw(self, chance: Chance) -> Tensor:
        """All values alike."""
        places = [chance.integers(f"code {i}", high=size) for i, size in enumerate(self.sizes)]
        numbers = chance.uniform("codes", self.continuous) * 2 - 1
        return self._coded(places, numbers)

    def parse(self, words: Sequence[str]) -> Tensor:
        """The values of all codes with commas between them, such as `3,0.5,-1`."""
        rows = [self._parse(word) for word in words]
        places = [torch.tensor([int(row[i]) for row in rows]) for i in range(len(self.sizes))]
        return self._coded(places, torch.tensor([row[len(self.sizes) :] for row in rows]))

    def describe(self) -> str:
        """How many there are."""
        ranges = [*(f"0 to {size - 1}" for size in self.sizes), *["-1.0 to 1.0"] * self.continuous]
        return f"codes, with commas between them: {', '.join(ranges)}"

    def _coded(self, places: Sequence[Tensor], numbers: Tensor) -> Tensor:
        return torch.cat([*(one_hot(p, size).float() for p, size in zip(places, self.sizes, strict=True)), numbers], 1)

    def _parse(self, word: str) -> list[float]:
        try:
            row = [float(part) for part in word.split(",")]
        except ValueError:
            row = []
        places = row[: len(self.sizes)]
        fits = all(place in range(size) for place, size in zip(places, self.sizes, strict=False))
        if len(row) != len(self.sizes) + self.continuous or not fits:
            raise ValueError(f"got {shown(word)!r}; expected {self.describe()}")
        return row
