"""What is done to pictures so that all are of one shape."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

__all__ = ["Preparation"]

_MOST = 4096 * 4096


@dataclass(frozen=True, kw_only=True)
class Preparation:
    """How pictures are made alike.

    Raises:
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

    def __post_init__(self) -> None:
        if self.size is not None:
            object.__setattr__(self, "size", _both(self.size))
        if self.alpha != "keep":
            self.background()
        if self.labels not in {"auto", "none"}:  # so that a run finds its table from any folder
            object.__setattr__(self, "labels", str(Path(self.labels).absolute()))

    def background(self) -> tuple[int, int, int]:
        """Red, green and blue of the colour behind and around pictures; black where alpha is kept."""
        from PIL import ImageColor

        try:
            return ImageColor.getrgb("black" if self.alpha == "keep" else self.alpha)[:3]
        except ValueError:
            raise ValueError(
                f"--alpha is {self.alpha!r}; expected keep, or a colour such as white, black or #8090a0"
            ) from None


def _both(size: tuple[int, ...]) -> tuple[int, int]:
    """Height and width, from these or from the side of a square."""
    both = (size[0], size[-1]) if len(size) in {1, 2} else (0, 0)
    if min(both) < 1 or math.prod(both) > _MOST:
        words = " ".join(map(str, size))
        raise ValueError(
            f"--size is {words}; expected --size 64, or a height and a width: --size 48 64, of at most {_MOST:,} pixels"
        )
    return both
