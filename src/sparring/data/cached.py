"""What is in the cache, and how to be rid of it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sparring.data import cache
from sparring.data.listing import shown
from sparring.data.sets import SETS

__all__ = ["Cached", "clear", "found"]


@dataclass(frozen=True)
class Cached:
    """Something in the cache.

    Attributes:
        path: Where it is.
        kind: set, pictures, download or index.
        what: Of what.
        bytes: The size of all its files.
        used: When it was last used, in seconds since 1970.
    """

    path: Path
    kind: str
    what: str
    bytes: int
    used: float


def found() -> list[Cached]:
    """All that sparring put there, largest first; files of others in the same folder are none of it."""
    home = cache.home()
    entries = [_cached(path, "set", path.name) for path in _inside(home / "sets") if path.name in SETS]
    entries += [_cached(path, "pictures", _described(path)) for path in _inside(home / "prepared") if _keyed(path)]
    entries += [_cached(path, "download", path.name) for path in _inside(home / "downloads") if path.name in SETS]
    if (index := _inside(home / "known")) and all(map(_keyed, index)):
        entries.append(_cached(home / "known", "index", f"remembered places of pictures: {len(index)}"))
    return sorted(entries, key=lambda entry: -entry.bytes)


def _keyed(path: Path) -> bool:
    """Whether a name is one that sparring gives: a SHA-256, or what an interrupted write leaves."""
    return bool(re.fullmatch(r"[0-9a-f]{64}|\..*\.tmp", path.name))


def clear(entries: Sequence[Cached]) -> int:
    """Removes entries and returns the bytes freed.

    Raises:
        OSError: One cannot be removed; those before it are gone.
    """
    for entry in entries:
        shutil.rmtree(entry.path)
    return sum(entry.bytes for entry in entries)


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _cached(path: Path, kind: str, what: str) -> Cached:
    return Cached(path, kind, what, sum(_sizes(path)), path.stat().st_mtime)


def _sizes(path: Path) -> Iterator[int]:
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(FileNotFoundError):  # gone meanwhile
                yield Path(folder, name).lstat().st_size


def _described(entry: Path) -> str:
    """Of what prepared pictures are, as far as they say."""
    try:
        report: dict[str, Any] = json.loads(entry.joinpath("about.json").read_bytes())["report"]
        size = " x ".join(map(str, report["shape"][1:]))
        return f"{report['count']:,} of {size} from {shown(Path(report['path']))}"
    except (OSError, ValueError, KeyError, TypeError):
        return "not whole"
