"""Data as people have them, good and bad, made for tests."""

import io
import struct
import zipfile
import zlib

import numpy as np
from PIL import Image

RNG = np.random.default_rng(0)


def noise(*shape):
    return RNG.integers(0, 256, shape, np.uint8)


def encoded(array, format="PNG", **options):
    buffer = io.BytesIO()
    image = array if isinstance(array, Image.Image) else Image.fromarray(array)
    image.save(buffer, format, **options)
    return buffer.getvalue()


def folder(path, count=4, shape=(9, 8, 3), classes=0):
    """A folder of `count` PNGs of noise, perhaps in class folders; returns their arrays by name."""
    arrays = {}
    for i in range(count):
        name = f"class {i % classes}/{i:02}.png" if classes else f"{i:02}.png"
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        arrays[name] = noise(*shape)
        file.write_bytes(encoded(arrays[name]))
    return arrays


def packed(path, members, compression=zipfile.ZIP_STORED):
    """A zip of `members`, pairs of a name and bytes; the names go in as they are."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return path


def idx(array, kind=8):
    """The bytes of an idx file."""
    return struct.pack(">HBB", 0, kind, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def huge_png():
    """A valid header of 100,000 x 100,000 pixels with a few bytes behind it."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
