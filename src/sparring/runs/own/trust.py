"""The list of recipes that may run: what their user has once named.

One line for each, the SHA-256 of a `Source` and where it was. The list is in the user's state directory, which no run
and no cache is, and counts only while nobody else can write it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from sparring.runs.own.source import Source

__all__ = ["add", "knows", "place"]


def place() -> Path:
    """The list: `$XDG_STATE_HOME/sparring/recipes` or `~/.local/state/sparring/recipes`. It need not exist.

    Raises:
        OSError: There is no home directory.
    """
    state = Path(os.environ.get("XDG_STATE_HOME") or "~")
    if not state.is_absolute():  # which the standard says to pass over
        try:
            state = Path.home() / ".local" / "state"
        except RuntimeError as error:
            raise FileNotFoundError(f"there is no home directory ({error}): set XDG_STATE_HOME") from error
    return state / "sparring" / "recipes"


def knows(source: Source) -> bool:
    """Whether the list has these very bytes.

    Raises:
        PermissionError: Others could have written the list.
    """
    try:
        handle = _open(os.O_RDONLY)
    except FileNotFoundError:
        return False
    with os.fdopen(handle, encoding="utf-8", errors="replace") as file:
        return any(line.split(" ", 1)[0].strip() == source.sha256 for line in file)


def add(source: Source) -> None:
    """Puts a source on the list.

    Raises:
        OSError: The list cannot be written, or others could write it.
    """
    folder = place().parent
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    if not knows(source):
        where = str(source.home / source.name).encode("unicode_escape").decode()  # in one line
        with os.fdopen(_open(os.O_RDWR | os.O_APPEND | os.O_CREAT), "r+b") as file:
            whole = file.read()[-1:] in {b"", b"\n"}  # or somebody has edited it
            file.write(f"{'' if whole else chr(10)}{source.sha256}  {where}\n".encode())


def _open(flags: int) -> int:
    """A handle of the list, made sure of: what is checked is what is read."""
    folder, file = place().parent, place()
    _check(folder, os.lstat(folder), stat.S_ISDIR)
    try:
        handle = os.open(file, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), mode=0o600)
    except OSError as error:
        raise _refused(file, "is a link") if file.is_symlink() else error from None
    try:
        _check(file, os.fstat(handle), stat.S_ISREG)
    except OSError:
        os.close(handle)
        raise
    return handle


def _check(path: Path, found: os.stat_result, kind: object) -> None:
    """Raises PermissionError unless a file or folder is the user's own and nobody else can write it."""
    assert callable(kind)
    if not kind(found.st_mode):
        raise _refused(path, "is a link or of a wrong kind")
    if os.name == "posix":
        if found.st_uid != os.geteuid():
            raise _refused(path, f"belongs to another user (number {found.st_uid})")
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise _refused(path, f"can be written by others (mode {stat.S_IMODE(found.st_mode):o})")


def _refused(path: Path, why: str) -> PermissionError:
    return PermissionError(
        f"{str(path)!r} {why}, so the list of recipes that may run was not read. Check the file, remove it, and name "
        "the recipe again: --recipe ./FILE.py"
    )
