"""Rows: single pictures on their way into the cache, and running figures of what went into it."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from sparring.data.listing import Listing
from sparring.data.picture import Target, fit
from sparring.data.pixels import Limits, Values

__all__ = ["Row", "Writer", "row"]


@dataclass(frozen=True)
class Row:
    """One picture as it goes to the cache, and what the report wants to know of it."""

    pixels: NDArray[np.uint8]
    partner: NDArray[np.uint8] | None
    thumbnail: NDArray[np.uint8]
    digest: bytes
    values: Values | None


def row(found: Listing, i: int, target: Target) -> Row:
    """Decodes picture `i` of a listing to the shape of the target; raises BadPictureError."""
    image, partner = found.image(i, target.size), found.partner(i, target.size)
    pixels = fit(image, target)
    return Row(
        pixels,
        None if partner is None else fit(partner, target),
        fit(image, dataclasses.replace(target, mode="L", size=(16, 16))).reshape(-1),
        hashlib.blake2b(pixels.data, digest_size=16).digest(),
        Values.of(image),
    )


class Writer:
    """The files of an entry while they are written, and running figures of what went into them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, BinaryIO] = {}
        self.kept: list[int] = []
        self.thumbnails: list[NDArray[np.uint8]] = []
        self.digests: list[bytes] = []
        self.low, self.high, self.mean, self.coloured = 255, 0, 0.0, False
        self.values: dict[Limits, Values] = {}
        self.sha256 = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self.files.values():
            file.close()

    def add(self, i: int, row: Row) -> None:
        """Appends picture `i`."""
        self._append("pictures", row.pixels)
        if row.partner is not None:
            self._append("partners", row.partner)
        self.kept.append(i)
        self.thumbnails.append(row.thumbnail)
        self.digests.append(row.digest)
        self.low, self.high = min(self.low, int(row.pixels.min())), max(self.high, int(row.pixels.max()))
        self.mean += (float(row.pixels.mean()) - self.mean) / len(self.kept)
        if row.values:
            self.values[row.values.limits] = row.values | self.values.get(row.values.limits)
        self.coloured |= len(row.pixels) >= 3 and bool((row.pixels[:2] != row.pixels[1:3]).any())

    def _append(self, part: str, pixels: NDArray[np.uint8]) -> None:
        if part not in self.files:
            self.files[part] = self.folder.joinpath(f"{part}.bin").open("wb")
        self.files[part].write(pixels.data)
        self.sha256.update(pixels.data)
