"""What other programs forgive in the bytes of a picture: metadata that cannot be read, and an end that is missing."""

from __future__ import annotations

import re
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

_FRAMES, _SCAN = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}, 0xDA
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd8\xff]")

_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
"""A mark at which decoding begins anew; they count from 0 to 7."""

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
    if not _all_scans(content):
        return None
    restarts = _RESTART.findall(content, content.rfind(_ENDS[_JPEG][0]))
    following = bytes((255, 0xD0 + (restarts[-1][1] + 1) % 8 if restarts else 0xD0))
    others = [mark + byte * 256 for mark in (b"", following) for byte in (b"\0", b"\x55", b"\xaa", b"\xfe")]
    whole = content + end
    pixels = decoded(whole)
    return whole if all(decoded(content + other + end) == pixels for other in others) else None


def _all_scans(content: bytes) -> bool:
    """Whether each component of a JPEG has a scan that ends the mean of its blocks, and one that ends the rest."""
    components: set[int] = set()
    means, rest = set[int](), set[int]()
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            components = set(segment[6::3])
        elif marker == _SCAN and segment[-1] & 15 == 0:  # down to the last bit
            names = set(segment[1:-3:2])
            means |= names if segment[-3] == 0 else set()
            rest |= names if segment[-2] == 63 else set()
    return bool(components) and means == rest == components


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The marked parts of a JPEG that have a length: which, and what they hold."""
    found = _MARK.search(content, len(_JPEG))
    while found and found.end() + 2 < len(content):
        (length,) = struct.unpack_from(">H", content, found.end())
        if segment := content[found.end() + 2 : found.end() + length]:
            yield found[0][1], segment
        found = _MARK.search(content, found.end() + length)
