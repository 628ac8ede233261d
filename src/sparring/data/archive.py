"""Pictures in a zip archive, read in place: nothing is ever extracted."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from sparring.data import own, tables
from sparring.data.folder import LARGEST, examples, labels_for, no_pictures, strays, suffix
from sparring.data.listing import Encoded, shown, stamp
from sparring.data.picture import SUFFIXES, BadPictureError

__all__ = ["Archive", "check", "open_zip", "read_archive"]

_DAMAGED = (BadZipFile, OSError, EOFError, NotImplementedError, zlib.error)
_ENCRYPTED, _ARCHIVES = 0x1, (".zip", ".tar", ".tgz", ".gz", ".7z", ".rar", ".xz", ".bz2")


@dataclass(frozen=True, kw_only=True)
class Archive(Encoded):
    """Members of an open zip archive."""

    archive: ZipFile

    def content(self, i: int) -> bytes:
        """Reads a member into memory; the archive checks its CRC."""
        try:
            return self.archive.read(self.names[i])
        except _DAMAGED as error:
            raise BadPictureError("damaged in the archive") from error


def open_zip(path: Path, largest: int = LARGEST) -> ZipFile:
    """An archive that has passed `check`; `largest` is the number of bytes a member may have.

    Raises:
        ValueError: It is no zip, or one not to be trusted.
    """
    try:
        archive = ZipFile(path)
    except BadZipFile as error:
        raise ValueError(f"{shown(path)!r} is not a whole zip archive ({error}): pack or download it again") from error
    check(path, archive.infolist(), largest)
    return archive


def check(path: Path, members: Sequence[ZipInfo], largest: int = LARGEST) -> None:
    """Refuses encrypted archives, bombs, and names that lead elsewhere, occur twice or are archives themselves.

    Raises:
        ValueError: Which, and what to do.
    """
    counts = Counter(member.filename for member in members)
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    verdicts = {
        "a name that points outside it": [n for n in counts if _leads_out(n)],
        "several members of the same name": [n for n, count in counts.items() if count > 1],
        "an encrypted member": [m.filename for m in members if m.flag_bits & _ENCRYPTED],
        "an archive inside": [n for n in counts if n.lower().endswith(_ARCHIVES)],
        f"a member of over {largest >> 20} MB": [m.filename for m in members if m.file_size > largest],
    }
    for verdict, names in verdicts.items():
        if names:
            raise ValueError(f"{shown(path)!r} holds {verdict} ({shown(names[0])!r}): archive the plain pictures again")
    if unpacked > 200 * packed and unpacked > 2**30:
        raise ValueError(
            f"{shown(path)!r} would unpack {packed:,} bytes to {unpacked:,}, like a zip bomb: archive "
            "the plain pictures again"
        )


def _leads_out(name: str) -> bool:
    path = name.replace("\\", "/")
    return path.startswith("/") or path[1:2] == ":" or ".." in path.split("/")


def read_archive(path: Path, labels: str = "auto") -> Archive:
    """The pictures in a zip, in the order of their names, with labels as in a folder.

    Args:
        path: The archive.
        labels: As in `Preparation`.

    Raises:
        ValueError: It is no archive to be trusted, holds no pictures, or the labels do not fit.
    """
    archive = open_zip(path)
    files = sorted(member.filename for member in archive.infolist() if not member.is_dir())
    hidden = [name for name in files if any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)]
    runs = _runs(archive, sorted(set(files) - set(hidden)))
    rest = sorted(set(files) - set(hidden) - {name for name in files if name.startswith(tuple(runs))})
    pictures = [name for name in rest if suffix(name) in SUFFIXES]
    ignored = {"hidden": hidden, own.RUN: [run.rstrip("/") for run in runs]}
    names = examples(pictures, stamp([path]), archive.open, ignored)
    beside = [name for name in rest if "/" not in name and name.lower().endswith(tables.ENDINGS)]
    others = sorted(set(rest) - set(pictures) - set(beside))
    if not names:
        raise ValueError(no_pictures(path, others + beside, ignored))
    found = labels_for(path, labels, names, _tables(path, archive, beside) if labels == "auto" else {})
    ignored["not named as a picture"] = others
    return Archive(
        path=path,
        kind="zip archive",
        names=names,
        stamp=stamp([path]),
        looked=stamp([path]),
        labels=found,
        notes=[] if beside else strays(names, labels),
        ignored={reason: names for reason, names in ignored.items() if names},
        archive=archive,
    )


def _runs(archive: ZipFile, names: Sequence[str]) -> list[str]:
    """The folders of runs, with the slash at their end; "" if the whole is one."""
    found = []
    for name in names:
        if PurePosixPath(name).name == own.CONFIG:
            with suppress(*_DAMAGED), archive.open(name) as file:
                found += [name.removesuffix(own.CONFIG)] if own.is_run(file) else []
    return found


def _tables(path: Path, archive: ZipFile, names: Sequence[str]) -> dict[str, bytes]:
    try:
        return {name: archive.read(name) for name in names}
    except _DAMAGED as error:
        raise ValueError(
            f"{shown(path)!r} holds a table that cannot be read: {', '.join(map(repr, map(shown, names)))} is damaged "
            f"({error}). Make a new archive, or train with --labels none"
        ) from error
