"""Plots: fonts, lines and colours of every picture with text in it, on white, with dark text."""

from __future__ import annotations

import functools
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from sparring.looks.colours import COLOURS, SERIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["INK", "QUIET", "captioned", "colours", "font", "plotted", "render"]

P = ParamSpec("P")
R = TypeVar("R")

INK, QUIET = COLOURS["ink"].light, COLOURS["quiet"].light
"""Of text, and of text that matters less."""

_LINE = COLOURS["line"].light

_MEANT = ("real", "generated", "discriminator", "generator")

STYLE: Mapping[str, Any] = {
    "figure.facecolor": "white",
    "figure.constrained_layout.w_pad": 0.08,
    "figure.constrained_layout.h_pad": 0.08,
    "font.family": "DejaVu Sans",  # it comes with matplotlib
    "font.size": 9.5,
    "text.color": INK,
    "text.parse_math": False,  # a name with two dollar signs is a name
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": "#8c8c8c",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "grid.color": "#e3e3e3",
    "grid.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
}
"""What matplotlib is told while a plot is made."""


def plotted(draw: Callable[P, R]) -> Callable[P, R]:
    """The function, whose matplotlib figures are made in the style of all plots, whatever style the user has set."""

    @functools.wraps(draw)
    def styled(*args: P.args, **kwargs: P.kwargs) -> R:
        from matplotlib import rc_context, rcParamsDefault

        known: dict[Any, Any] = {key: rcParamsDefault[key] for key in rcParamsDefault if not key.startswith("backend")}
        with rc_context(known | dict(STYLE)):
            return draw(*args, **kwargs)

    return styled


def render(figure: Figure) -> Image.Image:
    """A matplotlib figure as a picture. A sign that the font lacks is a box, not a warning."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        canvas.draw()  # type: ignore[no-untyped-call]
    return Image.fromarray(
        np.asarray(canvas.buffer_rgba()).copy()  # type: ignore[no-untyped-call]
    ).convert("RGB")


def font(size: float, style: str = "Sans") -> ImageFont.FreeTypeFont:
    """The font of all plots for pictures that Pillow draws.

    Args:
        size: Of the letters, in pixels.
        style: Sans, Sans-Bold or SansMono.
    """
    from matplotlib import get_data_path

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / f"DejaVu{style}.ttf"), size)


def captioned(image: Image.Image, words: str, size: int = 15) -> Image.Image:
    """The picture below a line of words, on white, wide enough for both; its own pixels stay as they are."""
    letters, high = font(size, "Sans-Bold"), round(1.9 * size)
    width = max(image.width, round(letters.getlength(words)) + 8)
    made = Image.new("RGB", (width, image.height + high), "white")
    ImageDraw.Draw(made).text((4, high // 2), words, INK, letters, anchor="lm")
    made.paste(image, (0, high), image if image.mode == "RGBA" else None)
    return made


def colours(names: Sequence[str]) -> list[str]:
    """A colour for each name: its own if it alone has a word that means one, else the next that means nothing.

    Example:
        >>> colours(["real", "R2, generated"])
        ['#b34700', '#0067a5']
    """
    words = [next((word for word in _MEANT if word in re.findall(r"\w+", name)), "") for name in names]
    others = [i for i, word in enumerate(words) if not word or words.count(word) > 1]
    if len(names) == 1 and others:
        return [INK]
    free = dict(zip(others, _series(len(others)), strict=True))
    return [free[i] if i in free else COLOURS[word].light for i, word in enumerate(words)]


def _series(count: int) -> list[str]:
    """As many different colours, for more than there are an even walk from dark to light."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    if count <= len(SERIES):
        return list(SERIES[:count])
    return [to_hex(colour) for colour in colormaps["viridis"](np.linspace(0, 0.85, count))]
