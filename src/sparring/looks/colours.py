"""Colours with a meaning each, the same in plots and in pages, on white and on black.

They are told apart by people who do not see red or green, and text in each of them is read on its background: after
the palette of Okabe and Ito (2008, https://jfly.uni-koeln.de/color/), darker for text on white, lighter for black.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["COLOURS", "NIGHT", "SERIES", "Colour", "contrast"]


@dataclass(frozen=True)
class Colour:
    """A colour that means something.

    Attributes:
        light: On white, which is how plots are drawn and pages printed: #rrggbb.
        dark: In a page of dark mode.
    """

    light: str
    dark: str


COLOURS: Mapping[str, Colour] = {
    "paper": Colour("#ffffff", "#16181d"),
    "shade": Colour("#f1f1f1", "#25282f"),
    "line": Colour("#cccccc", "#4d525c"),
    "ink": Colour("#1a1a1a", "#ececec"),
    "quiet": Colour("#575757", "#b8b8b8"),
    "real": Colour("#b34700", "#ffb066"),
    "generated": Colour("#0067a5", "#7cc4ff"),
    "discriminator": Colour("#00755a", "#7fe3c4"),
    "generator": Colour("#8a3a86", "#d07fd8"),
}
"""`paper` is behind everything, `shade` behind buttons, `line` between things; `ink` and `quiet` are of text."""

SERIES = ("#0072b2", "#d55e00", "#1a1a1a", "#009e73", "#c46a9c")
"""Of lines that have no colour of their own, such as those of runs that are compared, in this order."""

NIGHT: Mapping[str, str] = {
    **{colour.light: colour.dark for colour in COLOURS.values()},
    **dict(zip(SERIES, ("#3f9fe0", "#ff8f4a", "#ececec", "#3fd0a4", "#f0b0d8"), strict=True)),
    "#8c8c8c": "#7d828c",
    "#e3e3e3": "#33373f",
}
"""What each colour of a plot on white is on black; the last two are those of axes and grids."""


def contrast(one: str, other: str) -> float:
    """How well one colour is read on the other, 1 to 21: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.

    Example:
        >>> contrast("#ffffff", "#000000")
        21.0
    """
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
