"""The cache: one folder for what was downloaded and what was decoded. Deleting it loses nothing but time."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["home", "staged", "used"]


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
        return usual.expanduser() / "sparring"
    except RuntimeError as error:
        raise OSError("there is no home folder for the cache: set SPARRING_CACHE to a folder") from error


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
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent))
    except OSError as error:
        raise OSError(
            f"the cache {str(home())!r} cannot be written ({error.strerror}): "
            "make it writable or set SPARRING_CACHE to another folder"
        ) from error
    _sweep(target.parent)
    try:
        yield folder
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OSError(
                f"the disk of the cache {str(home())!r} is full: make space, or set SPARRING_CACHE to another folder"
            ) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(folder: Path, seconds: float = 86_400) -> None:
    """Removes what killed processes left, when it has not been touched for a day."""
    for leftover in folder.glob(".*.tmp"):
        if time.time() - leftover.stat().st_mtime > seconds:
            shutil.rmtree(leftover, ignore_errors=True)
