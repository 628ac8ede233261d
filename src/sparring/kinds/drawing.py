"""Pictures for people: grids, scatter plots, lines of text, time-lapses."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, PngImagePlugin

from sparring.looks.plots import INK, captioned, colours, font, plotted, render

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["MARK", "beside", "encode", "from_bytes", "grid", "headed", "scatter", "text", "timelapse", "to_bytes"]

MARK = "sparring sheet, no example to train on"
"""What is written into a drawing of many examples, so that a folder it lies in is read without it."""

_GAP, _BETWEEN = 4, 20
"""Pixels between the pictures of a grid, and between grids."""

_HEAD, _LETTERS = 18, (8, 12)
"""Pixels of a line above a grid, and of its letters: at least and at most."""


def to_bytes(x: Tensor) -> Tensor:
    """Pictures in [-1, 1] as bytes 0..255, rounded to the nearest."""
    return x.add(1.0).mul(127.5).round().clamp(0, 255).byte()


def from_bytes(x: Tensor) -> Tensor:
    """Bytes 0..255 as pictures in [-1, 1]; `to_bytes` gives them back."""
    return x.float().div(127.5).sub(1.0)


def grid(x: Tensor, columns: int | None = None) -> Image.Image:
    """Pictures [n, C, H, W] in [-1, 1] row by row, enlarged to at least 64 pixels a side where they are small.

    One channel is grey, three are colour, four colour with alpha; of any other number the first is shown.
    """
    n, channels, height, width = x.shape
    columns = columns or math.ceil(math.sqrt(n))
    rows, scale = math.ceil(n / columns), max(1, round(64 / max(height, width)))
    cells = to_bytes(x if channels in (1, 3, 4) else x[:, :1]).permute(0, 2, 3, 1).numpy()
    cells = cells.repeat(scale, axis=1).repeat(scale, axis=2)
    high, wide = scale * height + _GAP, scale * width + _GAP
    sheet = np.full((rows * high + _GAP, columns * wide + _GAP, cells.shape[3]), 255, np.uint8)
    for i, cell in enumerate(cells):
        top, left = (i // columns) * high + _GAP, (i % columns) * wide + _GAP
        sheet[top : top + scale * height, left : left + scale * width] = cell
    return Image.fromarray(sheet.squeeze(2) if sheet.shape[2] == 1 else sheet)


def headed(image: Image.Image, heads: Sequence[str]) -> Image.Image:
    """A grid below a line with words for each of its columns, in letters that fit or cut off where none do."""
    wide = (image.width - _GAP) / len(heads)
    sizes = (font(size) for size in range(_LETTERS[1], _LETTERS[0] - 1, -1))
    letters = next((f for f in sizes if max(map(f.getlength, heads)) < wide - 1), font(_LETTERS[0]))
    made = Image.new("RGB", (image.width, image.height + _HEAD), "white")
    made.paste(image, (0, _HEAD), image if image.mode == "RGBA" else None)
    for column, head in enumerate(heads):
        words = head
        while len(words) > 1 and letters.getlength(words) > wide - 1:
            words = f"{words[:-2]}…"
        middle = _GAP / 2 + (column + 0.5) * wide
        ImageDraw.Draw(made).text((middle, _HEAD / 2), words, INK, letters, anchor="mm")
    return made


@plotted
def scatter(points: Mapping[str, Tensor], limits: tuple[float, float] | None = None, size: int = 480) -> Image.Image:
    """Sets of points [n, D] by name: one plot of the plane, or each pair of their first three coordinates.

    Args:
        points: The sets; of one coordinate, a histogram is drawn.
        limits: The ends of all axes; as far as the points go without.
        size: Of a plot, in pixels.
    """
    from matplotlib.figure import Figure

    dimensions = next(iter(points.values())).shape[1]
    pairs = list(combinations(range(min(3, dimensions)), 2)) or [(0, 0)]
    figure = Figure(figsize=(len(pairs) * size / 100, size / 100), dpi=100, layout="constrained")
    for axes, (across, up) in zip(figure.subplots(1, len(pairs), squeeze=False)[0], pairs, strict=True):
        sizes = [20.0 if len(points) > 1 else 7.0, *[7.0] * len(points)]  # the first lies below the others
        for (name, set_of_points), colour, dot in zip(points.items(), colours(list(points)), sizes, strict=False):
            x, y = set_of_points[:, [across, up]].double().T.numpy()
            if across == up:
                axes.hist(x, bins=50, range=limits, alpha=0.4, color=colour, label=name)
            else:
                axes.scatter(x, y, s=dot, alpha=0.5, linewidths=0, color=colour, label=name)
        if limits and across != up:
            axes.set(xlim=limits, ylim=limits, aspect="equal")
        if len(pairs) > 1:
            axes.set(xlabel=f"coordinate {across + 1}", ylabel=f"coordinate {up + 1}")
    if len(points) > 1:
        figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=len(points), markerscale=2)
    return render(figure)


def beside(pictures: Mapping[str, Image.Image]) -> Image.Image:
    """Pictures side by side, pixel by pixel, below their names; one alone is as it is."""
    if len(pictures) == 1:
        return next(iter(pictures.values()))
    parts = [captioned(image, f"{name[:1].upper()}{name[1:]}") for name, image in pictures.items()]
    width = sum(part.width for part in parts) + _BETWEEN * (len(parts) - 1)
    made, left = Image.new("RGB", (width, max(part.height for part in parts)), "white"), 0
    for part in parts:
        made.paste(part, (left, 0))
        left += part.width + _BETWEEN
    return made


def text(columns: Mapping[str, Sequence[str]], size: int = 15, widest: int = 60) -> Image.Image:
    """Lines of text in columns under their names, in letters of equal width.

    Args:
        columns: The lines; one column alone has no name above it.
        size: Of the letters, in pixels.
        widest: Letters of a line, which is cut off there.
    """
    letters = font(size, "SansMono")
    cut = {name: [line if len(line) <= widest else f"{line[: widest - 1]}…" for line in lines]
           for name, lines in columns.items()}  # fmt: skip
    wide, high = letters.getlength("m"), round(1.35 * size)
    parts = {}
    for name, lines in cut.items():
        width = math.ceil(wide * (2 + max(1, *map(len, lines), 1)))
        parts[name] = Image.new("RGB", (width, high * (len(lines) + 1)), "white")
        for row, line in enumerate(lines):
            ImageDraw.Draw(parts[name]).text((wide, high * (row + 0.5)), line, INK, letters)
    return beside(parts)


def timelapse(frames: Sequence[Path], *, milliseconds: int = 120, hold: int = 2000) -> bytes:
    """Pictures as an animated GIF, smaller ones on white, below their rounds; the last one is held.

    Args:
        frames: Files. A name that is a number is that of a round.
        milliseconds: For each.
        hold: For the last one.

    Raises:
        ValueError: There are no pictures.
    """
    if not frames:
        raise ValueError("no pictures were drawn during training: there is no time-lapse to make")
    opened = [_dated(Image.open(path), path.stem) for path in frames]
    size = max(image.width for image in opened), max(image.height for image in opened)
    images = [_padded(image, size).convert("P", palette=Image.Palette.ADAPTIVE, colors=64) for image in opened]
    times = [milliseconds] * (len(images) - 1) + [hold]
    buffer = io.BytesIO()
    film = {"save_all": True, "append_images": images[1:], "duration": times, "loop": 0}
    images[0].save(buffer, "GIF", optimize=True, comment=MARK, **film)
    return buffer.getvalue()


def _dated(image: Image.Image, name: str) -> Image.Image:
    """The picture below the number of its round, if it is named by one."""
    return captioned(image, f"Round {int(name):,}") if name.isdecimal() else image


def _padded(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture in the upper left of a white one of that size."""
    if image.size == size:
        return image
    padded = Image.new("RGB", size, "white")
    padded.paste(image)
    return padded


def encode(image: Image.Image, *, sheet: bool = True) -> bytes:
    """The picture as PNG.

    Args:
        image: The picture.
        sheet: It is a drawing for people, not one example alone: it gets `MARK`.
    """
    buffer, about = io.BytesIO(), PngImagePlugin.PngInfo()
    if sheet:
        about.add_text("Software", MARK)
    image.save(buffer, "PNG", optimize=True, pnginfo=about)
    return buffer.getvalue()
