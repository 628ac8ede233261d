"""What other programs forgive in the bytes of a picture: metadata that cannot be read, and an end that is missing."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

__all__ = ["END", "METADATA", "mended", "without_end"]

END = "without the mark at its end: used, since every pixel is there"
"""A note on a file that is cut behind its last pixel."""

METADATA = "with metadata that cannot be read: used without"
"""A note on a file whose pixels are whole, and other parts are not."""

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_ENDS = {_PNG: (b"IDAT", b"IEND"), _JPEG: (b"\xff\xda", b"\xff\xd9")}
"""What begins the pixels, and what ends a file."""

_NEEDED = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def without_end(content: bytes) -> bool:
    """Whether the file ends before its end is marked."""
    for magic, (pixels, end) in _ENDS.items():
        if content.startswith(magic):
            return end not in content[-64:] and content.rfind(end) < content.rfind(pixels)
    return False


def mended(content: bytes, decoded: Callable[[bytes], bytes]) -> bytes | None:
    """The bytes of a picture without what keeps it from being decoded; None if there is no way that keeps every pixel.

    Args:
        content: Bytes that cannot be decoded.
        decoded: The pixels of such bytes; it may raise.
    """
    if content.startswith(_PNG):
        return b"".join((_PNG, *_needed(content)))
    if content.startswith(_JPEG) and without_end(content):
        return _ended(content, decoded)
    return None


def _needed(content: bytes) -> Iterator[bytes]:
    """The chunks of a PNG that its pixels need."""
    place = len(_PNG)
    while place + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, place)
        if content[place + 4 : place + 8] in _NEEDED:
            yield content[place : place + 12 + length]
        place += 12 + length


def _ended(content: bytes, decoded: Callable[[bytes], bytes]) -> bytes | None:
    """A JPEG with its end, if all pixels are the same whatever might have come before that end."""
    _, end = _ENDS[_JPEG]
    content = content[:-1] if content.endswith(b"\xff") else content  # half of the mark
    other = bytes((89 * i + 31) % 255 for i in range(256))  # any but 255, which begins a mark
    whole = content + end
    return whole if decoded(whole) == decoded(content + other + end) else None
