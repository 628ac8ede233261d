"""Windows of time series: line plots, CSV, and the autocorrelation of their channels."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from sparring.kinds.columns import Number
from sparring.kinds.kind import About, Files, Kind, nothing
from sparring.looks.plots import colours, plotted, render

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Series", "autocorrelation"]

LINES, CHANNELS = 6, 4
"""Windows and channels in a picture."""

HEAD = ("window", "step")


def autocorrelation(windows: Tensor, lags: int) -> Tensor:
    """How a channel goes with itself 1, 2, ... `lags` steps later, [lags, C], in about -1..1.

    The mean product of two values so far apart, over all windows and places, divided by the mean square. Both are of
    differences from the channel's mean over all windows and steps. A channel that never changes has zeros.

    Args:
        windows: [n, T, C].
        lags: Fewer than T.
    """
    x = windows.double() - windows.double().mean(dim=(0, 1))
    steps = x.shape[1]
    products = [(x[:, lag:] * x[:, : steps - lag]).mean(dim=(0, 1)) for lag in range(1, lags + 1)]
    return torch.stack(products) / x.square().mean(dim=(0, 1)).clamp_min(1e-12)


@dataclass(frozen=True)
class Series(Kind):
    """Windows [n, T, C]: T steps of C channels, each coded as -1 at the low end of its range and 1 at the high end.

    Attributes:
        columns: The channels; the ends of their ranges undo the coding.

    Raises:
        ValueError: There are none, or two of one name.
    """

    name: ClassVar[str] = "series"
    shown: ClassVar[int] = LINES
    vector: ClassVar[str] = "coded values"
    ending: ClassVar[str] = ".csv"
    measures: ClassVar[tuple[str, ...]] = ("sliced", "wasserstein", "precision", "recall", "density", "coverage")
    quick: ClassVar[str] = "sliced"

    columns: tuple[Number, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"the channels are {names}; expected one or more, of different names")

    def _parts(self, samples: Tensor) -> list[tuple[Number, Tensor]]:
        """Each channel with its codes, [n T, 1]."""
        return list(zip(self.columns, torch.split(samples.flatten(0, 1), 1, dim=1), strict=True))

    def encode(self, steps: Sequence[Sequence[str]]) -> Tensor:
        """Codes [n, C] of a text for each channel of n steps."""
        cells = zip(self.columns, zip(*steps, strict=True), strict=True)
        return torch.cat([column.encode(texts) for column, texts in cells], dim=1)

    def clean(self, samples: Tensor) -> Tensor:
        """Rounded to the decimals of each channel."""
        return torch.cat([column.clean(part) for column, part in self._parts(samples)], dim=1).view_as(samples)

    def array(self, samples: Tensor) -> NDArray[Any]:
        """The numbers themselves, [n, T, C], in the units of the data."""
        values = [column.values(part) for column, part in self._parts(self.clean(samples))]
        return np.asarray(torch.stack(values, dim=1).view(samples.shape).numpy())

    @plotted
    def show(self, sets: Mapping[str, Tensor]) -> Image.Image:
        """Some windows of each set as lines: channels below each other, sets side by side."""
        from matplotlib.figure import Figure

        columns = self.columns[:CHANNELS]
        figure = Figure(figsize=(0.4 + 3.4 * len(sets), 0.4 + 1.5 * len(columns)), dpi=100, layout="constrained")
        panels = figure.subplots(len(columns), len(sets), squeeze=False, sharex=True, sharey="row")
        for across, ((name, x), colour) in enumerate(zip(sets.items(), colours(list(sets)), strict=True)):
            values = self.array(x[:: max(1, len(x) // LINES)][:LINES])  # neighbours are nearly the same
            for down, column in enumerate(columns):
                _lines(panels[down][across], values[..., down], colour)
                panels[down][0].set_ylabel(column.name[:16])
            panels[0][across].set_title(name)
        return render(figure)

    def single(self, example: Tensor) -> Image.Image:
        """The lines of one window."""
        return self.show({"": example[None]})

    def sized(self, shape: tuple[int, ...]) -> str:
        """Steps and channels."""
        return f"{shape[0]} steps of {shape[1]} numbers"

    def files(self, samples: Iterable[Tensor], count: int, ending: str = "", about: About = nothing) -> Files:
        """`series.csv`, a line for each step: the numbers of window and step, then the channels."""
        x, lines = torch.cat([*samples]), io.StringIO(newline="")
        cells = [column.decode(part) for column, part in self._parts(x)]
        places = ((window, step) for window in range(len(x)) for step in range(x.shape[1]))
        csv.writer(lines).writerow([*HEAD, *(column.name for column in self.columns)])
        csv.writer(lines).writerows([*place, *row] for place, row in zip(places, zip(*cells, strict=True), strict=True))
        yield "series.csv", lines.getvalue().encode()

    def load(self, path: Path) -> Tensor:
        """The windows of a table as `files` writes it."""
        file = path / "series.csv" if path.is_dir() else path
        head, *rows = [*csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline=""))] or [[]]
        wanted = [*HEAD, *(column.name for column in self.columns)]
        steps = sum(row[:1] == rows[0][:1] for row in rows)
        if head != wanted or not rows or len(rows) % steps or any(len(row) != len(head) for row in rows):
            raise ValueError(f"{str(file)!r} is no table of whole windows; expected the columns {wanted}")
        return self.encode([row[2:] for row in rows]).view(-1, steps, len(self.columns))

    def summary(self, samples: Tensor, real: Tensor, training: Tensor | None = None) -> dict[str, float]:
        """The distance of each channel, that of the autocorrelations, and to the nearest training window."""
        parts = zip(self._parts(samples), self._parts(self.clean(real)), strict=True)
        found = {f"{column.name}: {column.measure}": column.distance(x, y) for (column, x), (_, y) in parts}
        lags = samples.shape[1] // 2
        gap = (autocorrelation(samples, lags) - autocorrelation(real, lags)).abs() if lags else torch.zeros(1)
        found["autocorrelation: mean difference"] = gap.mean().item()
        if training is not None:
            nearest = torch.cdist(self.vectors(samples), self.vectors(self.clean(training))).min(dim=1).values
            found["nearest training window: median distance"] = nearest.median().item()
        return found


def _lines(axes: Axes, values: NDArray[Any], colour: str) -> None:
    """One channel of some windows [n, T], the first one strong."""
    for place, line in enumerate(values):
        axes.plot(line, color=colour, alpha=0.35 if place else 1.0, linewidth=1.0 if place else 1.6)
