"""Which reader a path or a name is for."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Callable
from pathlib import Path

from sparring.data import tables
from sparring.data.archive import read_archive
from sparring.data.arrays import read_npy, read_npz
from sparring.data.folder import read_folder
from sparring.data.idx import find_idx, read_idx
from sparring.data.listing import Listing, shown
from sparring.data.named import NAMED, absolute
from sparring.data.official import find_cifar10, read_cifar10, read_svhn
from sparring.data.picture import SUFFIXES
from sparring.data.sets import SETS
from sparring.data.source import InMemory

__all__ = ["absolute", "read"]

_BY_SUFFIX: dict[str, Callable[[Path, str], Listing]] = {
    ".zip": read_archive,
    ".npy": read_npy,
    ".npz": read_npz,
    ".mat": read_svhn,
    ".bin": lambda path, labels: read_cifar10([path], labels),
}


def read(path: str | Path, labels: str = "auto") -> Listing | InMemory:
    """What is to be had at a path, or under the name of a set.

    Raises:
        FileNotFoundError: There is nothing of that path or name.
        ValueError: It is nothing that can be read.
    """
    path = Path(path)
    if str(path) in NAMED:
        found = NAMED[str(path)].open(labels)
        return dataclasses.replace(found, path=path) if isinstance(found, Listing) else found
    if not path.exists():
        if path.name in SETS:
            raise FileNotFoundError(
                f"the set {path.name!r} has files but no pictures: `sparring data get {path.name}` says where"
            )
        near = difflib.get_close_matches(path.name, NAMED, 1)
        hint = f"did you mean the set {near[0]!r}?" if near else "check the path, or see `sparring data list`"
        raise FileNotFoundError(f"there is no folder, file or set {shown(path)!r}: {hint}")
    return _read_directory(path, labels) if path.is_dir() else _read_file(path, labels)


def _read_directory(path: Path, labels: str) -> Listing:
    if idx := find_idx(path):
        return read_idx(idx, labels)
    if batches := find_cifar10(path):
        return read_cifar10(batches, labels)
    return read_folder(path, labels)


def _read_file(path: Path, labels: str) -> Listing:
    suffix = path.suffix.lower()
    if not path.is_file():  # a pipe, which might never end
        raise ValueError(f"{shown(path)!r} is not a file or a folder; expected one of them")
    if reader := _BY_SUFFIX.get(suffix):
        return reader(path, labels)
    if tables.is_table(path.name):
        return read_folder(path.parent, str(path) if labels == "auto" else labels)
    if "idx" in path.name or suffix == ".gz":
        return read_idx(path, labels)
    if suffix in SUFFIXES:
        raise ValueError(f"{shown(path)!r} is a single picture: give its folder, with at least two pictures")
    raise ValueError(
        f"{shown(path)!r} cannot be read. Expected a folder, a .zip, .npy, .npz, .mat or .bin file, an "
        "idx file or a table of labels"
    )
