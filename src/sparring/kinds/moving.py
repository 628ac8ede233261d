"""Moving pictures: animated WebP and GIF."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from PIL import ExifTags, Image

from sparring.kinds.drawing import MARK

__all__ = ["MOVING", "enlarged", "moving", "times"]

MOVING: Mapping[str, Mapping[str, Any]] = {
    ".webp": {"format": "WEBP", "quality": 90, "method": 4, "exif": Image.Exif()},
    ".gif": {"format": "GIF", "optimize": False, "comment": MARK},
}
"""How frames are saved, by the ending of a file's name. GIF has 256 colours a frame."""

MOVING[".webp"]["exif"][ExifTags.Base.Software] = MARK


def moving(frames: Sequence[Image.Image], milliseconds: Sequence[int], ending: str) -> bytes:
    """Frames as a file that plays again and again, smaller ones on white; it has `MARK`, so it is never read as data.

    Args:
        frames: One or more.
        milliseconds: How long each is shown.
        ending: One of `MOVING`.
    """
    size = max(frame.width for frame in frames), max(frame.height for frame in frames)
    first, *others = [_padded(frame, size) for frame in frames]
    buffer = io.BytesIO()
    first.save(buffer, save_all=True, append_images=others, duration=[*milliseconds], loop=0, **MOVING[ending])
    return buffer.getvalue()


def times(frames: int, seconds: float) -> list[int]:
    """The milliseconds of each frame, whole hundredths of a second as GIF has them: in all as near as can be."""
    ends = [round(100 * seconds * frame / frames) for frame in range(frames + 1)]
    return [10 * (end - begin) for begin, end in pairwise(ends)]


def enlarged(image: Image.Image, size: int) -> Image.Image:
    """The picture, each pixel a square of pixels, as large as fits into `size`; a larger one as it is."""
    factor = max(1, size // max(image.size))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def _padded(frame: Image.Image, size: tuple[int, int]) -> Image.Image:
    if frame.size == size:
        return frame
    padded = Image.new("RGB", size, "white")
    padded.paste(frame)
    return padded
