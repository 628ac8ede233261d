"""Draws docs/images/augmentation.png: what each augmentation does to the same ten pictures.

Usage: python tools/draw_augmentation.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from torch import Tensor

from sparring import Key
from sparring.data.embedded import fashion_mnist
from sparring.layers.adaptive import Adaptive
from sparring.layers.diff_augment import DIFF_AUGMENT, Colour, Cutout, Translation
from sparring.looks.plots import plotted, render
from sparring.penalties import Transform

OUT = Path(__file__).parents[1] / "docs" / "images" / "augmentation.png"
N, GAP = 10, 2
ROWS: dict[str, tuple[Transform, ...]] = {
    "pictures": (),
    "colour": (Colour(),),
    "translation": (Translation(),),
    "cutout": (Cutout(),),
    "diff: all three": DIFF_AUGMENT,
    "ada, p = 0.2": (Adaptive(p=0.2),),
    "ada, p = 0.8": (Adaptive(p=0.8),),
}


def row(x: Tensor) -> np.ndarray:
    """Pictures [n, 1, H, W] in [-1, 1] beside one another, on white."""
    bytes_ = ((x[:, 0].clamp(-1, 1) + 1) * 127.5).round().byte().numpy()
    padded = np.pad(bytes_, ((0, 0), (0, 0), (0, GAP)), constant_values=255)
    return np.concatenate([*padded], axis=1)[:, :-GAP]


@plotted
def main() -> None:
    first = fashion_mnist("held_out")
    pictures = first.examples()[[int((first.y == label).nonzero()[0]) for label in range(N)]]
    figure = Figure(figsize=(7.6, 5), dpi=110, layout="constrained", facecolor="white")
    for axes, (name, transforms) in zip(figure.subplots(len(ROWS), 1), ROWS.items(), strict=True):
        x = pictures
        for number, transform in enumerate(transforms):
            x = transform(x, Key(0).rows(N), f"{number}")
        axes.imshow(row(x), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set(xticks=[], yticks=[], frame_on=False)
        axes.set_ylabel(name, rotation=0, ha="right", va="center")
        axes.grid(visible=False)
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main()
