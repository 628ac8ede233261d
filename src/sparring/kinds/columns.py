"""Columns of a table: how their cells are coded in floats, and how far two columns are from one another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from sparring.machine.words import shown

__all__ = ["Category", "Code", "Column", "Number", "cramers_v"]

BINS = 10
"""Into which numbers are sorted, where their association with another column is looked at."""

MOST = 20
"""Categories whose names are written below a histogram."""


class Column(ABC):
    """A column: its cells are texts, its codes floats [n, width]."""

    name: str
    """In the table's first line."""

    measure: ClassVar[str]
    """What `distance` is called."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Numbers of a code."""

    @abstractmethod
    def encode(self, cells: Sequence[str]) -> Tensor:
        """Codes [n, width] of cells.

        Raises:
            ValueError: A cell is not of this column.
        """

    @abstractmethod
    def values(self, codes: Tensor) -> Tensor:
        """What is coded [n, width], as one number each, [n]: the number, or the place of the category."""

    @abstractmethod
    def decode(self, codes: Tensor) -> list[str]:
        """Cells of codes [n, width]."""

    @abstractmethod
    def clean(self, codes: Tensor) -> Tensor:
        """The codes [n, width] of what is read from such codes."""

    @abstractmethod
    def distance(self, codes: Tensor, real: Tensor) -> float:
        """From other codes [m, width], in 0..1."""

    @abstractmethod
    def bins(self, codes: Tensor, real: Tensor) -> Tensor:
        """What is coded as one of a few places, [n]; real codes decide which numbers belong together."""

    @abstractmethod
    def edges(self, codes: Tensor) -> Tensor:
        """Where the bars of a histogram begin and end."""

    @property
    def ticks(self) -> Sequence[str]:
        """Names of the bars of a histogram; none where they are numbers."""
        return ()


@dataclass(frozen=True)
class Number(Column):
    """Numbers, coded as -1 at the low end of their range and 1 at the high end.

    Attributes:
        name: In the table's first line.
        low: The low end.
        high: The high end, above it.
        decimals: Digits after the point of a cell; ten digits in all without.
    """

    measure: ClassVar[str] = "Kolmogorov-Smirnov"

    name: str
    low: float
    high: float
    decimals: int | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"{self.name!r} is from {self.low} to {self.high}; expected a high end above the low one")

    @property
    def width(self) -> int:
        """One."""
        return 1

    def encode(self, cells: Sequence[str]) -> Tensor:
        """Scaled."""
        try:
            numbers = torch.tensor([[float(cell)] for cell in cells], dtype=torch.float64)
        except ValueError as error:
            raise ValueError(f"a cell of the column {self.name!r} is not a number ({error})") from error
        return ((numbers - self.low) / (self.high - self.low) * 2 - 1).float()

    def values(self, codes: Tensor) -> Tensor:
        """The numbers."""
        return self.low + (codes[:, 0].double() + 1) / 2 * (self.high - self.low)

    def decode(self, codes: Tensor) -> list[str]:
        """The numbers in digits."""
        form = ".10g" if self.decimals is None else f".{self.decimals}f"
        return [format(value, form) for value in self.values(codes).tolist()]

    def clean(self, codes: Tensor) -> Tensor:
        """Rounded to the decimals."""
        return codes if self.decimals is None else self.encode(self.decode(codes))

    def distance(self, codes: Tensor, real: Tensor) -> float:
        """The largest difference of the two shares of numbers below any number."""
        x, y = (part[:, 0].contiguous().sort().values for part in (codes, real))
        everywhere = torch.cat([x, y])
        below = [torch.searchsorted(part, everywhere, right=True).double() / len(part) for part in (x, y)]
        return (below[0] - below[1]).abs().max().item()

    def bins(self, codes: Tensor, real: Tensor) -> Tensor:
        """As many real ones in each, where they differ."""
        shares = torch.linspace(0, 1, BINS + 1)[1:-1]
        return torch.bucketize(codes[:, 0].contiguous(), torch.unique(real[:, 0].float().quantile(shares)))

    def edges(self, codes: Tensor) -> Tensor:
        """Thirty bars."""
        values = self.values(codes)
        low, high = values.min().item(), values.max().item()
        return torch.linspace(low, high if high > low else low + 1, 31, dtype=torch.float64)


class _Names(Column):
    """A column of categories."""

    measure: ClassVar[str] = "total variation"

    categories: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.categories or len(set(self.categories)) < len(self.categories):
            raise ValueError(f"{self.name!r} has the categories {self.categories}; expected 1 or more, all different")

    @cached_property
    def _places(self) -> dict[str, int]:
        return {category: place for place, category in enumerate(self.categories)}

    def places(self, cells: Sequence[str]) -> Tensor:
        """The places of cells among the categories, [n]."""
        if unknown := [cell for cell in cells if cell not in self._places]:
            raise ValueError(
                f"{shown(unknown[0])!r} is not a category of the column {shown(self.name)!r}: leave that row out"
            )
        return torch.tensor([self._places[cell] for cell in cells])

    def clean(self, codes: Tensor) -> Tensor:
        """Of the category alone."""
        return self.encode(self.decode(codes)).to(codes)

    def decode(self, codes: Tensor) -> list[str]:
        """Names of categories."""
        return [self.categories[int(place)] for place in self.values(codes).tolist()]

    def distance(self, codes: Tensor, real: Tensor) -> float:
        """Half the sum of the differences of shares."""
        x, y = (self.values(part).bincount(minlength=len(self.categories)).double() for part in (codes, real))
        return (x / x.sum() - y / y.sum()).abs().sum().item() / 2

    def bins(self, codes: Tensor, real: Tensor) -> Tensor:
        """The categories."""
        return self.values(codes)

    def edges(self, codes: Tensor) -> Tensor:
        """A bar for each category."""
        return torch.arange(len(self.categories) + 1) - 0.5

    @property
    def ticks(self) -> Sequence[str]:
        """The categories, if they are few."""
        return self.categories if len(self.categories) <= MOST else ()


@dataclass(frozen=True)
class Category(_Names):
    """Categories, each coded as a 1 in its own place: the largest number of a code decides.

    Attributes:
        name: In the table's first line.
        categories: Their names.
    """

    name: str
    categories: tuple[str, ...]

    @property
    def width(self) -> int:
        """A number for each category."""
        return len(self.categories)

    def encode(self, cells: Sequence[str]) -> Tensor:
        """Ones and zeros."""
        return one_hot(self.places(cells), len(self.categories)).float()

    def values(self, codes: Tensor) -> Tensor:
        """The places of the largest numbers."""
        return codes.argmax(dim=1)


@dataclass(frozen=True)
class Code(_Names):
    """Categories, each coded as its place among them, 0, 1, 2 and so on: the nearest of these decides.

    Attributes:
        name: In the table's first line.
        categories: Their names.
    """

    name: str
    categories: tuple[str, ...]

    @property
    def width(self) -> int:
        """One."""
        return 1

    def encode(self, cells: Sequence[str]) -> Tensor:
        """The places."""
        return self.places(cells).float()[:, None]

    def values(self, codes: Tensor) -> Tensor:
        """The nearest places."""
        return codes[:, 0].round().clamp(0, len(self.categories) - 1).long()


def cramers_v(x: Tensor, y: Tensor) -> float:
    """The association of two columns of places [n], from 0, none, to 1 (Cramér 1946, section 21.9).

    The root of chi squared of their table, divided by n and by the smaller number of categories but one; 0 where one
    of them is always the same.
    """
    (rows, i), (columns, j) = (torch.unique(part, return_inverse=True) for part in (x, y))
    table = torch.bincount(i * len(columns) + j, minlength=len(rows) * len(columns)).double()
    table = table.reshape(len(rows), len(columns)) / len(x)
    expected = table.sum(dim=1, keepdim=True) * table.sum(dim=0, keepdim=True)
    fewer = min(len(rows), len(columns)) - 1
    return ((table - expected).square() / expected).sum().div(fewer).sqrt().item() if fewer else 0.0
