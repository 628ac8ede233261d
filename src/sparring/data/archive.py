"""Pictures in a zip archive, read in place: nothing is ever extracted."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from sparring.data import members, others, own
from sparring.data.folder import examples, no_pictures, suffix
from sparring.data.labelling import beside, labels_for
from sparring.data.listing import Encoded, shown, stamp
from sparring.data.picture import SUFFIXES, BadPictureError
from sparring.data.tables import LARGEST

__all__ = ["Archive", "read_archive"]


@dataclass(frozen=True, kw_only=True)
class Archive(Encoded):
    """Members of an open zip archive."""

    archive: ZipFile

    def length(self, i: int) -> int:
        """Of the unpacked member."""
        return self.archive.getinfo(self.names[i]).file_size

    def content(self, i: int) -> bytes:
        """Reads a member into memory; the archive checks its CRC."""
        try:
            buffer = io.BytesIO()  # unpacked at once, it would take twice its memory
            with self.archive.open(self.names[i]) as member:
                shutil.copyfileobj(member, buffer, 2**20)
            return buffer.getvalue()
        except members.DAMAGED as error:
            raise BadPictureError("damaged in the archive") from error


def read_archive(path: Path, labels: str = "auto") -> Archive:
    """The pictures in a zip, in the order of their names, with labels as in a folder.

    Args:
        path: The archive.
        labels: As in `Preparation`.

    Raises:
        ValueError: It is no archive to be trusted, holds no pictures, or the labels do not fit.
    """
    archive, apart = members.open_some(path)
    odd = {reason: [name for name in some if not _hidden(name)] for reason, some in apart.items()}
    rest, ignored = _seen(archive)
    pictures = [name for name in rest if suffix(name) in SUFFIXES]
    members.refuse_bomb(path, [archive.getinfo(name) for name in pictures])
    names = examples(pictures, stamp([path]), archive.open, ignored)
    skipped = {reason: bad for reason, some in odd.items() if (bad := [n for n in some if suffix(n) in SUFFIXES])}
    if len(names) < sum(map(len, skipped.values())) or not names:
        members.refuse_odd(path, skipped or odd)
    unused = sorted(set(rest) - set(pictures))
    if not names:
        raise ValueError(no_pictures(path, unused, ignored))
    tables = beside(unused, names)
    unread = sorted(set(unused) - set(tables))
    known = labels_for(path, labels, names, tables, lambda name: _table(path, archive, name))
    ignored["not named as a picture"] = unread
    ignored |= {reason: [name for name in some if suffix(name) not in SUFFIXES] for reason, some in odd.items()}
    return Archive(
        path=path,
        kind="zip archive",
        names=names,
        stamp=stamp([path]),
        looked=stamp([path]),
        labels=known,
        notes=[*known.notes, *others.explained(unread), *members.strange([archive.getinfo(name) for name in names])],
        skipped=skipped,
        ignored={reason: names for reason, names in ignored.items() if names},
        archive=archive,
    )


def _seen(archive: ZipFile) -> tuple[list[str], dict[str, list[str]]]:
    """The names of files that are neither hidden nor in runs, and those that are, by reason."""
    hidden = sorted(name for name in archive.namelist() if _hidden(name))
    files = sorted(set(archive.namelist()) - set(hidden))
    runs = _runs(archive, files)
    rest = [name for name in files if not name.startswith(tuple(runs))]
    return rest, {"hidden": hidden, own.RUN: [run.rstrip("/") for run in runs]}


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts)


def _runs(archive: ZipFile, names: Sequence[str]) -> list[str]:
    """The folders of runs, with the slash at their end; "" if the whole is one."""
    found = []
    for name in names:
        if PurePosixPath(name).name == own.CONFIG:
            with suppress(*members.DAMAGED), archive.open(name) as file:
                found += [name.removesuffix(own.CONFIG)] if own.is_run(file) else []
    return found


def _table(path: Path, archive: ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as file:
            return file.read(LARGEST + 1)
    except members.DAMAGED as error:
        raise ValueError(
            f"{shown(path)!r} holds a table that cannot be read: {shown(name)!r} is damaged ({error}). Make a new "
            "archive, or train with --labels none"
        ) from error
