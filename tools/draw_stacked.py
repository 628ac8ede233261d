"""Draws docs/images/stacked.png: ten samples of each method of `benchmarks/stacked.py`, below ten real pictures.

Usage: python tools/draw_stacked.py [SEED]      (seconds; after `python benchmarks/stacked.py`, where runs/stacked is)

The first samples of seed 1, or of another, as they came, and how many of a thousand modes that run covers.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sparring import open_data
from sparring.looks.plots import INK, plotted, render

ROOT = Path(__file__).parents[1]
OUT, KEPT, RUNS = ROOT / "docs" / "images" / "stacked.png", Path("runs/stacked"), ROOT / "benchmarks" / "stacked"
NAMES = {
    "plain": "plain",
    "packed": "packs of 2",
    "minibatch": "minibatch features",
    "relativistic": "relativistic, R1 + R2",
    "unrolled": "unrolled, 2 steps",
}
SHOWN, GAP = 10, 2


def strip(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The first pictures [n, 3, 28, 28] side by side, with white between them."""
    white = np.full((28, GAP, 3), 255, np.uint8)
    pieces = [part for picture in pictures[:SHOWN] for part in (picture.transpose(1, 2, 0), white)]
    return np.concatenate(pieces[:-1], axis=1)


@plotted
def main(seed: int) -> None:
    rows = {"real": (open_data("stacked-mnist").x[:SHOWN].numpy(), "")}
    for name, title in NAMES.items():
        if (result := RUNS / f"{name}.{seed}.json").exists():
            covered = json.loads(result.read_text(encoding="utf-8"))["found"]["covered"]
            rows[title] = np.load(KEPT / f"{name}.{seed}.npy"), f"{covered} modes"
    figure = Figure(figsize=(8.4, 0.66 * len(rows)), dpi=110)
    figure.subplots_adjust(left=0.21, right=0.88, top=0.99, bottom=0.01, hspace=0.08)
    for axes, (title, (pictures, found)) in zip(figure.subplots(len(rows)), rows.items(), strict=True):
        cells = strip(pictures)
        axes.imshow(cells, interpolation="nearest")
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(False)
        axes.set_ylabel(title, rotation=0, ha="right", va="center", color=INK)
        axes.text(cells.shape[1] + 4, 14, found, va="center", color=INK)
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1)
