"""Readers of pictures: each format, drawings, zips, arrays and official files."""

from __future__ import annotations

import gzip
import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from fuzzing import mutation
from fuzzing.mutation import Touch
from fuzzing.reader import CACHE, GIVEN, Files, Reader, encoded, named, opened, pixels, zipped

__all__ = ["READERS"]

GREY, COLOUR, ALPHA = pixels(9, 8), pixels(9, 8, 3), pixels(9, 8, 4)
DEEP = pixels(9, 16).view("<u2")
WHOLE = encoded(GREY)


def _exif(turn: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turn
    return exif


def _tiffs() -> list[bytes]:
    several = {"save_all": True, "append_images": [Image.fromarray(pixels(20, 20, 3))]}
    kinds = [
        encoded(COLOUR, "TIFF", compression=kind) for kind in ("raw", "tiff_lzw", "tiff_deflate", "packbits", "jpeg")
    ]
    deep = [encoded(Image.fromarray(array), "TIFF") for array in (DEEP, GREY.astype("f4"), GREY.astype("i4"))]
    return [
        *kinds,
        *deep,
        encoded(COLOUR, "TIFF", **several),
        encoded(Image.fromarray(GREY).convert("1"), "TIFF", compression="group4"),
        encoded(Image.fromarray(COLOUR).convert("CMYK"), "TIFF"),
    ]


def _pngs() -> list[bytes]:
    palette = Image.fromarray(COLOUR).convert("P", palette=Image.Palette.ADAPTIVE)
    about = {"exif": _exif(6), "transparency": (1, 2, 3), "dpi": (72, 72)}
    frames = {"save_all": True, "append_images": [Image.fromarray(pixels(9, 8, 3))]}
    return [
        WHOLE,
        encoded(COLOUR, **about),
        encoded(ALPHA),
        encoded(palette, transparency=0),
        encoded(COLOUR, **frames),
        encoded(DEEP),
        encoded(Image.fromarray(GREY).convert("1")),
        encoded(Image.fromarray(ALPHA[..., :2], "LA")),
    ]


def _ppms() -> list[bytes]:
    rgb = bytes(pixels(2, 2, 3))
    text = b" ".join(str(value).encode() for value in rgb)
    return [
        b"P6 2 2 255\n" + rgb,
        b"P3 2 2 255\n" + text,
        b"P5\n# a\n4 3\n255\n" + rgb,
        b"P2 4 3 9\n" + text,
        b"P4 8 2\nab",
        b"P1 2 2\n0 1 1 0",
        b"P5 2 3 65535\n" + rgb,
        b"Pf 1 3 -1.0\n" + rgb,
        b"P7\nWIDTH 2\nHEIGHT 2\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n" + rgb,
    ]


def _frames(format: str) -> list[bytes]:
    image = Image.fromarray(COLOUR)
    film = encoded(image, format, save_all=True, append_images=[Image.fromarray(pixels(9, 8, 3))], duration=50)
    return [encoded(image, format), film, encoded(Image.fromarray(ALPHA), format)]


_SEEDS: dict[str, Callable[[], list[bytes]]] = {
    "png": _pngs,
    "jpg": lambda: [
        encoded(COLOUR, "JPEG", exif=_exif(6)),
        encoded(COLOUR, "JPEG", progressive=True),
        encoded(GREY, "JPEG"),
        encoded(Image.fromarray(ALPHA, "CMYK"), "JPEG"),
        encoded(COLOUR, "JPEG", quality=95, restart_marker_blocks=1),
    ],
    "mpo": lambda: [encoded(COLOUR, "MPO", save_all=True, append_images=[Image.fromarray(COLOUR)])],
    "webp": lambda: [*_frames("WEBP"), encoded(COLOUR, "WEBP", lossless=True, exif=_exif(3))],
    "avif": lambda: _frames("AVIF"),
    "bmp": lambda: [encoded(COLOUR, "BMP"), encoded(GREY, "BMP"), encoded(Image.fromarray(GREY).convert("1"), "BMP")],
    "gif": lambda: [encoded(GREY, "GIF"), *_frames("GIF")],
    "tif": _tiffs,
    "ppm": _ppms,
}


@cache
def _seeds(ending: str) -> list[bytes]:
    with warnings.catch_warnings(action="ignore"):
        return _SEEDS[ending]()


def _picture(ending: str) -> Callable[[Touch], Files]:
    """A damaged picture beside two good ones."""

    def make(touch: Touch) -> Files:
        content = touch(touch.pick(_seeds(ending)), others=_seeds(ending))
        content = mutation.png(content) if ending == "png" and touch.often(0.7) else content
        name = named(touch, f"a.{ending}")
        return {f"{GIVEN}/{name}": content, f"{GIVEN}/b.png": WHOLE, f"{GIVEN}/c.png": encoded(GREY.T.copy())}

    return make


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 24 24"><defs>
<linearGradient id="a"><stop offset="0.5" stop-color="#f00"/></linearGradient>
<filter id="f"><feGaussianBlur stdDeviation="2"/></filter>
<g id="u"><path d="M1 2 L20 3 A 5 5 0 0 1 9 9 Z" stroke="url(#a)" stroke-width="3" filter="url(#f)"/></g></defs>
<use xlink:href="#u" transform="rotate(30 2 2) scale(2)"/><text x="3" y="9" font-size="8">ab</text>
<style>circle{fill:#0f0}</style><circle cx="12" cy="12" r="9"/><mask id="m"><rect width="9" height="9"/></mask></svg>"""


def _drawings(touch: Touch) -> Files:
    """The set openmoji as it is in the cache."""
    svgs = [(f"{look}/{i}.svg", touch(SVG, mutation.text)) for look in ("color", "black") for i in range(2)]
    table = b"file,caption,group,skintone\n" + b"".join(b"%d,a face,smileys,\n" % i for i in range(2))
    folder = f"{CACHE}/sets/openmoji"
    return {f"{folder}/drawings.zip": touch(zipped(svgs)), f"{folder}/captions.csv": touch(table, mutation.text)}


def _open_drawings(folder: Path) -> object:
    from sparring.data import opening, preparation

    return opening.open_data("openmoji", preparation.Preparation(size=16)).x.sum()


def _zip(touch: Touch) -> Files:
    """A zip of pictures in class folders, with a table beside them, an archive inside and a run."""
    method = touch.pick((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    names = [named(touch, name) for name in ("one/a.png", "two/b.png", "two/c.png")]
    members = [(name, touch(WHOLE)) for name in names]
    table = b"file,label\n" + b"".join(
        b"%s,%d\n" % (name.encode("utf-8", "replace"), i) for i, name in enumerate(names)
    )
    more = touch.pick(((), ("labels.csv",), ("run/config.json",), ("in.zip", "notes.txt")))
    members += [(name, touch(table, mutation.text)) for name in more]
    return {f"{GIVEN}.zip": touch(zipped(members, method))}


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def _arrays() -> Sequence[np.ndarray]:
    noise = pixels(3, 9, 8, 3)
    return (
        noise,
        noise[..., 0],
        noise / 255,
        noise.transpose(0, 3, 1, 2),
        noise > 9,
        noise.astype("<u2"),
        noise.astype("c8"),
        np.asfortranarray(noise),
        noise.astype("f2"),
        np.zeros((3, 9, 8), [("a", "u1")]),
        np.array([{}, [], 1], object),
    )


def _npz(touch: Touch) -> Files:
    parts = [("x.npy", touch.pick(_arrays())), ("y.npy", np.arange(3)), ("x_train.npy", pixels(3, 9, 8))]
    members = [(named(touch, name), touch(_npy(array))) for name, array in parts[: touch.pick((2, 3, 1))]]
    return {f"{GIVEN}.npz": touch(zipped(members, touch.pick((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))))}


def _idx(touch: Touch) -> Files:
    kind, dtype = touch.pick(((8, "u1"), (9, "i1"), (11, ">i2"), (12, ">i4"), (13, ">f4"), (14, ">f8")))
    parts = {"train-images-idx3-ubyte": pixels(4, 9, 8), "train-labels-idx1-ubyte": np.arange(4)}
    packed = touch.pick((False, True))
    files = {}
    for name, array in parts.items():
        head = struct.pack(">HBB", 0, kind, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
        content = touch(head + array.astype(dtype).tobytes())
        files[f"{GIVEN}/{name}{'.gz' * packed}"] = touch(gzip.compress(content, mtime=0)) if packed else content
    return files


def _mat(touch: Touch) -> Files:
    from scipy.io import savemat

    buffer = io.BytesIO()
    savemat(buffer, {"X": pixels(32, 32, 3, 2), "y": np.array([[1], [10]])}, do_compression=touch.pick((False, True)))
    return {f"{GIVEN}.mat": touch(buffer.getvalue()[:116] + b" " * 8 + buffer.getvalue()[124:])}


READERS = (
    *(Reader(ending, _picture(ending), opened(size=16)) for ending in _SEEDS),
    Reader(
        "range", lambda touch: _picture(touch.pick(("tif", "png")))(touch), opened(size=16, range=(0, 9), alpha="keep")
    ),
    Reader("drawings", _drawings, _open_drawings),
    Reader("zip", _zip, opened(f"{GIVEN}.zip", size=16)),
    Reader("npy", lambda touch: {f"{GIVEN}.npy": touch(_npy(touch.pick(_arrays())))}, opened(f"{GIVEN}.npy", size=16)),
    Reader("npz", _npz, opened(f"{GIVEN}.npz", size=16)),
    Reader("idx", _idx, opened(size=16)),
    Reader("mat", _mat, opened(f"{GIVEN}.mat", size=16)),
    Reader(
        "cifar",
        lambda touch: {f"{GIVEN}/data_batch_{i}.bin": touch(bytes([i]) + bytes(pixels(3, 32, 32))) for i in (1, 2)},
        opened(size=16),
    ),
)
"""One for each kind of file that holds pictures."""
