"""Decoded pictures: of 8 bits a channel and upright; very large ones made smaller on the way, a band at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

__all__ = ["EXACT", "GREY", "BadPictureError", "Limits", "Values", "orientation", "scaled", "upright"]

# Blocks of more than 32 MB go back to the system when a picture is gone.
Image.core.set_block_size(2**26)  # type: ignore[attr-defined]

Limits = tuple[float, float]
"""The values that are black and white."""

GREY = {"1", "L", "LA", "La", "I;16", "I;16B", "I;16L", "I;16N", "I", "F"}
"""Pillow's modes without colour."""

_PLAIN = {"L", "LA", "RGB", "RGBA"}

EXACT = 2**25
"""Pixels of a picture that is resized in one step; half as many where parts are transparent."""

_NARROW = 1 / 8
"""Of the way from black to white: pictures whose values span less look plain."""

_ROUNDING = 1.001
"""Rounding may go a little beyond white."""

_BAND = 2**21
_VALUES = "values that sparring found"
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class BadPictureError(ValueError):
    """A picture that cannot be used; the message is the reason, the same for all alike."""


@dataclass(frozen=True)
class Values:
    """The values of pictures as they are stored.

    Attributes:
        low: The least.
        high: The greatest.
        black: The value that is taken as black.
        white: The value that is taken as white.
    """

    low: float
    high: float
    black: float = 0
    white: float = 255

    @property
    def limits(self) -> Limits:
        """Black and white."""
        return self.black, self.white

    def __or__(self, other: Values | None) -> Values:
        """Those of both, which have the same limits."""
        ends = (min(self.low, other.low), max(self.high, other.high)) if other else (self.low, self.high)
        return Values(*ends, *self.limits)

    def note(self, remedy: str = "Say which are black and white, as in --range {}") -> str:
        """What is odd about them, and what to do, which may name better limits; "" if nothing is odd."""
        ends, told = f"{self.black:g} to {self.white:g}", f"values go from {self.low:g} to {self.high:g}"
        if looks := self._looks():
            said = f"{told}, of {ends}: pictures are {looks}"
            return f"{said}. {remedy.format(self._hint())}" if self.high > self.low else said
        beyond = self.low < self.black or self.high > self.white * _ROUNDING
        return f"{told}: those beyond {ends} are cut" if beyond else ""

    def _looks(self) -> str:
        """What pictures look like whose values span only a small part of the way; "" if they do not."""
        low, high = max(self.low, self.black), min(self.high, self.white)
        narrow = (self.white - self.black) * _NARROW
        if high - low >= narrow:
            return ""
        looks = {"black": high - self.black < narrow, "white": self.white - low < narrow, "of one grey": True}
        return f"nearly {next(name for name, so in looks.items() if so)}"

    def _hint(self) -> str:
        """Black and white that would suit: of dark whole numbers 0, and all ones in as many bits as they need."""
        if self.low >= 0 and self.white > 1 and self._looks() == "nearly black" and float(self.high).is_integer():
            return f"0 {2 ** int(self.high).bit_length() - 1}"
        return f"{self.low:g} {self.high:g}"

    def put(self, image: Image.Image) -> Image.Image:
        """The picture, with these noted as its values."""
        image.info[_VALUES] = self
        return image

    @staticmethod
    def of(image: Image.Image) -> Values | None:
        """What `put` noted of a picture."""
        found = image.info.get(_VALUES)
        return found if isinstance(found, Values) else None


def orientation(image: Image.Image) -> int:
    """How the camera was held, by EXIF, in 1..8; 1 where nobody can tell."""
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises almost anything on what is broken, and other programs show the picture
        return 1


def upright(image: Image.Image, limits: Limits | None = None, side: int | None = None) -> Image.Image:
    """A decoded picture, turned as it was held, in mode L, LA, RGB or RGBA.

    Args:
        image: With all of its pixels.
        limits: Black and white; unset, those of the type of its pixels.
        side: The larger side of what it will be resized to. A picture of more than `EXACT` pixels is first made smaller
            by a whole factor, to no less than four times that, or else two.

    Raises:
        BadPictureError: Its values have no clear black and white.
    """
    turn = _TURNS.get(orientation(image))
    factor = _factor(image, side)
    at_once = factor == 1 and (image.mode in _PLAIN or image.width * image.height <= _BAND)
    plain = _eight_bits(image, limits) if at_once else _banded(image, limits, factor)
    return plain if turn is None else plain.transpose(turn)


def _factor(image: Image.Image, side: int | None) -> int:
    exact = EXACT // 2 if image.has_transparency_data else EXACT
    if side is None or image.width * image.height <= exact:
        return 1
    least = min(image.size)
    return max(min(2, least // (2 * side)), least // (4 * side), 1)


def _banded(image: Image.Image, limits: Limits | None, factor: int) -> Image.Image:
    """The same as of all at once, with little more memory than for the result."""
    width, height = image.size
    rows = max(1, _BAND // (width * factor)) * factor
    whole, values = None, None
    for top in range(0, height, rows):
        band = _eight_bits(image.crop((0, top, width, min(height, top + rows))), limits)
        found = Values.of(band)
        values = found and found | values
        band = band.reduce(factor) if factor > 1 else band
        if whole is None:
            whole = Image.new(band.mode, (math.ceil(width / factor), math.ceil(height / factor)))
        whole.paste(band, (0, top // factor))
    assert whole is not None, "a picture has rows"
    return whole if values is None else values.put(whole)


def _eight_bits(image: Image.Image, limits: Limits | None) -> Image.Image:
    deep = image.mode.startswith("I") or image.mode == "F"
    return _deep(image, limits) if deep else _plain(image, limits)


def _plain(image: Image.Image, limits: Limits | None) -> Image.Image:
    """Of a picture of bytes."""
    alpha, grey = image.has_transparency_data, image.mode in GREY
    mode = ("LA" if alpha else "L") if grey else ("RGBA" if alpha else "RGB")
    image = image if image.mode == mode else image.convert(mode)
    extrema = image.getextrema() if len(mode) > 1 else (image.getextrema(),)
    ends = np.asarray(extrema)[: 1 if grey else 3]
    black, white = limits or (0, 255)
    if limits:
        table = scaled(np.arange(256), limits).tolist()
        image = image.point(table * (1 if grey else 3) + (list(range(256)) if alpha else []))
    return Values(int(ends.min()), int(ends.max()), black, white).put(image)


def _deep(image: Image.Image, limits: Limits | None) -> Image.Image:
    """Of a grey picture of 16 or 32 bits, or of floats."""
    values = np.asarray(image)
    low, high = values.min().item(), values.max().item()
    if limits is None and image.mode == "F":
        raise BadPictureError("floating-point pixels, with unknown black and white: say them, as in --range 0 1")
    if limits is None and (low < 0 or high > 65535):
        raise BadPictureError("32-bit pixels, with unknown black and white: say them, as in --range 0 4095")
    if not math.isfinite(low + high):
        raise BadPictureError("pixels that are NaN or infinite")
    black, white = limits or (0, 65535)
    plain = Image.fromarray(scaled(values, limits) if limits else (values >> 8).astype(np.uint8))
    if image.has_transparency_data:
        clear = image.info["transparency"]
        plain.putalpha(Image.fromarray(np.where(values == clear, np.uint8(0), np.uint8(255))))
    return Values(low, high, black, white).put(plain)


def scaled(values: NDArray[np.generic], limits: Limits) -> NDArray[np.uint8]:
    """Bytes, 0 for black and 255 for white; what is beyond them is cut."""
    black, white = limits
    found = np.empty(values.shape, np.uint8)
    rows = max(1, _BAND // max(1, values[:1].size))
    for top in range(0, len(values), rows):
        part = (values[top : top + rows].astype(np.float64) - black) * (255 / (white - black))
        found[top : top + rows] = np.rint(part).clip(0, 255).astype(np.uint8)
    return found
