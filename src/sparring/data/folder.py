"""Pictures in a folder and the folders below it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sparring.data import others, own, tables
from sparring.data.formats import READ
from sparring.data.labelling import beside, labels_for
from sparring.data.listing import Encoded, shown, stamp
from sparring.data.picture import SUFFIXES, BadPictureError
from sparring.machine.words import command

__all__ = ["Folder", "examples", "no_pictures", "read_folder", "suffix"]

LARGEST = 512 * 2**20
"""Bytes of the largest file that is read: no picture that would be decoded needs more."""

_HIDDEN = {"__MACOSX", "Thumbs.db", "desktop.ini"}


@dataclass(frozen=True, kw_only=True)
class Folder(Encoded):
    """Files below `path`."""

    def length(self, i: int) -> int:
        """Of the file; 0 if that cannot be told."""
        try:
            return self.path.joinpath(self.names[i]).stat().st_size
        except OSError:
            return 0

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
    rest = sorted(files - set(pictures))
    if not names:
        raise ValueError(no_pictures(path, rest, ignored))
    near = beside(rest, names)
    if unread := sorted(set(rest) - set(near)):
        ignored["not named as a picture"] = unread
    found = labels_for(path, labels, names, near, lambda name: tables.content(path / name))
    return Folder(
        path=path,
        kind="folder",
        names=names,
        stamp=stamp(f"{path}/{name}" for name in (*names, *near)),
        looked=stamped,
        labels=found,
        notes=[*found.notes, *others.explained(unread)],
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


def no_pictures(path: Path, files: Sequence[str], ignored: Mapping[str, Sequence[str]]) -> str:
    """What to say of a place without pictures."""
    if "" in ignored.get(own.RUN, ()):
        samples = command("sample", path, "--out", "FOLDER")
        return f"{shown(path)!r} is {own.RUN}, not data. To draw its samples: {samples}"
    there = f"it holds {len(files)} other files, {shown(files[0])!r} first" if files else "it is empty"
    if mine := [f"{why} ({len(ignored[why])})" for why in (own.RUN, own.DRAWING) if ignored.get(why)]:
        there = f"passed over: {', '.join(mine)}" + (f"; {there}" if files else "")
    if nested := [name for name in files if name.lower().endswith((".zip", ".tar", ".gz", ".tgz", ".7z", ".rar"))]:
        there += f"; give the archive {shown(nested[0])!r} itself if it is a zip, or unpack it"
    if todo := others.container(files):
        there += f". {todo}"
    return f"there are no pictures in {shown(path)!r} ({there}): expected files ending in {', '.join(sorted(READ))}"


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
