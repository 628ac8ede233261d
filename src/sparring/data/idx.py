"""Files in the idx format of MNIST (LeCun et al. 1998, http://yann.lecun.com/exdb/mnist/), gzipped or not."""

from __future__ import annotations

import dataclasses
import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sparring.data.arrays import of_array
from sparring.data.listing import Arrays, shown, stamp

__all__ = ["find_idx", "read_idx"]

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_LARGEST, _RATIO, _PART = 2**28, 200, 2**20
"""A header that claims more bytes than that, and than so many times the file's, is taken for damaged."""


def find_idx(folder: Path) -> Path | None:
    """The idx file of pictures in a folder, the training part if there are several; None if there is none."""
    files = sorted(file for file in folder.glob("*images*idx3-ubyte*") if file.is_file())
    return next((file for file in files if "train" in file.name), files[0] if files else None)


def read_idx(path: Path, labels: str = "auto") -> Arrays:
    """Pictures of an idx file, with the labels of the file beside it that is named like it.

    Raises:
        ValueError: A file is not in the format, or the labels do not match.
    """
    pixels = _read(path, 3)
    beside = _labels_beside(path) if labels == "auto" else None
    y = _read(beside, 1) if beside else None
    if beside and y is not None and len(y) != len(pixels):
        raise ValueError(
            f"{shown(beside)!r} holds {len(y)} labels, {shown(path)!r} {len(pixels)} pictures; expected the same "
            "number. Restore the files, or train with --labels none"
        )
    if beside and y is not None and y.dtype.kind == "f":
        raise ValueError(
            f"{shown(beside)!r} holds {y.dtype.name} labels; expected whole numbers: convert them, or train with "
            "--labels none"
        )
    listing = of_array(path, path.name, pixels, y)
    return dataclasses.replace(
        listing, kind=f"idx file {path.name}", stamp=stamp([path, *([beside] if beside else [])])
    )


def _labels_beside(path: Path) -> Path | None:
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    plain = name.removesuffix(".gz")
    found = (path.with_name(other) for other in (name, plain, plain + ".gz") if other != path.name)
    return next((file for file in found if file.is_file()), None)


def _read(path: Path, rank: int) -> NDArray[Any]:
    """The array of `rank` dimensions in an idx file; no more is unpacked than its header says."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            head = file.read(4 + 4 * rank)
            kind, shape = _parse(path, head, rank)
            size = math.prod(shape) * kind.itemsize
            content = bytearray()
            while part := file.read(min(_PART, size + 1 - len(content))):  # never all that a header claims
                content += part
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{shown(path)!r} is damaged ({error}): download it again") from error
    if len(content) != size:
        got = f"{len(content):,}" if len(content) < size else "more"
        raise ValueError(
            f"{shown(path)!r} should hold {size:,} bytes of {'x'.join(map(str, shape))} values by its header, but "
            f"holds {got}: download it again"
        )
    return np.frombuffer(content, kind).reshape(shape)


def _parse(path: Path, head: bytes, rank: int) -> tuple[np.dtype[Any], tuple[int, ...]]:
    if len(head) < 4 + 4 * rank or head[:2] != b"\0\0" or head[2] not in _TYPES or head[3] != rank:
        raise ValueError(
            f"{shown(path)!r} begins with {head[:4].hex(' ') or 'nothing'}; expected 00 00, a type such as 08 and "
            f"{rank:02} dimensions. It is damaged or not an idx file of {'pictures' if rank == 3 else 'labels'}"
        )
    kind, shape = np.dtype(_TYPES[head[2]]), tuple(int(n) for n in np.frombuffer(head[4:], ">u4"))
    if math.prod(shape) * kind.itemsize > max(_LARGEST, _RATIO * path.stat().st_size):
        raise ValueError(
            f"{shown(path)!r} claims {'x'.join(map(str, shape))} values: its header is damaged. Download it again"
        )
    return kind, shape
