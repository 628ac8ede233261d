"""Formats of pictures: those that are read, by their endings, and those that have to be converted first."""

from __future__ import annotations

import math

from PIL import Image
from PIL.ImageFile import ImageFile

__all__ = ["FORMATS", "READ", "SUFFIXES", "foreign", "slow", "working"]

FORMATS = {
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
"""Endings of the formats that are read, by Pillow's names."""

READ = frozenset().union(*FORMATS.values())
"""Endings of files that are read."""

_FOREIGN = {
    "HEIC": ({".heic", ".heif"}, "libheif-examples, then heif-convert FILE.heic FILE.png"),
    "JPEG XL": ({".jxl"}, "libjxl-tools, then djxl FILE.jxl FILE.png"),
    "JPEG 2000": (
        {".jp2", ".j2k", ".jpf", ".jpx", ".j2c"},
        "libopenjp2-tools, then opj_decompress -i FILE.jp2 -o FILE.png",
    ),
}
"""Endings of formats that are not read, and what to install and run."""

SUFFIXES = READ.union(*(endings for endings, _ in _FOREIGN.values()))
"""Endings of files that are taken for pictures, whether they are read or not."""

_BOXES = {b"JXL ": "JPEG XL", b"jP  ": "JPEG 2000"}
_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1"}
_BEGINNINGS = {b"\xff\x0a": "JPEG XL", b"\xff\x4f\xff\x51": "JPEG 2000"}


def foreign(content: bytes) -> str:
    """Which known format that is not read begins like this, and how to convert it; "" if none does."""
    format = _BOXES.get(content[4:8], "HEIC" if content[4:8] == b"ftyp" and content[8:12] in _BRANDS else "")
    for beginning, name in _BEGINNINGS.items():
        format = name if content.startswith(beginning) else format
    return f"{format}, which is not read. Convert it: install {_FOREIGN[format][1]}" if format else ""


_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2}
_DECODERS = {"WEBP": 17, "AVIF": 10}
_PROGRESSIVE = 10
"""Bytes a pixel, as measured: what Pillow holds of a mode, 4 unless told; and of formats whose decoders hold more."""


def working(image: Image.Image) -> int:
    """About the bytes that decoding a picture takes, before its pixels are worked on."""
    pixels, mode = image.width * image.height, _BYTES.get(image.mode, 4)
    if image.info.get("progressive"):
        return pixels * _PROGRESSIVE
    rows = getattr(image, "tag_v2", {}).get(278, 0) if image.format == "TIFF" else 0
    strip = pixels * mode * min(1, rows / image.height) if isinstance(rows, int) else pixels * mode
    return pixels * _DECODERS.get(str(image.format), mode) + math.ceil(strip)


def slow(image: Image.Image) -> bool:
    """Whether Pillow would decode it in Python, for more than a few seconds."""
    decoder = image.tile[0][0] if isinstance(image, ImageFile) and image.tile else ""
    return decoder in {"ppm", "ppm_plain"} and image.width * image.height * len(image.getbands()) > _SLOWLY


_SLOWLY = 8_000_000
"""Values that are decoded in Python in five seconds."""
