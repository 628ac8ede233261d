"""Conditions that are made of named numbers, each of which can be set, or turned from one value to another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.conditions.condition import Condition

__all__ = ["Dial", "Dials"]


@dataclass(frozen=True)
class Dial:
    """Where a number stands in a row [D].

    Attributes:
        first: The first place.
        width: How many places it has: 1, or more for the place of a one among zeros.
        ends: The smallest and the largest usual value.
        middle: The value that stands as 0.
        unit: How much more stands as 1.
    """

    first: int
    width: int
    ends: tuple[float, float]
    middle: float = 0.0
    unit: float = 1.0

    @property
    def whole(self) -> bool:
        """Whether it is one of some places."""
        return self.width > 1

    def fits(self, value: float) -> bool:
        """Whether it can have that value; numbers may leave what is usual."""
        return not self.whole or value in range(self.width)

    def describe(self) -> str:
        """Its usual values."""
        low, high = self.ends
        return f"{low:g} to {high:g}" + ", whole" * self.whole

    def turned(self, rows: Tensor, value: float) -> Tensor:
        """The rows [n, D] with that value."""
        rows = rows.clone()
        rows[:, self.first : self.first + self.width] = 0.0 if self.whole else (value - self.middle) / self.unit
        if self.whole:
            rows[:, self.first + int(value)] = 1.0
        return rows

    def steps(self, low: float, high: float, count: int) -> list[float]:
        """Values from one end to the other: `count` of them, or of places all between."""
        if not self.whole:
            return [float(value) for value in torch.linspace(low, high, count).tolist()]
        way = 1 if high >= low else -1
        return [float(place) for place in range(int(low), int(high) + way, way)]


class Dials(Condition):
    """A condition of named numbers, floats [n, D]."""

    @abstractmethod
    def dials(self) -> dict[str, Dial]:
        """What can be set, by its name."""

    def describe(self) -> str:
        """The values of each."""
        parts = ", ".join(f"{name} {dial.describe()}" for name, dial in self.dials().items())
        return f"codes, with commas between them: {parts}"

    def settings(self, words: Sequence[str], count: int) -> dict[str, list[float]]:
        """The values that words ask for, such as `category=3`, or `slant=-2:2` for `count` steps, by name.

        Raises:
            ValueError: A word asks for nothing that there is, or two ask for the same.
        """
        found: dict[str, list[float]] = {}
        for word in words:
            name, _, values = word.partition("=")
            if name not in self.dials() or name in found:
                fault = "is named twice" if name in found else "is none of them"
                raise ValueError(f"--code {word}: {name!r} {fault}; there are {self._list()}")
            found[name] = self._values(word, self.dials()[name], values, count)
        return found

    def _values(self, word: str, dial: Dial, values: str, count: int) -> list[float]:
        try:
            ends = [float(value) for value in values.split(":")]
        except ValueError:
            ends = []
        if len(ends) not in {1, 2} or not all(map(dial.fits, ends)) or not torch.tensor(ends).isfinite().all():
            name = word.partition("=")[0]
            raise ValueError(
                f"--code {word}: expected a number, or two with a colon between them, such as "
                f"{name}={dial.ends[0]:g}:{dial.ends[1]:g}; there are {self._list()}"
            )
        return ends if len(ends) == 1 else dial.steps(ends[0], ends[1], count)

    def _list(self) -> str:
        return "; ".join(f"{name} ({dial.describe()})" for name, dial in self.dials().items())
