"""Numbers that were measured of each example, such as its brightness."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.chance import Chance
from sparring.conditions.dials import Dial, Dials

__all__ = ["Measures"]


@dataclass(frozen=True)
class Measures(Dials):
    """Numbers that were measured of each example, standardised: floats [n, K] of mean 0 and deviation 1 in the data.

    People write and read them as they were measured.

    Attributes:
        names: Of the K numbers.
        means: Theirs in the data.
        deviations: Theirs in the data.
        rows: Standardised numbers of the data, or of a part of them: one row is as likely as the other.

    Raises:
        ValueError: Names, means and deviations are not as many, or there are no rows.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        counts = {len(self.names), len(self.means), len(self.deviations), *map(len, self.rows)}
        if len(counts) > 1 or not self.rows or len(set(self.names)) < len(self.names):
            raise ValueError(f"got the names {self.names} and numbers of {counts}; expected one of each, and rows")

    @classmethod
    def of(cls, values: Tensor, names: Sequence[str], most: int = 500) -> tuple[Measures, Tensor]:
        """Those of numbers [N, K] as they were measured, and the same standardised; `most` rows are kept to draw from.

        Raises:
            ValueError: A number is the same in all examples, or not finite.
        """
        mean, deviation = values.double().mean(0), values.double().std(0, correction=0)
        if not (values.isfinite().all() and (deviation > 0).all()):
            raise ValueError(f"{', '.join(names)}: a number is the same in all examples, or not finite: leave it out")
        standard = ((values - mean) / deviation).float()
        kept = standard[torch.linspace(0, len(values) - 1, min(most, len(values))).long()]
        rows = tuple(tuple(round(number, 4) for number in row) for row in kept.tolist())
        return cls(tuple(names), tuple(mean.tolist()), tuple(deviation.tolist()), rows), standard

    def dials(self) -> dict[str, Dial]:
        """The numbers, from the 5th to the 95th hundredth of the rows."""
        ends = torch.quantile(torch.tensor(self.rows), torch.tensor([0.05, 0.95]), 0).T.tolist()
        each = zip(self.names, self.means, self.deviations, ends, strict=True)
        return {
            name: Dial(i, 1, (mean + low * unit, mean + high * unit), mean, unit)
            for i, (name, mean, unit, (low, high)) in enumerate(each)
        }

    def draw(self, chance: Chance) -> Tensor:
        """Rows of the data."""
        return torch.tensor(self.rows)[chance.integers("row", high=len(self.rows)).cpu()]

    def parse(self, words: Sequence[str]) -> Tensor:
        """All numbers, as they were measured, with commas between them, such as `0.2,-0.1`."""
        values = torch.tensor([self._parse(word) for word in words], dtype=torch.float64)
        return ((values - torch.tensor(self.means)) / torch.tensor(self.deviations)).float()

    def measured(self, rows: Tensor) -> Tensor:
        """Standardised rows [n, K] as they were measured."""
        return rows * torch.tensor(self.deviations) + torch.tensor(self.means)

    def _parse(self, word: str) -> list[float]:
        try:
            row = [float(part) for part in word.split(",")]
        except ValueError:
            row = []
        if len(row) != len(self.names):
            raise ValueError(f"got {word!r}; expected {self.describe()}")
        return row
