"""Pictures that are to be had at a path: what every reader gives, before anything is decoded."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sparring.data import picture
from sparring.data.memory import reserved
from sparring.data.picture import Header
from sparring.data.pixels import Limits, Values, scaled
from sparring.machine.words import shown

__all__ = ["NUMBER", "Arrays", "Encoded", "Labels", "Listing", "numbered", "shown", "stamp"]


NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")
"""A number as a table may have it."""


def stamp(files: Iterable[str | Path]) -> str:
    """A digest of names, sizes and times: as long as it stays, nobody has written to the files."""
    digest = hashlib.sha256()
    for file in files:
        stat = os.stat(file)  # noqa: PTH116 - names, not paths, where there are a hundred thousand
        facts = (str(file), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
        digest.update(repr(facts).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _order(name: str) -> tuple[int, float, str]:
    """Numbers first."""
    return (0, float(name.replace(",", ".")), name) if NUMBER.fullmatch(name) else (1, 0.0, name)


@dataclass(frozen=True)
class Labels:
    """What is known of each picture besides its pixels.

    Attributes:
        y: The index into `classes`, a picture each; empty without labels.
        classes: Their names.
        captions: A text a picture; empty without.
        notes: What was decided of them, or looks odd.
    """

    y: Sequence[int] = ()
    classes: Sequence[str] = ()
    captions: Sequence[str] = ()
    notes: Sequence[str] = ()

    @staticmethod
    def of(values: Sequence[str]) -> tuple[list[int], list[str]]:
        """Indices and names of classes: numbers in their order, other names in alphabetical order.

        Accents are composed, so that names from macOS are those of Windows and Linux.
        """
        values = [unicodedata.normalize("NFC", value) for value in values]
        names = sorted(set(values), key=_order)
        index = {name: i for i, name in enumerate(names)}
        return [index[value] for value in values], names


@dataclass(frozen=True, kw_only=True)
class Listing(ABC):
    """Pictures at a path.

    Attributes:
        path: Where.
        kind: What is there, in words.
        names: What each picture is called.
        stamp: Changes when a file does.
        labels: Labels and captions.
        skipped: Names of pictures that were passed over, by reason.
        ignored: Names of what is no picture, by reason.
        notes: What a reader decided by itself.
        fresh: Makes others like them, as `InMemory` has it.
        limits: The values that are black and white, where somebody said them.
    """

    path: Path
    kind: str
    names: Sequence[str]
    stamp: str
    labels: Labels = Labels()
    skipped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ignored: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    fresh: Callable[[], Any] | None = None
    limits: Limits | None = None

    def within(self, limits: Limits | None) -> Listing:
        """The same pictures, of which these values are black and white, unset those of the type.

        Raises:
            ValueError: The type has none, or the pictures have no values.
        """
        return dataclasses.replace(self, limits=limits)

    @abstractmethod
    def header(self, i: int) -> Header:
        """What picture `i` is like; raises BadPictureError."""

    @abstractmethod
    def image(self, i: int, size: tuple[int, int]) -> Image.Image:
        """Picture `i` in mode L, LA, RGB or RGBA; drawings are drawn at `size`. Raises BadPictureError."""

    def partner(self, i: int, size: tuple[int, int]) -> Image.Image | None:
        """What picture `i` is paired with, if anything."""
        return None


@dataclass(frozen=True, kw_only=True)
class Encoded(Listing):
    """Files of pictures, in a folder or an archive. Subclasses say how their bytes are read.

    Attributes:
        looked: The stamp of all files that were looked at for drawings.
    """

    looked: str

    @abstractmethod
    def length(self, i: int) -> int:
        """How many bytes `content` takes."""

    @abstractmethod
    def content(self, i: int) -> bytes:
        """The bytes of picture `i`."""

    def header(self, i: int) -> Header:
        """Reads the whole picture, for its digest, and looks at its beginning."""
        with reserved(self.length(i)):
            return picture.header(self.content(i), self.names[i], self.limits)

    def image(self, i: int, size: tuple[int, int]) -> Image.Image:
        """Decodes."""
        return picture.decode(self.content(i), self.limits, max(size))


@dataclass(frozen=True, kw_only=True)
class Arrays(Listing):
    """Pictures in one array [N, H, W, C] with C of 1, 3 or 4, which may be mapped from a file.

    Attributes:
        pixels: The array.
        known: The values that are black and white by the type.
        unclear: What to say if nobody says them, where the type has none.
    """

    pixels: NDArray[Any]
    known: Limits = (0.0, 255.0)
    unclear: str = ""

    def within(self, limits: Limits | None) -> Listing:
        """The same pictures; what was noted of their values goes when somebody says them."""
        if limits is None and self.unclear:
            raise ValueError(self.unclear)
        return dataclasses.replace(self, limits=limits, notes=() if limits else self.notes)

    def header(self, i: int) -> Header:
        """The same for all but for the digest."""
        _, height, width, channels = self.pixels.shape
        # The same bytes may be pictures of another shape or type.
        digest = hashlib.sha256(repr((self.pixels.shape[1:], self.pixels.dtype.str)).encode())
        digest.update(np.ascontiguousarray(self.pixels[i]).data)
        mode, memory = {1: "L", 3: "RGB", 4: "RGBA"}[channels], self.pixels[i].nbytes + 5 * height * width
        return Header(mode, (height, width), channels == 4, digest.hexdigest(), memory=memory)

    def image(self, i: int, size: tuple[int, int]) -> Image.Image:
        """Picture `i`, its values scaled to bytes."""
        pixels = np.ascontiguousarray(self.pixels[i])
        limits = self.limits or self.known
        values = Values(pixels[..., :3].min().item(), pixels[..., :3].max().item(), *limits)
        if limits != (0, 255) or pixels.dtype != np.uint8:
            pixels = scaled(pixels, limits)
        return values.put(Image.fromarray(pixels.squeeze(2) if pixels.shape[2] == 1 else pixels))


def numbered(count: int) -> list[str]:
    """Names of the pictures of an array: `#0`, `#1` ..."""
    return [f"#{i}" for i in range(count)]
