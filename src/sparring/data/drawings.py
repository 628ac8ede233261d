"""Drawings in SVG, drawn at whatever size is asked for, alone or paired with their outlines."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat
from zipfile import ZipFile

from PIL import Image

from sparring.data import picture
from sparring.data.listing import Labels, Listing, shown, stamp
from sparring.data.members import DAMAGED, open_sound
from sparring.data.picture import BadPictureError, Header
from sparring.data.pixels import Limits

__all__ = ["Drawings", "read_drawings"]

_OTHERS = re.compile(rb"<!ENTITY|<([\w.-]+:)?(image|feImage)\b")
"""What has another file opened by its name: pictures in a drawing, and entities, in which they can hide."""


_LARGEST, _DEEPEST = 2**20, 50
"""Bytes of a drawing, and elements in each other: what draws them dies of more."""

_NAMES = re.compile(rb"#[\w.-]+|\b(id|class)\s*=\s*(\"[^\"]*\"|'[^']*')")
_HUGE = re.compile(rb"(?<![\d.])\d{7}|\d[eE]\+?\d\d")
"""Colours and names, in which there may be digits; numbers that no drawing needs, and that what draws them dies of."""

_ENDLESS = {"feTurbulence"}
"""Elements that may take hours."""


@dataclass(frozen=True, kw_only=True)
class Drawings(Listing):
    """Members `looks[0]/NAME.svg` of a zip, paired with `looks[1]/NAME.svg` if there are two looks."""

    archive: ZipFile
    looks: Sequence[str]
    size: tuple[int, int]

    def within(self, limits: Limits | None) -> Listing:
        """Drawings have colours, and no values."""
        if limits is not None:
            raise ValueError(f"{shown(self.path)!r} holds drawings, whose black and white are clear: leave out --range")
        return self

    def header(self, i: int) -> Header:
        """The same for all but for the digest."""
        content = b"".join(self._svg(look, i) for look in self.looks)
        return Header("RGBA", self.size, alpha=True, digest=hashlib.sha256(content).hexdigest())

    def image(self, i: int, size: tuple[int, int]) -> Image.Image:
        """Draws."""
        return _drawn(self._svg(self.looks[0], i), size)

    def partner(self, i: int, size: tuple[int, int]) -> Image.Image | None:
        """Draws the other look."""
        return _drawn(self._svg(self.looks[1], i), size) if len(self.looks) > 1 else None

    def _svg(self, look: str, i: int) -> bytes:
        try:
            return self.archive.read(f"{look}/{self.names[i]}.svg")
        except KeyError:
            raise BadPictureError("not in the archive") from None
        except DAMAGED as error:
            raise BadPictureError("damaged in the archive") from error


def read_drawings(
    path: Path, captions: Sequence[tuple[str, str]], looks: Sequence[str], size: tuple[int, int]
) -> Drawings:
    """The drawings of these names, with captions.

    Args:
        path: The zip.
        captions: Pairs of a name and a caption.
        looks: Folders in the zip: of the pictures, and of what they are paired with.
        size: Height and width at which they were drawn, unless another is asked for.

    Raises:
        ValueError: What draws them is not installed.
    """
    try:
        import resvg_py  # noqa: F401 - better now than at the first drawing
    except ImportError as error:
        raise ValueError("these drawings need resvg-py: pip install 'sparring[data]'") from error
    return Drawings(
        path=path,
        kind="drawings, paired with their outlines" if len(looks) > 1 else "drawings",
        names=[name for name, _ in captions],
        stamp=stamp([path]),
        labels=Labels(captions=[caption for _, caption in captions]),
        archive=open_sound(path),
        looks=looks,
        size=size,
    )


def _check(svg: bytes) -> None:
    """Raises BadPictureError if a drawing shows another file, or would take too much time or memory."""
    wrong = {
        f"of over {_LARGEST >> 20} MB": len(svg) > _LARGEST,
        "that shows another file": _OTHERS.search(svg),
        "with a number of seven digits or more": _HUGE.search(_NAMES.sub(b"", svg)),
    }
    for what in filter(wrong.get, wrong):
        raise BadPictureError(f"a drawing {what}")
    parser, depth = expat.ParserCreate(), 0

    def begin(name: str, _: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise BadPictureError(f"a drawing of more than {_DEEPEST} elements in each other")
        if name.rpartition(":")[2] in _ENDLESS:
            raise BadPictureError(f"a drawing with {name}, which may take hours")

    def end(_: object) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(svg, True)
    except expat.ExpatError as error:
        raise BadPictureError("a drawing that cannot be drawn") from error


def _drawn(svg: bytes, size: tuple[int, int]) -> Image.Image:
    import resvg_py

    _check(svg)
    side = max(size)  # they are square; cropped or padded to another shape they are made smaller, never larger
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg.decode(), width=side, height=side, skip_system_fonts=True)
    except BaseException as error:
        if isinstance(error, ValueError) or type(error).__name__ == "PanicException":  # of Rust: no Exception
            raise BadPictureError("a drawing that cannot be drawn") from error
        raise
    return picture.decode(bytes(png)).convert("RGBA")
