"""Pictures for people: grids, scatter plots, lines of text, curves, time-lapses."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "MARK", "beside", "curves", "encode", "from_bytes", "grid", "render", "scatter", "text", "timelapse", "to_bytes",
]  # fmt: skip

MARK = "sparring sheet, no example to train on"
"""What is written into a drawing of many examples, so that a folder it lies in is read without it."""

_GAP = 2

Lines = Sequence[Mapping[str, float]]
"""The lines of a run's log, as `sparring.runs.files.read_log` gives them."""


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
    rows = math.ceil(n / columns)
    cells = to_bytes(x if channels in (1, 3, 4) else x[:, :1]).permute(0, 2, 3, 1).numpy()
    scale = max(1, round(64 / max(height, width)))
    sheet = np.full((rows * (height + _GAP) + _GAP, columns * (width + _GAP) + _GAP, cells.shape[3]), 255, np.uint8)
    for i, cell in enumerate(cells):
        top, left = (i // columns) * (height + _GAP) + _GAP, (i % columns) * (width + _GAP) + _GAP
        sheet[top : top + height, left : left + width] = cell
    image = Image.fromarray(sheet.squeeze(2) if sheet.shape[2] == 1 else sheet)
    return image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)


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
        for name, set_of_points in points.items():
            x, y = set_of_points[:, [across, up]].double().T.numpy()
            if across == up:
                axes.hist(x, bins=50, range=limits, alpha=0.4, label=name)
            else:
                axes.scatter(x, y, s=4, alpha=0.4, label=name)
        if limits and across != up:
            axes.set(xlim=limits, ylim=limits, aspect="equal")
        if len(pairs) > 1:
            axes.set(xlabel=f"coordinate {across + 1}", ylabel=f"coordinate {up + 1}")
        axes.legend(loc="upper right")
    return render(figure)


def beside(pictures: Mapping[str, Image.Image]) -> Image.Image:
    """Pictures side by side under their names; one alone is as it is."""
    from matplotlib.figure import Figure

    if len(pictures) == 1:
        return next(iter(pictures.values()))
    width = sum(image.width for image in pictures.values())
    height = max(image.height for image in pictures.values())
    figure = Figure(figsize=(width / 100, height / 100 + 0.4), dpi=100, layout="constrained", facecolor="white")
    for axes, (name, image) in zip(figure.subplots(1, len(pictures), squeeze=False)[0], pictures.items(), strict=True):
        axes.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        axes.set_title(name)
        axes.axis("off")
    return render(figure)


def text(columns: Mapping[str, Sequence[str]], size: int = 15, widest: int = 60) -> Image.Image:
    """Lines of text in columns under their names, in letters of equal width.

    Args:
        columns: The lines; one column alone has no name above it.
        size: Of the letters, in pixels.
        widest: Letters of a line, which is cut off there.
    """
    from matplotlib import get_data_path

    font = ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSansMono.ttf"), size)
    cut = {name: [line if len(line) <= widest else f"{line[: widest - 1]}…" for line in lines]
           for name, lines in columns.items()}  # fmt: skip
    heads = {name: ([name, ""] if len(columns) > 1 else []) for name in columns}
    wide, high = font.getlength("m"), round(1.35 * size)
    widths = [wide * (2 + max(1, *map(len, [*heads[name], *lines]))) for name, lines in cut.items()]
    rows = max(len(heads[name]) + len(lines) for name, lines in cut.items())
    image = Image.new("RGB", (math.ceil(sum(widths)), high * (rows + 1)), "white")
    pen, left = ImageDraw.Draw(image), wide
    for (name, lines), width in zip(cut.items(), widths, strict=True):
        for row, line in enumerate([*heads[name], *lines]):
            pen.text((left, high * (row + 0.5)), line, "black", font)
        left += width
    return image


def curves(log: Lines | Mapping[str, Lines], x: str = "round") -> Image.Image:
    """The lines of a run's log, one panel for each term: thin as logged, thick as a running mean.

    Args:
        log: A log, or several by the names of their runs: a colour for each, and every term that any of them has.
        x: What they are drawn over: round, images or seconds.

    Raises:
        ValueError: There is nothing in them.
    """
    from matplotlib.figure import Figure

    logs = log if isinstance(log, Mapping) else {"": log}
    every = [line for lines in logs.values() for line in lines if x in line]
    names = list(dict.fromkeys(name for line in every for name in line if "/" in name))
    if not names:
        raise ValueError("the log is empty: there is nothing to plot; train for some rounds first")
    columns = math.ceil(math.sqrt(len(names)))
    rows = math.ceil(len(names) / columns)
    figure = Figure(figsize=(4 * columns, 2.6 * rows), dpi=100, layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).flatten()
    for panel, name in zip(panels, names, strict=False):
        for lines, colour in zip(logs.values(), _colours(len(logs)), strict=True):
            _curve(panel, [(line[x], line[name]) for line in lines if name in line and x in line], colour)
        panel.set(title=name, xlabel=x)
        panel.grid(alpha=0.3)
    for panel in panels[len(names) :]:
        panel.axis("off")
    if len(logs) > 1:
        _legend(figure, list(logs))
    return render(figure)


def _curve(panel: Axes, points: Sequence[tuple[float, float]], colour: Any) -> None:
    if not points:
        return  # a term of other runs
    places, values = zip(*points, strict=True)
    window = max(1, len(values) // 25)
    smooth = np.convolve(values, np.ones(window) / window, mode="valid")
    panel.plot(places, values, linewidth=0.5, alpha=0.5, color=colour)
    panel.plot(places[window - 1 :], smooth, linewidth=1.8, color=colour)


def _colours(count: int) -> Sequence[Any]:
    """As many different colours: matplotlib's own ten, or for more an even walk through the rainbow."""
    from matplotlib import colormaps

    return [f"C{i}" for i in range(count)] if count <= 10 else list(colormaps["turbo"](np.linspace(0, 1, count)))


def _legend(figure: Figure, names: Sequence[str]) -> None:
    """One legend for all panels, below them, its columns as wide as the longest name."""
    from matplotlib.lines import Line2D

    keys = [Line2D([], [], color=colour, linewidth=1.8) for colour in _colours(len(names))]
    across = max(1, int(12 * figure.get_figwidth() / (max(map(len, names)) + 6)))
    escaped = [name.replace("$", r"\$") for name in names]  # between two of them matplotlib would see a formula
    figure.legend(keys, escaped, loc="outside lower center", ncols=min(across, len(names)))


def timelapse(frames: Sequence[Path], *, milliseconds: int = 120, hold: int = 2000) -> bytes:
    """Pictures as an animated GIF, smaller ones on white; the last one is held.

    Raises:
        ValueError: There are no pictures.
    """
    if not frames:
        raise ValueError("no pictures were drawn during training: there is no time-lapse to make")
    opened = [Image.open(path) for path in frames]
    size = max(image.width for image in opened), max(image.height for image in opened)
    images = [_padded(image, size).convert("P", palette=Image.Palette.ADAPTIVE, colors=64) for image in opened]
    times = [milliseconds] * (len(images) - 1) + [hold]
    buffer = io.BytesIO()
    film = {"save_all": True, "append_images": images[1:], "duration": times, "loop": 0}
    images[0].save(buffer, "GIF", optimize=True, comment=MARK, **film)
    return buffer.getvalue()


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


def render(figure: Figure) -> Image.Image:
    """A matplotlib figure as a picture."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return Image.fromarray(
        np.asarray(canvas.buffer_rgba()).copy()  # type: ignore[no-untyped-call]
    ).convert("RGB")
