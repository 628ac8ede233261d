"""Files of pictures: PNG, WebP and JPEG, with a line that says where a picture comes from."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

from sparring.kinds.drawing import MARK

__all__ = ["FORMATS", "Format", "encode"]


@dataclass(frozen=True)
class Format:
    """How pictures become files of one ending.

    Attributes:
        name: What Pillow calls it.
        options: For Pillow.
        told: Words about a picture by name, as an option for Pillow.
        opaque: It knows no alpha: what is transparent becomes white.
    """

    name: str
    options: Mapping[str, Any]
    told: Callable[[Mapping[str, str]], Mapping[str, Any]]
    opaque: bool = False


def _chunks(words: Mapping[str, str]) -> dict[str, Any]:
    chunks = PngImagePlugin.PngInfo()
    for name, text in words.items():
        chunks.add_text(name, text)
    return {"pnginfo": chunks}


_TAGS = {"Software": ExifTags.Base.Software, "Description": ExifTags.Base.ImageDescription}


def _exif(words: Mapping[str, str]) -> dict[str, Any]:
    exif = Image.Exif()
    for name, text in words.items():
        exif[_TAGS[name]] = text
    return {"exif": exif}


JPEG = Format("JPEG", {"quality": 95, "subsampling": 0, "optimize": True}, _exif, opaque=True)

FORMATS = {
    ".png": Format("PNG", {"optimize": True}, _chunks),
    ".webp": Format("WEBP", {"lossless": True, "exact": True}, _exif),
    ".jpg": JPEG,
    ".jpeg": JPEG,
}
"""By the ending of a file's name. PNG and WebP keep every pixel; JPEG, of quality 95, nearly."""


def encode(image: Image.Image, ending: str = ".png", about: str = "", *, sheet: bool) -> bytes:
    """A picture as the content of a file.

    Args:
        image: The picture.
        ending: Of the file's name, in small letters.
        about: Where it comes from.
        sheet: It is a drawing for people, not one example alone: it gets `MARK`, and is never read as data.
    """
    made = FORMATS[ending]
    words = {"Software": MARK if sheet else "sparring"} | ({"Description": about} if about else {})
    buffer = io.BytesIO()
    (_on_white(image) if made.opaque else image).save(buffer, made.name, **made.options, **made.told(words))
    return buffer.getvalue()


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")
