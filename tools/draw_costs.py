"""Draws docs/images/costs.png: pictures of every cost after five minutes on two cores, with both pairs of rates.

Usage: python tools/draw_costs.py [FOLDER]      (seconds; after `python benchmarks/costs.py play`)

The first samples of seed 1, as they came: FOLDER has NAME.HOW.1.npy or NAME.HOW.1/samples.npy; else runs/costs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sparring.looks.plots import plotted, render

OUT = Path(__file__).parents[1] / "docs" / "images" / "costs.png"
NAMES = ("minimax", "dcgan", "lsgan", "fgan-reverse-kl", "fgan-kl", "wgan", "wgan-gp", "cramer", "hinge", "r3gan")
HOW = {"published": "published rates", "best": "best of six pairs"}
SHOWN = 10


def strip(folder: Path, name: str) -> NDArray[np.uint8] | None:
    """The first samples side by side, [28, 28 SHOWN]; None if the run went wrong."""
    for path in (folder / f"{name}.npy", folder / name / "samples.npy"):
        if path.exists():
            return np.concatenate(list(np.load(path)[:SHOWN, 0]), axis=1)
    return None


@plotted
def main(folder: Path) -> None:
    figure = Figure(figsize=(8.4, 6.6), dpi=110, layout="constrained")
    cells = figure.subplots(len(NAMES), len(HOW))
    for row, name in zip(cells, NAMES, strict=True):
        for axes, (how, title) in zip(row, HOW.items(), strict=True):
            found = strip(folder, f"{name}.{how}.1")
            axes.imshow(np.zeros((28, 28 * SHOWN)) if found is None else found, cmap="gray", vmin=0, vmax=255)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            if found is None:
                axes.text(14 * SHOWN, 14, "went wrong", color="white", ha="center", va="center")
            if name == NAMES[0]:
                axes.set_title(title)
        row[0].set_ylabel(name, rotation=0, ha="right", va="center")
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs/costs"))
