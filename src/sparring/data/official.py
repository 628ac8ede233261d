"""Two official binary formats: CIFAR-10's batches and SVHN's cropped digits."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sparring.data.arrays import of_array
from sparring.data.listing import Arrays, shown, stamp

__all__ = ["CIFAR10_CLASSES", "find_cifar10", "read_cifar10", "read_svhn"]

CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_RECORD = 1 + 3 * 32 * 32
_LARGEST, _RATIO = 2**25, 200
"""Numbers that any file may claim to hold, and those that it may for each of its bytes."""


def find_cifar10(folder: Path) -> list[Path]:
    """The training batches of CIFAR-10's binary version in a folder; none if there are none.

    Raises:
        ValueError: The folder holds the Python version, whose files are pickles.
    """
    if any(folder.glob("data_batch_1")):
        raise ValueError(
            f"{shown(folder)!r} holds CIFAR-10's Python version. Its files may run code when they are read. Get the "
            "binary version: https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
        )
    return sorted(folder.glob("data_batch_[0-9].bin"))


def read_cifar10(files: Sequence[Path], labels: str = "auto") -> Arrays:
    """Pictures of batches in the binary format: a label, then 32x32 of red, of green and of blue.

    Krizhevsky (2009), https://www.cs.toronto.edu/~kriz/cifar.html.

    Raises:
        ValueError: A file is not in the format.
    """
    parts = []
    for file in files:
        content = np.fromfile(file, np.uint8)
        if not len(content) or len(content) % _RECORD or (content[::_RECORD] > 9).any():
            raise ValueError(
                f"{shown(file)!r} holds {len(content):,} bytes; expected records of a label 0..9 and {_RECORD - 1} "
                "bytes of a picture. It is damaged or not a binary file of CIFAR-10. Download it again"
            )
        parts.append(content.reshape(-1, _RECORD))
    records = np.concatenate(parts)
    pixels = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    y = None if labels == "none" else records[:, 0]
    listing = of_array(files[0], files[0].name, pixels, y, () if y is None else CIFAR10_CLASSES)
    return dataclasses.replace(listing, kind=f"CIFAR-10, {len(files)} files", stamp=stamp(files))


def read_svhn(path: Path, labels: str = "auto") -> Arrays:
    """Pictures of SVHN's cropped digits, a MATLAB file with X [32, 32, 3, N] and y [N, 1] in 1..10, 10 for zero.

    Netzer et al. (2011), http://ufldl.stanford.edu/housenumbers/.

    Raises:
        ValueError: It is not such a file.
    """
    from scipy.io import loadmat

    try:
        _refuse_claims(path)
        held = loadmat(path, variable_names=["X", "y"])
        pixels, y = np.asarray(held["X"]), np.asarray(held["y"]).ravel() % 10
        whole = pixels.ndim == 4 and pixels.dtype == np.uint8 and len(y) == pixels.shape[3]
    except Exception as error:  # scipy raises almost anything on what is broken
        raise ValueError(_not_svhn(path, type(error).__name__)) from error
    if not whole:
        raise ValueError(_not_svhn(path, f"X is {list(pixels.shape)}, y {list(y.shape)}"))
    y_or_none = None if labels == "none" else y
    listing = of_array(path, path.name, pixels.transpose(3, 0, 1, 2), y_or_none)
    return dataclasses.replace(listing, kind="SVHN, cropped digits")


def _refuse_claims(path: Path) -> None:
    """Raises ValueError before memory is taken for what a header claims."""
    from scipy.io import whosmat

    with path.open("rb") as file:
        if file.read(10) != b"MATLAB 5.0":
            raise ValueError("of another version")
    claimed = max((math.prod(shape) for name, shape, _ in whosmat(path) if name in {"X", "y"}), default=0)
    if claimed > max(_LARGEST, _RATIO * path.stat().st_size):
        raise ValueError(f"{claimed} numbers")


def _not_svhn(path: Path, why: str) -> str:
    return (
        f"{shown(path)!r} is not a whole file of SVHN's cropped digits, bytes X [H, W, 3, N] and labels y [N] ({why}): "
        "download train_32x32.mat again"
    )
