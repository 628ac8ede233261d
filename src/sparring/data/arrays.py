"""Pictures in NumPy's files, .npy and .npz; object arrays, which would have to be unpickled, are refused."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from sparring.data.listing import Arrays, Labels, numbered, shown, stamp
from sparring.data.members import open_sound
from sparring.data.numbers import one_picture

__all__ = ["of_array", "read_npy", "read_npz"]


def read_npy(path: Path, labels: str = "auto") -> Arrays:
    """Pictures of an .npy file [N, H, W], [N, H, W, C] or [N, C, H, W], mapped, not read.

    Raises:
        ValueError: It holds something else.
    """
    try:
        with path.open("rb") as file:
            _check(file, path.stat().st_size)
        array = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # NumPy raises almost anything on what is broken
        raise ValueError(f"{shown(path)!r} is not a whole array of numbers ({_short(error)}): save it again") from error
    return of_array(path, path.name, array)


def read_npz(path: Path, labels: str = "auto") -> Arrays:
    """Pictures, and labels [N] if it has them, of an .npz file.

    Of several arrays that may be pictures the one with `train` in its name is taken.

    Raises:
        ValueError: It holds no pictures, or several sets of them.
    """
    archive = open_sound(path, largest=2**40)  # it is a zip: the same dangers, but for one large member
    try:
        with archive:
            for member in archive.filelist:
                with archive.open(member) as opened:
                    _check(opened, member.file_size)
        with np.load(path, allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
            arrays = {name: array for name, array in held.items() if isinstance(array, np.ndarray)}  # others are bytes
    except Exception as error:  # NumPy raises almost anything on what is broken
        raise ValueError(f"{shown(path)!r} is not whole arrays of numbers ({_short(error)}): save it again") from error
    name = _choose(path, [name for name, array in arrays.items() if array.ndim in {3, 4}], arrays, "pictures")
    pixels = arrays[name]
    if labels == "none":
        return of_array(path, f"{path.name}: {name}", pixels)
    flat = [
        other
        for other, array in arrays.items()
        if array.ndim == 1 and len(array) == len(pixels) and array.dtype.kind in "iub"
    ]
    if not flat and any(array.ndim == 1 and array.dtype.kind in "iub" for array in arrays.values()):
        lengths = {other: len(array) for other, array in arrays.items() if array.ndim == 1}
        raise ValueError(
            f"{shown(path)!r} holds {len(pixels)} pictures ({name!r}) and labels that do not match ({lengths}): save "
            "as many labels as pictures, or train with --labels none"
        )
    y = arrays[_choose(path, flat, arrays, "labels")] if flat else None
    return of_array(path, f"{path.name}: {name}", pixels, y)


_HEADER = 10_000
"""Bytes of a header that NumPy reads."""


def _check(stream: IO[bytes], size: int) -> None:
    """Refuses an array of `size` bytes whose header claims more, before memory for that is taken."""
    magic = stream.read(len(_MAGIC))
    if magic != _MAGIC:
        return
    old = stream.read(2)[:1] == b"\1"
    length = stream.read(2 if old else 4)
    number = int.from_bytes(length, "little")
    if number > _HEADER:
        raise ValueError("its header is damaged")
    header = BytesIO(length + stream.read(number))
    read = np.lib.format.read_array_header_1_0 if old else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(header)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize > size or min(shape, default=0) < 0:
        raise ValueError(f"its header claims {dtype} of shape {list(shape)}"[:200])


_MAGIC = b"\x93NUMPY"


def _choose(path: Path, names: Sequence[str], arrays: Mapping[str, NDArray[Any]], what: str) -> str:
    train = [name for name in names if "train" in name.lower()]
    for few in (names, train):
        if len(few) == 1:
            return few[0]
    held = {name: list(array.shape) for name, array in arrays.items()}
    raise ValueError(
        f"{shown(path)!r} holds {len(names)} arrays that may be {what} ({held}); expected one, or one with 'train' in "
        "its name. Save that array alone"
    )


def of_array(
    path: Path, name: str, array: NDArray[Any], y: NDArray[Any] | None = None, classes: Sequence[str] = ()
) -> Arrays:
    """A listing of an array, with its labels as numbers or names of classes.

    Raises:
        ValueError: The array is not one of pictures, or holds NaN.
    """
    pixels = _channels_last(name, array)
    known, note, unclear = _known(name, pixels)
    indices, names = Labels.of([str(int(value)) for value in y]) if y is not None else ([], [])
    if classes:
        indices, names = [int(names[i]) for i in indices], list(classes)
    return Arrays(
        path=path,
        kind=f"array {name}",
        names=numbered(len(pixels)),
        stamp=stamp([path] if path.exists() else []),
        labels=Labels(indices, names),
        notes=[note] if note else [],
        pixels=pixels,
        known=known,
        unclear=unclear,
    )


def _channels_last(name: str, array: NDArray[Any]) -> NDArray[Any]:
    """Pictures [N, H, W, C].

    Raises:
        ValueError: It holds none.
    """
    if array.dtype.kind not in "biuf" or array.ndim not in {3, 4} or not array.size:
        raise ValueError(
            f"{shown(name)!r} holds {array.dtype} of shape {list(array.shape)}. Expected numbers of shape [N, H, W], "
            "[N, H, W, C] or [N, C, H, W], with C of 1, 3 or 4. None of the sizes is 0"
        )
    if array.ndim == 3 and array.shape[2] in {3, 4}:
        raise ValueError(one_picture(shown(name), array.shape))
    pixels = array[..., None] if array.ndim == 3 else array
    if pixels.shape[3] not in {1, 3, 4} and pixels.shape[1] in {1, 3, 4}:
        pixels = pixels.transpose(0, 2, 3, 1)
    if pixels.shape[3] not in {1, 3, 4}:
        raise ValueError(
            f"{shown(name)!r} has the shape {list(array.shape)}; expected 1, 3 or 4 channels, first or last"
        )
    return pixels


_ONE, _UNCLEAR = 1.001, 32.0
"""Rounding may go a little beyond 1; floats that end between that and 32 may have any white."""


def _known(name: str, pixels: NDArray[Any]) -> tuple[tuple[float, float], str, str]:
    """The values that are black and white, what to say of them, and what if they are not clear."""
    if pixels.dtype == np.uint8:
        return (0.0, 255.0), "", ""
    if pixels.dtype == np.bool_:
        return (0.0, 1.0), "true is taken as white, false as black", ""
    low, high = _range(name, pixels)
    whole = pixels.dtype.kind in "iu"
    fits = {
        (0.0, 1.0): low >= 0 and high <= _ONE and not whole,
        (-1.0, 1.0): low >= -_ONE and high <= _ONE and not whole,
        (0.0, 255.0): low >= 0 and high <= 255 and (whole or high >= _UNCLEAR),
        (0.0, 65535.0): low >= 0 and pixels.dtype.newbyteorder("=") == np.uint16,
    }
    for known, holds in fits.items():
        if holds:
            return known, f"values from {low:g} to {high:g}: {known[0]:g} is taken as black, {known[1]:g} as white", ""
    unclear = (
        f"{shown(name)!r} holds {pixels.dtype} from {low:g} to {high:g}; expected bytes 0..255, or floats in 0..1, "
        f"-1..1 or 0..255. Say which are black and white: --range {low:g} {high:g}"
    )
    return (low, high), "", unclear


def _range(name: str, pixels: NDArray[Any], rows: int = 1024) -> tuple[float, float]:
    """The least and the greatest value, read a part at a time."""
    low, high = np.inf, -np.inf
    for start in range(0, len(pixels), rows):
        part = pixels[start : start + rows]
        low, high = min(low, float(part.min())), max(high, float(part.max()))
        if not np.isfinite([part.min(), part.max()]).all():
            bad = start + int(np.flatnonzero(~np.isfinite(part).all(axis=(1, 2, 3)))[0])
            raise ValueError(
                f"{shown(name)!r} holds NaN or infinity, first in picture #{bad}: replace or leave out such pictures"
            )
    return low, high


def _short(error: Exception) -> str:
    return str(error).partition("\n")[0].rstrip(". ") or type(error).__name__
