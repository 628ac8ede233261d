"""What is done to pictures so that all are of one shape."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

__all__ = ["Preparation"]

T = TypeVar("T", int, float)

_MOST = 4096 * 4096
_FITS, _COLOURS = ("crop", "pad"), ("auto", "grey", "colour")
_EXPECTED = {"size": "whole numbers: a side, or (height, width)", "range": "numbers: (black, white)"}


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How pictures are made alike.

    Raises:
        TypeError: A value is of another type. In Python a single side may be an int.
        ValueError: A value makes no sense.
    """

    size: tuple[int, ...] | None = None
    """Side of a square, or height and width. Unset: the pictures' own size if all agree, up to 128; else 64."""
    fit: Literal["crop", "pad"] = "crop"
    """How to fit other shapes before resizing. crop: keep the middle. pad: add the colour of --alpha."""
    colour: Literal["auto", "grey", "colour"] = "auto"
    """grey: one channel. colour: three channels. auto: one if all pictures are stored in grey."""
    alpha: str = "white"
    """Colour behind transparent pictures, such as white, black or #8090a0. keep: alpha becomes a channel."""
    labels: str = "auto"
    """auto: from class folders, a table beside the pictures or the file. none: no labels. Or the path of a table."""
    range: tuple[float, ...] | None = None
    """Values that are black and white, such as 0 4095. Unset: those of the type, such as 0 65535 of 16 bits."""

    def __post_init__(self) -> None:
        if self.size is not None:
            object.__setattr__(self, "size", _both(_numbers("size", self.size, int)))
        if self.range is not None:
            object.__setattr__(self, "range", _limits(_numbers("range", self.range, float)))
        self._check_words()
        if self.alpha != "keep":
            self.background()
        if self.labels not in {"auto", "none"}:  # so that a run finds its table from any folder
            object.__setattr__(self, "labels", str(Path(self.labels).absolute()))

    def _check_words(self) -> None:
        """Refuses what the types forbid, since Python takes it."""
        for name, kinds in (("fit", _FITS), ("colour", _COLOURS)):
            if getattr(self, name) not in kinds:
                raise ValueError(f"--{name} is {getattr(self, name)!r}; expected one of {', '.join(kinds)}")
        for name in ("alpha", "labels"):
            if not isinstance(value := getattr(self, name), str | Path):
                raise TypeError(f"{name} is {value!r}; expected words, such as {getattr(Preparation, name)!r}")

    @property
    def limits(self) -> tuple[float, float] | None:
        """The values that are black and white."""
        return None if self.range is None else (self.range[0], self.range[1])

    def background(self) -> tuple[int, int, int]:
        """Red, green and blue of the colour behind and around pictures; black where alpha is kept."""
        from PIL import ImageColor

        try:
            return ImageColor.getrgb("black" if self.alpha == "keep" else self.alpha)[:3]
        except ValueError:
            raise ValueError(
                f"--alpha is {self.alpha!r}; expected keep, or a colour such as white, black or #8090a0"
            ) from None


def _numbers(name: str, given: Any, make: type[T]) -> tuple[T, ...]:
    """The numbers that somebody gave, perhaps as a list, or one alone."""
    try:
        found = tuple(map(make, given if isinstance(given, Iterable) and not isinstance(given, str) else [given]))
        same = found == tuple(given if isinstance(given, Iterable) else [given])
    except (TypeError, ValueError, OverflowError):
        same = False
    if not same:
        raise TypeError(f"{name} is {given!r}; expected {_EXPECTED[name]}")
    return found


def _limits(ends: tuple[float, ...]) -> tuple[float, ...]:
    """Black and white as floats."""
    if len(ends) != 2 or not all(map(math.isfinite, ends)) or ends[0] >= ends[1]:
        words = " ".join(f"{end:g}" for end in ends)
        raise ValueError(f"--range is {words}; expected the values of black and of white, as in --range 0 4095")
    return tuple(map(float, ends))


def _both(size: tuple[int, ...]) -> tuple[int, int]:
    """Height and width, from these or from the side of a square."""
    both = (size[0], size[-1]) if len(size) in {1, 2} else (0, 0)
    if min(both) < 1 or math.prod(both) > _MOST:
        words = " ".join(map(str, size))
        raise ValueError(
            f"--size is {words}; expected --size 64, or a height and a width: --size 48 64, of at most {_MOST:,} pixels"
        )
    return both
