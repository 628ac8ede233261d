"""What is in the cache, and how to be rid of it."""

from __future__ import annotations

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
from sparring.machine.plain import read_json

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
    entries = [_cached(path, "set", path.name) for path in _inside(home / "sets") if _bare(path) in SETS]
    entries += [_cached(path, "pictures", _described(path)) for path in _inside(home / "prepared") if _keyed(path)]
    entries += [_cached(path, "download", path.name) for path in _inside(home / "downloads") if _bare(path) in SETS]
    if (index := _inside(home / "known")) and all(map(_keyed, index)):
        entries.append(_cached(home / "known", "index", f"remembered places of pictures: {len(index)}"))
    return sorted(entries, key=lambda entry: -entry.bytes)


def _bare(path: Path) -> str:
    """A name without the number of a user."""
    return path.name.partition(".")[0]


def _keyed(path: Path) -> bool:
    """Whether a name is one that sparring gives: a SHA-256, or what an interrupted write leaves."""
    return bool(re.fullmatch(r"[0-9a-f]{64}(\.\d+)?|\..*\.tmp", path.name))


def clear(entries: Sequence[Cached]) -> int:
    """Removes entries and returns the bytes freed.

    Raises:
        OSError: Some cannot be removed, such as those of other users; all others are gone.
    """
    kept: list[tuple[Path, OSError]] = []
    for entry in entries:
        try:
            shutil.rmtree(entry.path)
        except OSError as error:
            kept.append((entry.path, error))
    if kept:
        path, why = kept[0]
        raise OSError(
            f"{len(kept)} of {len(entries)} entries cannot be removed, {str(path)!r} first "
            f"({why.strerror}): ask their owner to do it. The others are removed"
        )
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
        report: dict[str, Any] = read_json(entry.joinpath("about.json").read_bytes())["report"]
        size = " x ".join(map(str, report["shape"][1:]))
        return f"{report['count']:,} of {size} from {shown(Path(report['path']))}"
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return "not whole"
