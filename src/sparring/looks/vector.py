"""Drawings as SVG: sharp at any size, dark on dark screens, without fonts or anything else that is loaded."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from sparring.looks.colours import NIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["blank", "glossary", "leaving", "logarithmic", "svg"]


def blank(title: str, x: str, y: str, size: tuple[float, float] = (4.6, 3.3)) -> Axes:
    """Empty axes of one panel, to be drawn into. Call it in a `plotted` function.

    Args:
        title: Above them.
        x: What the horizontal axis is.
        y: What the vertical axis is.
        size: Width and height, inches. At this width letters are still read on a phone: for more, make more panels.
    """
    from matplotlib.figure import Figure

    axes = Figure(figsize=size, layout="constrained").subplots()
    axes.set(title=title, xlabel=x, ylabel=y)
    return axes


def logarithmic(axes: Axes, *sides: Literal["x", "y"]) -> None:
    """Makes axes logarithmic, with numbers as people write them. Call it before the limits are set."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    for side in sides:
        axes.set(**{f"{side}scale": "log"})
        axis = axes.xaxis if side == "x" else axes.yaxis
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axis.set_minor_formatter(NullFormatter())


def leaving(axes: Axes, x: Sequence[float], y: Sequence[float], colour: str) -> None:
    """Marks where a curve leaves the axes with an arrowhead: at the top and at the bottom first and last.

    Args:
        axes: With their limits.
        x: Of its points, from left to right.
        y: The same.
        colour: Of the curve.
    """
    for edge, sign, mark in zip(axes.get_ylim(), (-1, 1), "v^", strict=True):
        beyond = [sign * (each - edge) > 0 for each in y]
        crossed = [i for i in range(1, len(y)) if beyond[i] != beyond[i - 1]]
        for i in {*crossed[:1], *crossed[-1:]}:
            share = (edge - y[i - 1]) / (y[i] - y[i - 1])
            axes.plot(x[i - 1] + share * (x[i] - x[i - 1]), edge, mark, color=colour, markersize=6, clip_on=False)


def glossary(title: str, words: Mapping[str, str], size: tuple[float, float]) -> Axes:
    """Words below a title, and below each what it means."""
    axes = blank(title, "", "", size)
    axes.set_axis_off()
    for i, (word, meaning) in enumerate(words.items()):
        axes.text(0, i, word, fontsize=9, fontweight="bold", va="top")
        axes.text(0.03, i + 0.45, meaning, fontsize=9, va="top")
    axes.set(ylim=(len(words), 0))
    return axes


def svg(figure: Figure) -> str:
    """A matplotlib figure as SVG, the same for the same figure. Letters are outlines.

    Every colour that `NIGHT` knows is another one where the page is dark; others stay as they are.
    """
    from matplotlib import rc_context

    file = io.StringIO()
    with rc_context({"svg.fonttype": "path", "svg.hashsalt": "sparring"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(file, format="svg", metadata={"Date": None})
    drawn = re.sub(r"<metadata>.*?</metadata>", "", file.getvalue(), flags=re.DOTALL)
    drawn = drawn[drawn.index("<svg") :]
    used = sorted(NIGHT.keys() & set(re.findall(r"#[0-9a-f]{6}", drawn)))
    for colour in used:
        drawn = drawn.replace(colour, f"var(--{colour[1:]})")
    head, end, rest = drawn.partition(">")
    return head + end + _style(used) + rest


def _style(used: Sequence[str]) -> str:
    light, dark = (" ".join(f"--{colour[1:]}: {to};" for colour, to in zip(used, side, strict=True))
                   for side in (used, [NIGHT[colour] for colour in used]))  # fmt: skip
    return f"<style>svg {{ {light} }} @media screen and (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}</style>"
