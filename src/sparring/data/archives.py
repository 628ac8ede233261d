"""Members of archives, read in memory with limits. Nothing is ever unpacked to disk under a name an archive chose."""

from __future__ import annotations

import gzip
import io
import lzma
import re
import shutil
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

__all__ = ["MEMBER_LIMIT", "TOTAL_LIMIT", "rename", "stored_zip", "take"]

MEMBER_LIMIT, TOTAL_LIMIT = 2**28, 2**30
DAMAGED = (OSError, EOFError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError)

Members = Iterator[tuple[str, Callable[[], IO[bytes]]]]


def take(file: Path, wanted: Mapping[str, str]) -> dict[str, bytes]:
    """The members of an archive that are wanted, under their new names; gzipped ones are unzipped.

    Args:
        file: A .zip, .whl, .tgz, .tar.gz or .deb (which needs `dpkg-deb`); anything else is its own only member. An
            ending .part is overlooked.
        wanted: Patterns of members' names and what to call them, as in `rename`.

    Raises:
        ValueError: The archive is damaged, or larger inside than `MEMBER_LIMIT` or `TOTAL_LIMIT` bytes.
    """
    taken: dict[str, bytes] = {}
    left = TOTAL_LIMIT
    try:
        for name, open_member in _members(file):
            if new := rename(name, wanted):
                with open_member() as stream:
                    taken[new] = _read(stream, name, min(left, MEMBER_LIMIT))
                left -= len(taken[new])
    except DAMAGED as error:
        raise ValueError(f"{file.name} cannot be read ({error})") from error
    return taken


def rename(name: str, wanted: Mapping[str, str]) -> str | None:
    """The new name of a member by the first pattern that fits; None if none does or the name would leave its folder.

    Example:
        >>> rename("package/img/1f600.png", {"package/img/*.png": "*.png"})
        '1f600.png'
    """
    for pattern, new in wanted.items():
        if found := re.fullmatch(re.escape(pattern).replace(r"\*", "(.+)"), name):
            new_name = new.replace("*", found[1]) if "*" in new else new
            inside = not re.search(r"[\\:\0]", new_name) and not {"", ".", ".."} & set(new_name.split("/"))
            return new_name if inside else None
    return None


def stored_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip with sorted names, no compression and no dates: the same files make the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return buffer.getvalue()


def _read(stream: IO[bytes], name: str, limit: int) -> bytes:
    unzipped = gzip.GzipFile(fileobj=stream) if name.endswith(".gz") else stream
    content = unzipped.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"{name} holds more than the {limit:,} bytes that are allowed")
    return content


def _members(file: Path) -> Members:
    name = file.name.removesuffix(".part")
    for suffixes, members in _READERS.items():
        if name.endswith(suffixes):
            return members(file)
    return iter([(name, lambda: file.open("rb"))])


def _zip(file: Path) -> Members:
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            yield info.filename, lambda info=info: archive.open(info)  # type: ignore[misc]


def _tar(file: Path) -> Members:
    with tarfile.open(file, "r:gz") as archive:
        yield from _regular(archive, archive)


def _deb(file: Path) -> Members:
    if not (client := shutil.which("dpkg-deb")):
        raise OSError("dpkg-deb is not installed")
    command = [client, "--fsys-tarfile", str(file)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process,  # noqa: S603 - no shell
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        yield from _regular(archive, archive)


def _regular(archive: tarfile.TarFile, infos: Iterable[tarfile.TarInfo]) -> Members:
    for info in infos:
        if info.isreg():  # such a member always has a stream
            yield info.name.removeprefix("./"), lambda info=info: archive.extractfile(info)  # type: ignore[misc]


_READERS: dict[tuple[str, ...], Callable[[Path], Members]] = {
    (".zip", ".whl"): _zip,
    (".tgz", ".tar.gz"): _tar,
    (".deb",): _deb,
}
