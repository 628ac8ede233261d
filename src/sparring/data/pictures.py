"""Pictures from a folder or an array, in memory as bytes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from sparring.data.source import InMemory

__all__ = ["open_pictures"]

SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
FALLBACK = (64, 64)


def open_pictures(path: str | Path, size: tuple[int, int] | None = None) -> InMemory:
    """Pictures [N, C, H, W] as bytes: grey if all of them are, else RGB.

    Args:
        path: A folder, searched with its sub-folders, or an .npy array of bytes [N, H, W] or [N, H, W, C].
        size: Height and width. A picture of another size is cropped in the middle to that shape, then resized. Without
            it, the pictures' own size if they agree, else 64 x 64.

    Raises:
        FileNotFoundError: There is nothing at `path`.
        ValueError: There are no pictures, or one cannot be read.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no folder or array {str(path)!r}: check --data")
    arrays = _from_folder(path, size) if path.is_dir() else _from_array(path, size)
    return InMemory(torch.from_numpy(np.ascontiguousarray(arrays.transpose(0, 3, 1, 2))))


def _from_folder(folder: Path, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
    if not files:
        raise ValueError(
            f"there are no pictures in {str(folder)!r}: expected files ending in {', '.join(sorted(SUFFIXES))}"
        )
    with ThreadPoolExecutor() as pool:
        headers = list(pool.map(_header, files))
        mode = "L" if {mode for mode, _ in headers} == {"L"} else "RGB"
        sizes = {size for _, size in headers}
        shape = size or (sizes.pop() if len(sizes) == 1 else FALLBACK)
        return np.stack(list(pool.map(lambda file: _decode(file, mode, shape), files)))


def _header(file: Path) -> tuple[str, tuple[int, int]]:
    """L or RGB, and the upright height and width, without decoding the picture."""
    with _opened(file) as image:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) >= 5
        size = (image.width, image.height) if turned else (image.height, image.width)
        return "L" if image.mode in {"1", "L"} else "RGB", size


def _decode(file: Path, mode: str, size: tuple[int, int]) -> NDArray[np.uint8]:
    with _opened(file) as image:
        return _fit(ImageOps.exif_transpose(image).convert(mode), size)


@contextmanager
def _opened(file: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(file) as image:
            yield image
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise ValueError(f"{str(file)!r} cannot be read as a picture ({error}): repair or remove it") from error


def _fit(picture: Image.Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = size
    if (picture.height, picture.width) != size:
        picture = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
    return np.asarray(picture).reshape(height, width, -1)


def _from_array(file: Path, size: tuple[int, int] | None) -> NDArray[np.uint8]:
    if file.suffix != ".npy":
        raise ValueError(f"{str(file)!r} is neither a folder nor an .npy array: give one of those to --data")
    array: NDArray[np.uint8] = np.load(file, allow_pickle=False)
    if array.dtype != np.uint8 or array.ndim not in {3, 4} or array.shape[3:] not in {(), (1,), (3,)} or not array.size:
        raise ValueError(
            f"{str(file)!r} holds {array.dtype} of shape {list(array.shape)}; expected bytes (uint8) of shape [N, H, "
            "W] or [N, H, W, C] with 1 or 3 channels, N of 1 or more"
        )
    array = array.reshape(*array.shape[:3], -1)
    if size is None or array.shape[1:3] == size:
        return array
    return np.stack([_fit(Image.fromarray(cell.squeeze(2) if cell.shape[2] == 1 else cell), size) for cell in array])
