"""Files that survive a crash: whole, old or new."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["synchronise", "write", "write_atomically"]


def write_atomically(path: Path, content: bytes) -> None:
    """Writes `content` so that after a crash the file has the old content or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write(temporary, content)
        temporary.replace(path)
        synchronise(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Writes a file and waits until it is on the disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def synchronise(folder: Path) -> None:
    """Waits until the names in a folder are on the disk."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
