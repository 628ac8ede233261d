"""Pictures in a folder and the folders below it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sparring.data import own, tables
from sparring.data.listing import Encoded, Labels, shown, stamp
from sparring.data.picture import SUFFIXES, BadPictureError
from sparring.machine.words import command

__all__ = ["Folder", "by_class", "examples", "labels_for", "no_pictures", "read_folder", "strays", "suffix"]

LARGEST = 512 * 2**20
"""Bytes of the largest file that is read: no picture that would be decoded needs more."""

_SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}
_HIDDEN = {"__MACOSX", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True, kw_only=True)
class Folder(Encoded):
    """Files below `path`."""

    def content(self, i: int) -> bytes:
        """Reads a file."""
        file = self.path / self.names[i]
        try:
            if file.stat().st_size > LARGEST:
                raise BadPictureError(f"over {LARGEST >> 20} MB")
            return file.read_bytes()
        except OSError as error:
            raise BadPictureError(f"cannot be opened ({error.strerror})") from error


def read_folder(path: Path, labels: str = "auto") -> Folder:
    """The pictures below a folder, in the order of their names.

    Passed over are hidden files and folders, and what sparring wrote: runs, drawings, its cache.

    Args:
        path: The folder.
        labels: As in `Preparation`.

    Raises:
        ValueError: There are no pictures, or the labels do not fit.
        OSError: The folder cannot be opened.
    """
    files, skipped, ignored = _walk(path)
    pictures = sorted(name for name in files if suffix(name) in SUFFIXES)
    stamped = stamp(f"{path}/{name}" for name in pictures)
    names = examples(pictures, stamped, lambda name: (path / name).open("rb"), ignored)
    beside = sorted(name for name in files if "/" not in name and name.lower().endswith(tables.ENDINGS))
    others = sorted(files - set(pictures) - set(beside))
    if not names:
        raise ValueError(no_pictures(path, others + beside, ignored))
    if others:
        ignored["not named as a picture"] = others
    found = labels_for(path, labels, names, {name: path / name for name in beside})
    return Folder(
        path=path,
        kind="folder",
        names=names,
        stamp=stamp(f"{path}/{name}" for name in (*names, *beside)),
        looked=stamped,
        labels=found,
        notes=[] if beside else strays(names, labels),
        skipped=skipped,
        ignored=ignored,
    )


def suffix(name: str) -> str:
    """The ending of a file's name in small letters, with the dot; empty without one."""
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - ten times as fast as a path


def examples(
    pictures: Sequence[str], stamped: str, opened: Callable[[str], IO[bytes]], ignored: dict[str, list[str]]
) -> list[str]:
    """The pictures without the drawings among them, which join what is ignored; arguments as of `own.drawings`."""
    drawn = own.drawings(pictures, stamped, opened)
    if drawn:
        ignored[own.DRAWING] = sorted(drawn)
    return [name for name in pictures if name not in drawn]


def no_pictures(path: Path, others: Sequence[str], ignored: Mapping[str, Sequence[str]]) -> str:
    """What to say of a place without pictures."""
    if "" in ignored.get(own.RUN, ()):
        samples = command("sample", path, "--out", "FOLDER")
        return f"{shown(path)!r} is {own.RUN}, not data. To draw its samples: {samples}"
    there = f"it holds {len(others)} other files, {shown(others[0])!r} first" if others else "it is empty"
    if mine := [f"{why} ({len(ignored[why])})" for why in (own.RUN, own.DRAWING) if ignored.get(why)]:
        there = f"passed over: {', '.join(mine)}" + (f"; {there}" if others else "")
    if nested := [name for name in others if name.lower().endswith((".zip", ".tar", ".gz", ".tgz", ".7z", ".rar"))]:
        there += f"; give the archive {shown(nested[0])!r} itself if it is a zip, or unpack it"
    return f"there are no pictures in {shown(path)!r} ({there}): expected files ending in {', '.join(sorted(SUFFIXES))}"


def _walk(root: Path) -> tuple[set[str], dict[str, list[str]], dict[str, list[str]]]:
    """Names of files below `root`, what cannot be read and what is passed over; each folder is entered once."""
    files: set[str] = set()
    skipped: defaultdict[str, list[str]] = defaultdict(list)
    ignored: defaultdict[str, list[str]] = defaultdict(list)
    entered: set[tuple[int, int]] = set()
    todo = [""]
    while todo:
        folder = todo.pop()
        status = root.joinpath(folder).stat()
        if (status.st_dev, status.st_ino) in entered:
            ignored["a link to a folder already seen"].append(folder)
            continue
        entered.add((status.st_dev, status.st_ino))
        entries = _entries(root, folder, skipped)
        if why := own.reason(root / folder, {entry.name for entry in entries}):
            ignored[why].append(folder)
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}".lstrip("/")
            if entry.name.startswith(".") or entry.name in _HIDDEN:
                ignored["hidden"].append(name)
            elif _true(entry.is_dir):
                todo.append(name)
            elif _true(entry.is_file):
                files.add(name)
            else:
                skipped["a broken link" if entry.is_symlink() else "no file"].append(name)
    return files, dict(skipped), dict(ignored)


def _true(test: Callable[[], bool]) -> bool:
    """Whether it holds; where links lead round in a circle, or through what may not be entered, nothing does."""
    try:
        return test()
    except OSError:
        return False


def _entries(root: Path, folder: str, skipped: Mapping[str, list[str]]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as entries:
            return sorted(entries, key=lambda entry: (entry.is_symlink(), entry.name), reverse=True)  # links last
    except OSError as error:
        if not folder:
            raise OSError(
                f"the folder {shown(root)!r} cannot be opened ({error.strerror}): make it readable or choose another"
            ) from error
        skipped[f"a folder that cannot be opened ({error.strerror})"].append(folder)
        return []


def labels_for(path: Path, labels: str, names: Sequence[str], beside: Mapping[str, object]) -> Labels:
    """Labels by the wish of a user: from a table, from class folders, or none.

    Args:
        path: The folder or archive.
        labels: `auto`, `none` or a table's path.
        names: Of the pictures.
        beside: The tables beside the pictures, by name: a path, or the content as bytes.

    Raises:
        ValueError: There are several tables, or the table does not fit.
    """
    if labels == "none":
        return Labels()
    if labels != "auto":
        file = Path(labels)
        if not file.is_file():
            raise ValueError(f"there is no table {shown(labels)!r}: check --labels (auto, none or a file)")
        return tables.match(labels, tables.read(labels, file.read_bytes()), names)
    if len(beside) > 1:
        raise ValueError(
            f"{shown(path)!r} holds several tables ({', '.join(map(shown, beside))}): choose one with --labels FILE, "
            "or --labels none"
        )
    for name, table in beside.items():
        content = table if isinstance(table, bytes) else path.joinpath(name).read_bytes()
        return tables.match(name, tables.read(name, content), names)
    return by_class(path, names)


def strays(names: Sequence[str], labels: str) -> list[str]:
    """A note if most pictures lie in folders, as classes do, but some in none."""
    beside = [name for name in names if "/" not in name]
    classes = {name.split("/")[0] for name in names if "/" in name}
    if labels != "auto" or not beside or len(classes) < 2:
        return []
    first = shown(beside[0])
    return [f"no labels: {len(beside):,} of {len(names):,} pictures are not in a class folder, {first} first"]


def by_class(path: Path, names: Sequence[str]) -> Labels:
    """Labels from sub-folders: where every picture lies in one and there are at least two.

    Raises:
        ValueError: The sub-folders are parts such as train and test, not classes.
    """
    parts = [name.split("/") for name in names]
    while len({part[0] for part in parts}) == 1 and all(len(part) > 1 for part in parts):
        path /= parts[0][0]  # one folder around all
        parts = [part[1:] for part in parts]
    if any(len(part) < 2 for part in parts):
        return Labels()
    values = [part[0] for part in parts]
    if {value.lower() for value in values} <= _SPLITS:
        train = max(values, key=lambda value: value.lower().startswith("train"))
        raise ValueError(
            f"{shown(path)!r} holds the parts {sorted(set(values))}: give the one to train on, such as "
            f"{shown(path / train)}"
        )
    return Labels(*Labels.of(values))
