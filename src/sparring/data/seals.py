"""Seals: whether a folder in the cache is what was written there, by this user and under this name.

`seal.json` has the name and, for each other file, the SHA-256 of each chunk.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sparring.data import cache
from sparring.data.parallel import parallel
from sparring.machine.plain import read_json

__all__ = ["CHUNK", "broken", "seal", "whole"]

SEAL = "seal.json"

CHUNK = 2**22
"""Bytes of a chunk."""


def seal(folder: Path, name: str) -> None:
    """Seals the files of a folder, which will have that name."""
    sums = {file.name: _sums(file) for file in sorted(folder.iterdir())}
    folder.joinpath(SEAL).write_text(json.dumps({"name": _bare(name), "sums": sums}))


def whole(folder: Path) -> bool:
    """Whether a folder is this user's and each chunk of each file is what was sealed."""
    try:
        content = read_json(folder.joinpath(SEAL).read_bytes())
        sums = {str(name): list(each) for name, each in content["sums"].items()}
        files = {file.name for file in folder.iterdir()}
        own = all(map(cache.mine, (folder, *folder.iterdir())))
        right = own and content["name"] == _bare(folder.name) and files == {SEAL, *sums}
        return right and all(_sums(folder / name) == each for name, each in sums.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def broken(folder: Path) -> bool:
    """Whether a folder that is not whole once was, and of this user."""
    return cache.mine(folder) and (folder / SEAL).exists()


def _bare(name: str) -> str:
    """A name without the number of a user."""
    return name.partition(".")[0]


def _sums(file: Path) -> list[str]:
    """The SHA-256 of each chunk of a file, computed in threads."""
    chunks = range(-(-file.stat().st_size // CHUNK))
    return [str(each) for each in parallel(lambda i: _sum(file, i), chunks, f"checking {file.name}", ValueError, 1)]


def _sum(file: Path, chunk: int) -> str:
    with file.open("rb") as opened:
        opened.seek(chunk * CHUNK)
        return hashlib.sha256(opened.read(CHUNK)).hexdigest()
