"""Points: scatter plots, CSV, sliced Wasserstein distances; and what nobody has said anything about."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from sparring.kinds import drawing
from sparring.kinds.kind import About, Files, Kind, nothing
from sparring.machine.files import read_npy

__all__ = ["Points"]


@dataclass(frozen=True)
class Points(Kind):
    """Points [n, D]; of examples [n, ...] their numbers one after the other.

    Attributes:
        limits: The ends of the axes they are shown in, so that pictures can be compared; without them as far as the
            points go.
    """

    name: ClassVar[str] = "points"
    shown: ClassVar[int] = 1000
    ending: ClassVar[str] = ".csv"
    vector: ClassVar[str] = "coordinates"
    measures: ClassVar[tuple[str, ...]] = ("sliced", "wasserstein", "precision", "recall", "density", "coverage")
    quick: ClassVar[str] = "sliced"

    limits: tuple[float, float] | None = None

    @classmethod
    def around(cls, x: Tensor) -> Points:
        """Points in axes that have half as much room again as those of examples [n, ...]."""
        reach = round(1.5 * x.abs().max().item(), 1)
        return cls((-reach, reach) if reach else None)

    def show(self, sets: Mapping[str, Tensor]) -> Image.Image:
        """One scatter plot of all sets, or one for each pair of the first three coordinates."""
        return drawing.scatter({name: x.flatten(1) for name, x in sets.items()}, self.limits)

    def files(self, samples: Iterable[Tensor], count: int, ending: str = "", about: About = nothing) -> Files:
        """`points.csv` for spreadsheets, `points.npy` for other programs."""
        lines, array, all_of_them = io.StringIO(newline=""), io.BytesIO(), torch.cat([*samples])
        rows = all_of_them.flatten(1).tolist()
        csv.writer(lines).writerow([f"x{i + 1}" for i in range(len(rows[0]))])
        csv.writer(lines).writerows([f"{value:.9g}" for value in row] for row in rows)
        np.save(array, self.array(all_of_them))
        yield "points.csv", lines.getvalue().encode()
        yield "points.npy", array.getvalue()

    def load(self, path: Path) -> Tensor:
        """The points of a folder's `points.npy`, or of a table such as `points.csv`."""
        if path.is_dir():
            return torch.from_numpy(read_npy(path / "points.npy"))
        head, *rows = [*csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))] or [[]]
        if not rows or any(len(row) != len(head) for row in rows):
            message = (
                "is not a table of points; expected a line of names, and a number for each name in the other lines"
            )
            raise ValueError(f"{str(path)!r} {message}")
        return torch.tensor([[float(cell) for cell in row] for row in rows])

    def preparation(self, shape: tuple[int, ...]) -> Mapping[str, Any]:
        """Points are opened as they are."""
        return {}
