"""One picture: from untrusted bytes to pixels of a given shape, or to the reason why not."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from sparring.data.formats import FORMATS, SUFFIXES, foreign, slow, working
from sparring.data.memory import CAP
from sparring.data.mended import END, METADATA, mended, without_end
from sparring.data.pixels import GREY, BadPictureError, Limits, orientation, upright

__all__ = ["MAX_PIXELS", "SUFFIXES", "BadPictureError", "Header", "Target", "decode", "fit", "header"]

MAX_PIXELS = 89_478_485
"""Larger pictures are not decoded: a small file may claim to be one that fills the memory."""

T = TypeVar("T")

_PAGES = 100
"""Directories of a TIFF that are looked at."""

_ROWS = 256


_READS = 500_000
"""Times that Pillow may ask for bytes: of a picture in millions of parts it asks for each."""


class _Counted(io.BytesIO):
    """Bytes that are read in a limited number of parts."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > _READS:
            raise BadPictureError("in too many small parts: save it again")
        return super().read(size)


class _CorruptError(BadPictureError):
    """What other programs may forgive."""


@dataclass(frozen=True)
class Header:
    """What a picture says of itself before it is decoded.

    Attributes:
        mode: Pillow's name of the colour mode.
        size: Height and width, upright.
        alpha: Whether parts may be transparent.
        digest: SHA-256 of the content.
        note: What is odd about it, though it can be used.
        memory: Bytes that it takes to decode it.
    """

    mode: str
    size: tuple[int, int]
    alpha: bool
    digest: str
    note: str = ""
    memory: int = 0

    @property
    def grey(self) -> bool:
        """Whether it is stored without colour."""
        return self.mode in GREY


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


def header(content: bytes, name: str = "", limits: Limits | None = None) -> Header:
    """Reads the header of an encoded picture.

    Args:
        content: The bytes of its file.
        name: Of its file; its ending should tell the format.
        limits: Black and white; without them floats are refused.

    Raises:
        BadPictureError: It is no picture, or one that is not to be decoded.
    """
    if not content:
        raise BadPictureError("empty file")
    return _forgiving(content, lambda whole, note: _header(whole, name, limits, note))


def _header(content: bytes, name: str, limits: Limits | None, note: str) -> Header:
    with _opened(content) as image:
        _check_pixels(image)  # before anything else, which may decode it
        notes = [note, _page(image)]
        _check_pixels(image)
        # For a PNG without, Pillow would decode it all to look for EXIF at its end.
        turned = orientation(image) >= 5 if image.format != "PNG" or "exif" in image.info else False
        turned &= image.format != "TIFF"  # whose size Pillow gives upright
        size = (image.width, image.height) if turned else (image.height, image.width)
        if min(size) < 2:
            raise BadPictureError("a side of one pixel")
        if image.mode == "F" and limits is None:
            raise BadPictureError("floating-point pixels, with unknown black and white: say them, as in --range 0 1")
        memory = len(content) + working(image)
        if memory > CAP:
            raise BadPictureError(f"over {CAP >> 20} MB of memory to decode: make it smaller")
        if slow(image):
            raise BadPictureError("a large PPM of text, or whose white is not 255: save it as PNG")
        if image.format not in {"MPO", "TIFF"} and getattr(image, "is_animated", False):
            notes.append("animated: the first frame is used")
        ending = "." + name.rpartition(".")[2].lower()
        if ending in SUFFIXES and ending not in FORMATS.get(str(image.format), set()):
            notes.append(f"named {ending} but holds {image.format}: used")
        notes.append(END if without_end(content) else "")
        digest = hashlib.sha256(content).hexdigest()
        alpha = image.has_transparency_data
        made_alike = 0 if memory > CAP // 2 else size[0] * size[1] * (12 if alpha else 4)
        return Header(image.mode, size, alpha, digest, "; ".join(filter(None, notes)), memory + made_alike)


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise BadPictureError(f"over {MAX_PIXELS // 10**6} million pixels")


def _page(image: Image.Image) -> str:
    """Turns a TIFF to its largest page, the first of equals; returns what to note."""
    if image.format != "TIFF":
        return ""
    areas = [image.width * image.height]
    with suppress(Exception):  # the end; or a page that is broken, whatever is wrong with it
        while len(areas) < _PAGES:
            image.seek(len(areas))
            areas.append(image.width * image.height)
    image.seek(areas.index(max(areas)))
    several = "of several pages: the largest is used"
    return (several + f", of the first {_PAGES}" * (len(areas) == _PAGES)) if len(areas) > 1 else ""


def decode(content: bytes, limits: Limits | None = None, side: int | None = None) -> Image.Image:
    """The picture, upright, first frame or largest page, of 8 bits a channel: mode L, LA, RGB or RGBA.

    Arguments are as of `upright`.

    Raises:
        BadPictureError: It is truncated or corrupt.
    """
    return _forgiving(content, lambda whole, _: _decode(whole, limits, side))


def _forgiving(content: bytes, work: Callable[[bytes, str], T]) -> T:
    """What `work` makes of a picture's bytes; where it cannot, of those that other programs would see."""
    try:
        return work(content, "")
    except _CorruptError as error:
        failure = error.with_traceback(None)  # it would keep the half-decoded picture
    with suppress(BadPictureError):
        if (whole := mended(content, _pixels)) is not None:
            return work(whole, METADATA)
    raise failure


def _decode(content: bytes, limits: Limits | None, side: int | None) -> Image.Image:
    with _opened(content) as image:
        _page(image)
        image.load()
        return upright(image, limits, side)


def _pixels(content: bytes) -> bytes:
    """A digest of the pixels."""
    digest = hashlib.sha256()
    with _opened(content) as image:
        for top in range(0, image.height, _ROWS):
            digest.update(image.crop((0, top, image.width, min(image.height, top + _ROWS))).tobytes())
    return digest.digest()


def fit(image: Image.Image, target: Target) -> NDArray[np.uint8]:
    """The picture as bytes [C, H, W] of the target's shape. One that has it already keeps its every pixel."""
    if image.mode.endswith("A") and not target.mode.endswith("A"):
        behind = Image.new("RGBA", image.size, (*target.background, 255))
        grey = image.mode == "LA" and target.mode == "L"
        image = Image.alpha_composite(behind, _converted(image, "RGBA")).convert("L" if grey else "RGB")
    image = _converted(image, target.mode)
    height, width = target.size
    if image.size != (width, height):
        if target.fit == "crop":
            image = ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
        else:
            image = ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS, _around(target))
    return np.ascontiguousarray(np.asarray(image).reshape(height, width, -1).transpose(2, 0, 1))


def _converted(image: Image.Image, mode: str) -> Image.Image:
    return image if image.mode == mode else image.convert(mode)


def _around(target: Target) -> tuple[int, ...]:
    """The colour of the padding in the target's mode: transparent where alpha is kept."""
    alpha = 0 if target.mode.endswith("A") else 255
    pixel = Image.new("RGBA", (1, 1), (*target.background, alpha)).convert(target.mode).getpixel((0, 0))
    return pixel if isinstance(pixel, tuple) else (int(pixel or 0),)


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(_Counted(content), formats=_formats()) as image:
            yield image
    except BadPictureError:
        raise
    except UnidentifiedImageError:
        raise _CorruptError(foreign(content) or "not a picture, although its name says so") from None
    except Image.DecompressionBombError:
        raise BadPictureError(f"over {MAX_PIXELS // 10**6} million pixels") from None
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow raises almost anything on what is broken
        raise _CorruptError("corrupt or truncated") from error.with_traceback(None)
