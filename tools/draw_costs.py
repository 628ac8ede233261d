"""Draws docs/images/costs.png: pictures of every cost after five minutes on two cores, with both pairs of rates.

Usage: python tools/draw_costs.py [FOLDER]      (seconds; after `python benchmarks/costs.py play`)

The first samples of seed 1, as they came, or of the first seed that did not go wrong; beside them the distance of that
seed. FOLDER has NAME.HOW.SEED.npy or NAME.HOW.SEED/samples.npy; unset, it is runs/costs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sparring.data.embedded import fashion_mnist
from sparring.evaluation.record import Record
from sparring.looks.plots import INK, plotted, render

ROOT = Path(__file__).parents[1]
OUT, RECORD = ROOT / "docs" / "images" / "costs.png", ROOT / "benchmarks" / "records" / "costs.json"
HOW = {"published": "the recipe's rates", "best": "best of six pairs of rates"}
SHOWN, GAP = 9, 2


def strip(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The first pictures [n, 28, 28] side by side, with white between them."""
    white = np.full((28, GAP), 255, np.uint8)
    return np.concatenate([part for picture in pictures[:SHOWN] for part in (picture, white)][:-1], axis=1)


def samples(folder: Path, name: str) -> NDArray[np.uint8]:
    """What was kept of a run, [n, 28, 28]."""
    there = [path for path in (folder / f"{name}.npy", folder / name / "samples.npy") if path.exists()]
    return np.asarray(np.load(there[0])[:, 0])


def show(axes: Axes, pictures: NDArray[np.uint8], distance: float) -> None:
    cells = strip(pictures)
    axes.imshow(cells, cmap="gray", vmin=0, vmax=255)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.text(cells.shape[1] + 4, 14, f"{distance:.3g}", va="center", color=INK)


@plotted
def main(folder: Path) -> None:
    record = Record.read(RECORD)
    rows = record.details["rows"]
    names = list(dict.fromkeys(key.split(", ")[0] for key in rows))
    figure = Figure(figsize=(10.6, 6.6), dpi=110)
    figure.subplots_adjust(left=0.13, right=0.95, top=0.95, bottom=0.01, wspace=0.16, hspace=0.08)
    cells = figure.subplots(len(names) + 1, len(HOW))
    floor = next(control.value for control in record.controls if "real pictures" in control.what)
    real = fashion_mnist("held_out").x[:, 0].numpy()
    for axes, part, title in zip(cells[0], (real[:SHOWN], real[SHOWN:]), HOW.values(), strict=True):
        show(axes, part, floor)
        axes.set_title(title)
    for row, name in zip(cells[1:], names, strict=True):
        for axes, how in zip(row, HOW, strict=True):
            distances = rows[f"{name}, {how}"]["Fréchet distance"]
            seed = next(i for i, value in enumerate(distances) if value is not None)
            show(axes, samples(folder, f"{name}.{how}.{record.seeds[seed]}"), distances[seed])
    for row, name in zip(cells, ("real pictures", *names), strict=True):
        row[0].set_ylabel(name, rotation=0, ha="right", va="center", color=INK)
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs/costs"))
