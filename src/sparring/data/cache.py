"""The cache: one folder for what was downloaded and what was decoded. Deleting it loses nothing but time.

Several users may share it: what is new in it has the rights of the folder that it is in, under any umask, but only its
owner may write to it. What another user put there is not used, because that could be anything.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sparring.machine.files import REASONS

__all__ = ["home", "mine", "note", "noted", "place", "staged", "used", "user"]

_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


def home() -> Path:
    """The folder of the cache: `SPARRING_CACHE` if it is set, else the system's place for caches.

    That is `$XDG_CACHE_HOME/sparring` or `~/.cache/sparring`, `~/Library/Caches/sparring` on a Mac and
    `%LOCALAPPDATA%/sparring` on Windows. It need not exist.

    Raises:
        OSError: There is no home folder, as for a user without a name in a container.
    """
    if own := os.environ.get("SPARRING_CACHE"):
        return Path(own).absolute()
    places = {"darwin": Path("~/Library/Caches"), "win32": Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local"))}
    usual = places.get(sys.platform) or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache")
    try:
        return usual.expanduser().absolute() / "sparring"
    except RuntimeError as error:
        raise OSError("there is no home folder for the cache: set SPARRING_CACHE to a folder") from error


def user() -> int:
    """The number of this user; 0 where users have none."""
    return os.geteuid() if hasattr(os, "geteuid") else 0


def mine(path: Path) -> bool:
    """Whether a file or folder is this user's, or root's, who may do everything anyway; a link is looked at itself."""
    try:
        owner = path.lstat().st_uid
    except OSError:
        return False
    return owner in {0, user()} or owner == _owner_of_new(path.parent)


def _owner_of_new(folder: Path) -> int | None:
    """Who owns what this user makes in a folder: on a disk of another machine that may be somebody else."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            return os.fstat(file.fileno()).st_uid
    except OSError:
        return None


def place(folder: Path) -> Path:
    """The place in the cache for a folder of that name: the same with this user's number if another user has it."""
    return folder if mine(folder) or not os.path.lexists(folder) else folder.with_name(f"{folder.name}.{user()}")


def noted(file: Path) -> str:
    """What `note` wrote into a file; "" if there is none, or it is another user's, or that of another name."""
    with suppress(OSError, ValueError):
        name, _, text = file.read_text().partition(" ") if mine(file) else ("", "", "")
        return text if name == file.name else ""
    return ""


def note(file: Path, text: str) -> None:
    """Writes a line of text for this user; where it cannot be written, only time is lost."""
    with suppress(OSError):
        _shelf(file.parent)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=file.parent)
        try:
            with open(handle, "w") as opened:  # noqa: PTH123 - not a path
                opened.write(f"{file.name} {text}")
            Path(temporary).replace(file)
        finally:
            Path(temporary).unlink(missing_ok=True)


def used(entry: Path) -> None:
    """Notes in its time that something in the cache was used just now."""
    with suppress(OSError):  # somebody else's, or gone
        os.utime(entry)


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """A new folder to fill, which becomes `target` when all went well and is gone when not.

    If somebody else made `target` meanwhile, theirs stays.

    Raises:
        OSError: The cache cannot be written; the message says what to do.
    """
    try:
        _shelf(target.parent)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent))
    except OSError as error:
        raise OSError(
            f"the cache {str(home())!r} cannot be written ({error.strerror}): "
            "make it writable or set SPARRING_CACHE to another folder"
        ) from error
    _sweep(target.parent)
    try:
        yield folder
        _give_rights(folder)
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    except OSError as error:
        if error.errno not in _OF_THE_DISK:
            raise
        why = REASONS[error.errno]
        raise OSError(
            f"the cache {str(home())!r} cannot be written: {why}, or set SPARRING_CACHE to another folder"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _shelf(folder: Path) -> None:
    """Makes a folder of the cache, unless it is there: whoever may write to the cache may write to it."""
    home().mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(parents=True)
        with suppress(OSError):  # a disk without rights
            folder.chmod(_rights(folder.parent))


def _give_rights(folder: Path) -> None:
    """Lets all read a new folder that may read the one it is in, and nobody else write to it."""
    rights = _rights(folder.parent)
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):
            path.chmod(0o700 | rights & 0o2755 if path.is_dir() else 0o600 | rights & 0o644)


def _rights(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


def _sweep(folder: Path, seconds: float = 86_400) -> None:
    """Removes what killed processes left, when it has not been touched for a day."""
    for leftover in folder.glob(".*.tmp"):
        with suppress(OSError):  # gone meanwhile
            if time.time() - leftover.stat().st_mtime > seconds:
                shutil.rmtree(leftover, ignore_errors=True)
