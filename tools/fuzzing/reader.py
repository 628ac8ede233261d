"""Readers: what makes the files of a case, and through which door they are opened."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fuzzing import mutation
from fuzzing.mutation import Touch

__all__ = ["CACHE", "GIVEN", "Files", "Reader", "encoded", "opened", "pixels", "zipped"]

Files = Mapping[str, bytes]

GIVEN, CACHE = "given", "cache"
"""The folders of a case: of what is opened, and of what sparring keeps."""


@dataclass(frozen=True)
class Reader:
    """A reader of foreign files.

    Attributes:
        name: Of it.
        make: The files of a case, by their paths below its folder.
        door: Opens them; given the folder.
        may: Audit events that are right.
    """

    name: str
    make: Callable[[Touch], Files]
    door: Callable[[Path], object]
    may: frozenset[str] = frozenset()


def opened(data: str = GIVEN, **wishes: object) -> Callable[[Path], object]:
    """A door: `open_data` of a path below the folder, and the report on it."""

    def door(folder: Path) -> object:
        from sparring.data import opening, preparation, report

        found = opening.open_data(folder / data, preparation.Preparation(**wishes))  # type: ignore[arg-type]
        return found.x.float().sum().item(), report.lines(found.report) if found.report else []

    return door


def pixels(*shape: int) -> NDArray[np.uint8]:
    """Noise, the same for the same shape."""
    return np.frombuffer(Random(repr(shape)).randbytes(int(np.prod(shape))), np.uint8).reshape(shape)


def encoded(image: Image.Image | NDArray[np.generic], format: str = "PNG", **options: object) -> bytes:
    """A picture as a file."""
    buffer = io.BytesIO()
    made = image if isinstance(image, Image.Image) else Image.fromarray(image)
    made.save(buffer, format, **options)
    return buffer.getvalue()


def zipped(members: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of members, whose names go in as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name.encode("utf-8", "replace").decode()[:60_000] or "x")
            info.filename = info.filename or "x"
            archive.writestr(info, content, method)
    return buffer.getvalue()


def named(touch: Touch, name: str) -> str:
    """A name, perhaps odd."""
    return touch(name.encode(), mutation.name).decode("utf-8", "surrogatepass")
