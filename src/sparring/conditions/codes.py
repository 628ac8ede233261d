"""Codes, to which a game gives a meaning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from sparring.chance import Chance, Key
from sparring.conditions.dials import Dial, Dials
from sparring.machine.words import shown

__all__ = ["Codes"]


@dataclass(frozen=True)
class Codes(Dials):
    """Codes, which a game gives a meaning (Chen et al. 2016, https://arxiv.org/abs/1606.03657).

    Floats [n, sum of sizes + continuous]: a one in one place for each categorical code, then numbers in (-1, 1).

    Attributes:
        sizes: Values of each categorical code.
        continuous: How many codes are numbers.
        names: Of all codes, the categorical ones first. Without them: category, or category1 and more; code1 and more.

    Raises:
        ValueError: There are not as many different names as codes.
    """

    sizes: tuple[int, ...] = ()
    continuous: int = 0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.sizes) + self.continuous
        if self.names and (len(set(self.names)) != count or len(self.names) != count):
            raise ValueError(
                f"got the names {', '.join(self.names)}; expected {count} different ones, one for each code"
            )

    def dials(self) -> dict[str, Dial]:
        """Places of categorical codes, and numbers."""
        ends = torch.tensor((0, *self.sizes)).cumsum(0).tolist()
        places = [Dial(first, size, (0, size - 1)) for first, size in zip(ends, self.sizes, strict=False)]
        numbers = [Dial(ends[-1] + i, 1, (-1.0, 1.0)) for i in range(self.continuous)]
        return dict(zip(self.names or self._plain(), [*places, *numbers], strict=True))

    def _plain(self) -> list[str]:
        """Names of codes that have none."""
        several = len(self.sizes) > 1
        categories = [f"category{i + 1}" if several else "category" for i in range(len(self.sizes))]
        return [*categories, *(f"code{i + 1}" for i in range(self.continuous))]

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

    def sheet(self, n: int) -> Tensor | None:
        """The values of the first categorical code in turn, each with its own columns; None if that makes too many."""
        if not self.sizes:
            return None
        size, least = self.sizes[0], math.isqrt(n - 1) + 1
        side = -(-least // size) * size
        if side > 2 * least:
            return None
        rows = self.draw(Key(0, ("sheet",)).rows(side**2))
        rows[:, :size] = one_hot(torch.arange(side**2) % size, size)
        return rows

    def heads(self, n: int) -> tuple[str, ...]:
        """The value of each column."""
        given = self.sheet(n)
        if given is None:
            return ()
        return tuple(str(i) for i in given[: math.isqrt(len(given)), : self.sizes[0]].argmax(1).tolist())

    def _coded(self, places: Sequence[Tensor], numbers: Tensor) -> Tensor:
        hot = (one_hot(p, size).to(numbers) for p, size in zip(places, self.sizes, strict=True))
        return torch.cat([*hot, numbers], 1)

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
