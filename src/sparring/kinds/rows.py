"""Rows of a table: histograms of its columns, CSV, and how far columns and pairs of columns are from real ones."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import torch
from PIL import Image
from torch import Tensor

from sparring.kinds import drawing
from sparring.kinds.columns import Column, cramers_v
from sparring.kinds.kind import About, Files, Kind, nothing
from sparring.looks.plots import colours, plotted, render
from sparring.machine.words import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Rows"]

SHOWN = 12
"""Columns in a picture."""


@dataclass(frozen=True)
class Rows(Kind):
    """Rows [n, D] of a table, as floats: the columns' codes one after the other.

    Attributes:
        columns: What they are; see `sparring.kinds.columns`.

    Raises:
        ValueError: There are none, or two of one name.
    """

    name: ClassVar[str] = "rows"
    shown: ClassVar[int] = 1000
    vector: ClassVar[str] = "coded columns"
    ending: ClassVar[str] = ".csv"
    measures: ClassVar[tuple[str, ...]] = ("sliced", "wasserstein", "precision", "recall", "density", "coverage")
    quick: ClassVar[str] = "sliced"

    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"the columns are {names}; expected one or more, of different names")

    @property
    def width(self) -> int:
        """Numbers of a row."""
        return sum(column.width for column in self.columns)

    def parts(self, samples: Tensor) -> list[Tensor]:
        """The codes of each column, [n, width of the column]."""
        return list(torch.split(samples, [column.width for column in self.columns], dim=1))

    def encode(self, cells: Sequence[Sequence[str]]) -> Tensor:
        """Rows [n, D] of cells, a sequence of texts for each row.

        Raises:
            ValueError: A row has too many cells or too few, or a cell is not of its column.
        """
        if short := next((row for row in cells if len(row) != len(self.columns)), None):
            raise ValueError(f"a row has {len(short)} cells; expected {len(self.columns)}, one for each column")
        codes = [column.encode(texts) for column, texts in zip(self.columns, zip(*cells, strict=True), strict=True)]
        return torch.cat(codes, dim=1)

    def decode(self, samples: Tensor) -> list[tuple[str, ...]]:
        """The cells of each row."""
        texts = (column.decode(part) for column, part in zip(self.columns, self.parts(samples), strict=True))
        return list(zip(*texts, strict=True))

    def clean(self, samples: Tensor) -> Tensor:
        """One category where there was a mixture of several."""
        parts = zip(self.columns, self.parts(samples), strict=True)
        return torch.cat([column.clean(part) for column, part in parts], dim=1)

    @plotted
    def show(self, sets: Mapping[str, Tensor]) -> Image.Image:
        """A small histogram of each of the first columns."""
        from matplotlib.figure import Figure

        shown = self.columns[:SHOWN]
        across = math.ceil(math.sqrt(len(shown)))
        down = math.ceil(len(shown) / across)
        figure = Figure(figsize=(3 * across, 2.2 * down + 0.3), dpi=100, layout="constrained")
        panels = figure.subplots(down, across, squeeze=False).flatten()
        parts = {name: self.parts(self.clean(x)) for name, x in sets.items()}
        for place, (column, axes) in enumerate(zip(shown, panels, strict=False)):
            _panel(axes, column, {name: columns[place] for name, columns in parts.items()})
        for axes in panels[len(shown) :]:
            axes.axis("off")
        if len(sets) > 1:
            figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=len(sets))
        return render(figure)

    def single(self, example: Tensor) -> Image.Image:
        """A line for each column."""
        cells = self.decode(example[None])[0]
        lines = [f"{column.name}: {cell}" for column, cell in zip(self.columns, cells, strict=True)]
        return drawing.text({"": lines})

    def files(self, samples: Iterable[Tensor], count: int, ending: str = "", about: About = nothing) -> Files:
        """`rows.csv`, with the names of the columns in its first line."""
        lines = io.StringIO(newline="")
        csv.writer(lines).writerow([column.name for column in self.columns])
        csv.writer(lines).writerows(self.decode(torch.cat([*samples])))
        yield "rows.csv", lines.getvalue().encode()

    def load(self, path: Path) -> Tensor:
        """The rows of a table with these columns in its first line, in any order; others are left out."""
        file = path / "rows.csv" if path.is_dir() else path
        head, *rows = [*csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""))] or [[]]
        wanted = [column.name for column in self.columns]
        if missing := [name for name in wanted if name not in head]:
            raise ValueError(f"{str(file)!r} has the columns {head!r:.200}; expected {shown(missing[0])!r} too")
        if not rows or any(len(row) != len(head) for row in rows):
            raise ValueError(
                f"{str(file)!r} is not a whole table; expected {len(head)} cells in each of 2 or more lines"
            )
        return self.encode([[row[head.index(name)] for name in wanted] for row in rows])

    def summary(self, samples: Tensor, real: Tensor, training: Tensor | None = None) -> dict[str, float]:
        """The distance of each column, of the columns' associations, and to the nearest training row."""
        ours, theirs = self.parts(samples), self.parts(self.clean(real))
        triples = list(zip(self.columns, ours, theirs, strict=True))
        found = {f"{column.name}: {column.measure}": column.distance(x, y) for column, x, y in triples}
        bins = [(column.bins(x, y), column.bins(y, y)) for column, x, y in triples]
        gaps = [abs(cramers_v(a[0], b[0]) - cramers_v(a[1], b[1])) for a, b in combinations(bins, 2)]
        if gaps:
            found["association of two columns: mean difference"] = sum(gaps) / len(gaps)
        if training is not None:
            nearest = torch.cdist(self.vectors(samples), self.vectors(self.clean(training))).min(dim=1).values
            found["nearest training row: median distance"] = nearest.median().item()
        return found


def _panel(axes: Axes, column: Column, sets: Mapping[str, Tensor]) -> None:
    """The histogram of a column in some sets, as shares: of the first one filled, of others an outline."""
    edges, styles = column.edges(torch.cat(list(sets.values()))).tolist(), ["stepfilled"] + ["step"] * (len(sets) - 1)
    for (name, codes), colour, style in zip(sets.items(), colours(list(sets)), styles, strict=True):
        values = column.values(codes)
        shares, alpha = [1 / len(values)] * len(values), 0.4 if style == "stepfilled" else 1.0
        axes.hist(values, edges, weights=shares, histtype=style, color=colour, alpha=alpha, linewidth=1.5, label=name)  # type: ignore[arg-type]
    ticks = column.ticks
    if ticks:
        axes.set_xticks(range(len(ticks)), [tick[:12] for tick in ticks], rotation=30, fontsize=8)
    axes.set_title(column.name[:30])
