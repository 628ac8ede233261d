"""What sparring itself wrote among pictures: runs, drawings and its cache. None of it is an example."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from sparring.data import cache
from sparring.data.parallel import parallel
from sparring.kinds.drawing import MARK
from sparring.machine.plain import read_json

__all__ = ["CACHE", "CONFIG", "DRAWING", "RUN", "drawings", "is_run", "reason", "remember"]

RUN, DRAWING, CACHE = "a run of sparring", "a drawing by sparring", "the cache of sparring"
"""Why a folder or a picture is passed over."""

CONFIG = "config.json"
"""The file that a run has."""

_SEALED = {"recipe", "config", "data", "format", "sha256"}
_HEAD, _LARGEST, _STEP = 1024, 2**24, 2**20


def reason(folder: Path, names: Collection[str]) -> str:
    """Why a folder with these entries holds no examples; "" if it may hold some."""
    if folder.absolute() == cache.home():
        return CACHE
    with suppress(OSError):
        if CONFIG in names and folder.joinpath(CONFIG).is_file():
            with folder.joinpath(CONFIG).open("rb") as file:
                return RUN if is_run(file) else ""
    return ""


def is_run(config: IO[bytes]) -> bool:
    """Whether a config.json is that of a run, whole or not."""
    try:
        content = read_json(config.read(_LARGEST))
    except ValueError:
        return False
    return isinstance(content, dict) and content.keys() >= _SEALED


def drawings(names: Sequence[str], stamped: str, opened: Callable[[str], IO[bytes]]) -> set[str]:
    """Those pictures that are drawings: sheets, grids, curves, time-lapses.

    Args:
        names: Of pictures.
        stamped: Changes when one of them does; with it, what `remember` kept is found and nothing read.
        opened: Opens one of them.
    """
    with suppress(ValueError):
        return set(read_json(cache.noted(_kept(stamped))))
    # What cannot be read is no drawing, whatever is wrong with it: it is looked at again, with the others.
    marked = parallel(lambda i: _marked(names[i], opened), range(len(names)), "looking", Exception)
    return {name for name, mark in zip(names, marked, strict=True) if mark is True}


def remember(stamped: str, drawn: Sequence[str]) -> None:
    """Keeps in the cache which pictures of that stamp are drawings, unless it is known or cannot be written."""
    if stamped and not cache.noted(_kept(stamped)):
        cache.note(_kept(stamped), json.dumps(drawn))


def _kept(stamped: str) -> Path:
    return cache.home() / "known" / hashlib.sha256(f"{MARK} {cache.user()} {stamped}".encode()).hexdigest()


def _marked(name: str, opened: Callable[[str], IO[bytes]]) -> bool:
    """Whether a file has the mark, where its format keeps words."""
    with opened(name) as file:
        head, tail = file.read(_HEAD), b""
        while name.lower().endswith(".webp") and (more := file.read(_STEP)):
            tail = (tail + more)[-_HEAD:]
    return MARK.encode() in head + tail
