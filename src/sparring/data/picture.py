"""One picture: from untrusted bytes to pixels of a given shape, or to the reason why not."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

__all__ = ["MAX_PIXELS", "SUFFIXES", "BadPictureError", "Header", "Target", "decode", "fit", "header", "upright"]

MAX_PIXELS = 89_478_485
"""Larger pictures are not decoded: a small file may claim to be one that fills the memory."""

_FORMATS = {
    "PNG": {".png"},
    "JPEG": {".jpg", ".jpeg", ".jfif"},
    "MPO": {".jpg", ".jpeg", ".mpo"},
    "WEBP": {".webp"},
    "AVIF": {".avif"},
    "BMP": {".bmp"},
    "GIF": {".gif"},
    "TIFF": {".tif", ".tiff"},
    "PPM": {".ppm", ".pgm", ".pbm"},
}
SUFFIXES = frozenset().union(*_FORMATS.values())
"""Endings of files that are taken for pictures."""

_GREY = {"1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I;16N", "I"}


class BadPictureError(ValueError):
    """A picture that cannot be used; the message is the reason, the same for all alike."""


@dataclass(frozen=True)
class Header:
    """What a picture says of itself before it is decoded.

    Attributes:
        mode: Pillow's name of the colour mode.
        size: Height and width, upright.
        alpha: Whether parts may be transparent.
        digest: SHA-256 of the content.
        note: What is odd about it, though it can be used.
    """

    mode: str
    size: tuple[int, int]
    alpha: bool
    digest: str
    note: str = ""

    @property
    def grey(self) -> bool:
        """Whether it is stored without colour."""
        return self.mode in _GREY


@dataclass(frozen=True)
class Target:
    """The shape to bring pictures to.

    Attributes:
        mode: L, LA, RGB or RGBA.
        size: Height and width.
        fit: Crop or pad a picture of another shape.
        background: Red, green, blue behind transparent parts and around padded pictures.
    """

    mode: str
    size: tuple[int, int]
    fit: Literal["crop", "pad"]
    background: tuple[int, int, int]

    @property
    def behind(self) -> str:
        """The background as somebody may write it: white, black, or such as #8090a0."""
        colour = "#{:02x}{:02x}{:02x}".format(*self.background)
        return {"#ffffff": "white", "#000000": "black"}.get(colour, colour)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height, width."""
        return (len(self.mode), *self.size)


def header(content: bytes, name: str = "") -> Header:
    """Reads the header of an encoded picture; `name` is its file's, whose ending should tell the format.

    Raises:
        BadPictureError: It is no picture, or one that is not to be decoded.
    """
    if not content:
        raise BadPictureError("empty file")
    with _opened(content) as image:
        if image.width * image.height > MAX_PIXELS:  # before anything else, which may decode it
            raise BadPictureError(f"over {MAX_PIXELS // 10**6} million pixels")
        # For a PNG without, Pillow would decode it all to look for EXIF at its end.
        exif = image.getexif() if image.format != "PNG" or "exif" in image.info else {}
        orientation = exif.get(ExifTags.Base.Orientation, 1)
        turned = orientation >= 5 and image.format != "TIFF"  # whose size Pillow gives upright
        size = (image.width, image.height) if turned else (image.height, image.width)
        if min(size) < 2:
            raise BadPictureError("a side of one pixel")
        if image.mode == "F":
            raise BadPictureError("floating-point pixels, with unknown black and white")
        notes = []
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            notes.append("animated: the first frame is used")
        ending = "." + name.rpartition(".")[2].lower()
        if ending in SUFFIXES and ending not in _FORMATS.get(str(image.format), set()):
            notes.append(f"named {ending} but holds {image.format}: used")
        digest = hashlib.sha256(content).hexdigest()
        return Header(image.mode, size, image.has_transparency_data, digest, "; ".join(notes))


def decode(content: bytes) -> Image.Image:
    """The picture, upright, first frame, of 8 bits a channel: mode L, LA, RGB or RGBA.

    Raises:
        BadPictureError: It is truncated or corrupt.
    """
    with _opened(content) as image:
        image.load()
        return upright(image)


def upright(image: Image.Image) -> Image.Image:
    """A decoded picture, turned as it was held, in mode L, LA, RGB or RGBA.

    Raises:
        BadPictureError: Its values have no clear black and white.
    """
    alpha, grey = image.has_transparency_data, image.mode in _GREY
    if image.mode.startswith("I"):
        image = _eight_bits(image)
    mode = ("LA" if alpha else "L") if grey else ("RGBA" if alpha else "RGB")
    return ImageOps.exif_transpose(image).convert(mode)


def _eight_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.int64)
    if values.min() < 0 or values.max() > 65535:
        raise BadPictureError("32-bit pixels, with unknown black and white")
    upright = Image.fromarray((values >> 8).astype(np.uint8))
    upright.getexif().update(image.getexif())
    return upright


def fit(image: Image.Image, target: Target) -> NDArray[np.uint8]:
    """The picture as bytes [C, H, W] of the target's shape. One that has it already keeps its every pixel."""
    if image.mode.endswith("A") and not target.mode.endswith("A"):
        behind = Image.new("RGBA", image.size, (*target.background, 255))
        grey = image.mode == "LA" and target.mode == "L"
        image = Image.alpha_composite(behind, image.convert("RGBA")).convert("L" if grey else "RGB")
    image = image.convert(target.mode)
    height, width = target.size
    if image.size != (width, height):
        if target.fit == "crop":
            image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
        else:
            image = ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS, _around(target))
    return np.ascontiguousarray(np.asarray(image).reshape(height, width, -1).transpose(2, 0, 1))


def _around(target: Target) -> tuple[int, ...]:
    """The colour of the padding in the target's mode: transparent where alpha is kept."""
    alpha = 0 if target.mode.endswith("A") else 255
    pixel = Image.new("RGBA", (1, 1), (*target.background, alpha)).convert(target.mode).getpixel((0, 0))
    return pixel if isinstance(pixel, tuple) else (int(pixel or 0),)


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(io.BytesIO(content), formats=_formats()) as image:
            yield image
    except BadPictureError:
        raise
    except UnidentifiedImageError:
        raise BadPictureError("not a picture, although its name says so") from None
    except Image.DecompressionBombError:
        raise BadPictureError(f"over {MAX_PIXELS // 10**6} million pixels") from None
    except MemoryError:
        raise
    except Exception as error:  # Pillow raises almost anything on what is broken
        raise BadPictureError("corrupt or truncated") from error
