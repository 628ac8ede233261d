"""Files that survive a crash: whole, old or new. And what is wrong with a file, in one line."""

from __future__ import annotations

import errno
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "REASONS", "explained", "failed", "file_atomically", "folder_atomically", "naming", "read_npy", "synchronise",
    "write", "write_atomically",
]  # fmt: skip

REASONS = {
    errno.ENOSPC: "the disk is full: make space",
    errno.EDQUOT: "your disk quota is used up: make space",
    errno.EFBIG: "the file is too large here: raise the limit (ulimit -f), or choose another disk",
    errno.EROFS: "the disk is read-only: make it writable, or choose another one",
    errno.EACCES: "you may not read or write it: change its permissions, or choose another place",
    errno.EPERM: "you may not read or write it: change its permissions, or choose another place",
    errno.EISDIR: "a folder is where a file should be: move it away",
    errno.ENOTDIR: "a file is where a folder should be: move it away",
    errno.EEXIST: "a file is where a folder should be: move it away",
    errno.ENOENT: "there is no such file or folder: check the name",
    errno.EIO: "the disk reports an error: copy the files to another disk and continue there",
}
"""What is wrong with a file and what to do, by the number of an error."""

_FAILURES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def explained(error: OSError) -> str:
    """An error at the boundary of a file in one line: the file, what is wrong with it, what to do."""
    name = error.filename2 or error.filename
    if error.errno is None or name is None:
        return " ".join(str(error).split())
    return f"{str(name)!r}: {REASONS.get(error.errno, error.strerror)}"


def failed(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is that of a disk that is full or broken."""
    causes = (error, error.__cause__) if error else ()
    return any(isinstance(each, OSError) and each.errno in _FAILURES for each in causes)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Has an error of the system name `path`: errors of writing name nothing, others a temporary file."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            error.filename, error.filename2 = str(path), None
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Writes `content` so that after a crash the file has the old content or the new, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with naming(path):
            write(temporary, content)
            temporary.replace(path)
            synchronise(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def file_atomically(path: Path) -> Iterator[IO[bytes]]:
    """A new file, to be written in parts: it gets its name when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with naming(path):
            with temporary.open("w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            synchronise(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def folder_atomically(path: Path) -> Iterator[Path]:
    """An empty folder to write files into, which are in `path` when all are written, and nowhere if that fails.

    Args:
        path: A folder that is empty, or is not there.
    """
    there = path.is_dir()
    temporary = (path if there else path.parent) / f".{path.resolve().name}.{os.getpid()}.tmp"
    try:
        with naming(path):
            temporary.mkdir(parents=True)
            yield temporary
            if there:
                for file in temporary.iterdir():
                    file.replace(path / file.name)
            else:
                temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write(path: Path, content: bytes) -> None:
    """Writes a file and waits until it is on the disk."""
    with naming(path), path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_npy(path: Path) -> NDArray[Any]:
    """The array of a .npy file as NumPy and sparring write it; a header that claims too much takes no memory.

    Raises:
        ValueError: It is another file, holds objects, or not all that its header says.
    """
    import numpy as np

    with path.open("rb") as file:
        if (version := np.lib.format.read_magic(file)) != (1, 0):
            raise ValueError(f"version {version} of the format; expected (1, 0)")
        shape, _, kind = np.lib.format.read_array_header_1_0(file)
        if math.prod(shape) * kind.itemsize != path.stat().st_size - file.tell():
            raise ValueError(f"{list(shape)} numbers by its header; expected as many as there are")
    array: NDArray[Any] = np.load(path, allow_pickle=False)
    return array


def synchronise(path: Path) -> None:
    """Waits until the names in a folder, or the content of a file, are on the disk."""
    if os.name == "posix":
        with naming(path):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
