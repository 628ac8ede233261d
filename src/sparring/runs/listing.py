"""Runs on disk, many at a time: what there is in a folder, in what they differ, and what may go."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sparring import recipes
from sparring.runs import checkpoint
from sparring.runs.run import LEFTOVER, Run
from sparring.runs.session import END
from sparring.runs.writers import read_log

__all__ = ["Summary", "about", "differences", "find", "prune", "remove", "size", "summary"]

PARTS = ("config.json", "log.jsonl", "checkpoints", "model")
"""A folder with one of these is a run, or what is left of one."""

QUIET = 60.0
"""A run whose log has not changed for so many seconds is not being trained."""


@dataclass(frozen=True)
class Summary:
    """A run as it is on disk.

    Attributes:
        path: Its directory.
        problem: Why it cannot be continued; None if it can. What could not be read is then "", 0 or False.
        recipe: Its recipe.
        round: The last round that was logged or saved.
        rounds: Rounds it is to play.
        complete: Whether it has played them all and drawn the pictures of the end.
        images: Images shown so far.
        seconds: Seconds of training so far.
        bytes: The size of all its files.
        changed: When one of them last changed, in seconds since 1970.
    """

    path: Path
    problem: str | None
    recipe: str = ""
    round: int = 0
    rounds: int = 0
    complete: bool = False
    images: int = 0
    seconds: float = 0.0
    bytes: int = 0
    changed: float = 0.0


def find(folder: Path) -> list[Path]:
    """The runs in `folder`, whole or broken, by name; `folder` itself if it is a run.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r}: give the one that your runs are in")
    if _has_parts(folder):
        return [folder]
    return sorted(path for path in folder.iterdir() if _has_parts(path) and not path.match(LEFTOVER))


def _has_parts(path: Path) -> bool:
    try:
        return any((path / part).exists() for part in PARTS)
    except OSError:
        return False  # a folder that may not be looked into


def about(path: Path) -> dict[str, Any]:
    """The content of a run's config.json, of any recipe.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is not that of a run.
    """
    file = path / "config.json"
    if not file.is_file():
        raise FileNotFoundError(f"{str(path)!r} is not a run: it has no config.json")
    try:
        content = json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{str(path)!r} is not a run: its config.json is damaged ({error})") from error
    if not isinstance(content, dict) or not {"recipe", "config", "data"} <= content.keys():
        raise ValueError(f"{str(path)!r} is not a run: its config.json is not of sparring")
    return content


def summary(path: Path) -> Summary:
    """What there is to say about a run. Never fails: of a broken one it says what is wrong."""
    try:
        files = [file.lstat() for file in _files(path)]
        on_disk = sum(file.st_size for file in files), max((file.st_mtime for file in files), default=0.0)
    except OSError as error:
        return Summary(path, f"cannot be read ({error.strerror})")
    try:
        content = about(path)
        if content["recipe"] in recipes.names():
            Run.open(path)
        rounds, saved = int(content["config"]["rounds"]), checkpoint.found(path / "checkpoints")
        last = {"round": 0, "images": 0, "seconds": 0.0, **(read_log(path / "log.jsonl") or [{}])[-1]}
        round = max(int(last["round"]), *(int(p.name) for p in saved[-1:]), 0)
        complete = round >= rounds and (path / END).exists()
        return Summary(
            path, None, str(content["recipe"]), round, rounds, complete,
            int(last["images"]), float(last["seconds"]), *on_disk,
        )  # fmt: skip
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError) as error:
        return Summary(
            path, " ".join(str(error).split()).removeprefix(f"{str(path)!r} "), bytes=on_disk[0], changed=on_disk[1]
        )


def size(path: Path) -> int:
    """Bytes of all files below `path`; what links point to does not count."""
    return sum(file.lstat().st_size for file in _files(path))


def _files(path: Path) -> Iterator[Path]:
    """All files below `path` that are there when they are looked for; links are files."""
    for folder, _, names in os.walk(path):
        yield from (file for name in names if os.path.lexists(file := Path(folder, name)))


def differences(runs: Sequence[Path]) -> dict[str, list[Any]]:
    """The recipe and configuration values that are not the same in all runs, each with its value in every run.

    A value inside another has both names, with a dot between; None stands for one that a run does not have.
    """
    flat = [dict(_flatten({"recipe": (content := about(path))["recipe"], **content["config"]})) for path in runs]
    names = dict.fromkeys(name for values in flat for name in values)
    table = {name: [values.get(name) for values in flat] for name in names}
    return {name: values for name, values in table.items() if any(value != values[0] for value in values)}


def _flatten(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{above}{name}.")
        else:
            yield above + name, value


def removable(path: Path, *, trained: bool = False) -> None:
    """Makes sure that `path` is a run and not in use.

    Args:
        path: The directory.
        trained: A run that may be being trained will do too.

    Raises:
        ValueError: It is not a run, a link to one, or being trained.
        FileNotFoundError: There is none.
    """
    if path.is_symlink():
        raise ValueError(f"{str(path)!r} is a link: give the run itself, {str(path.resolve())!r}")
    about(path)
    log = path / "log.jsonl"
    quiet = time.time() - log.stat().st_mtime if log.exists() else QUIET
    if not trained and quiet < QUIET and not summary(path).complete:
        raise ValueError(
            f"{str(path)!r} may be being trained: its log changed {quiet:.0f} seconds ago; stop it first, "
            f"or wait until the log has not changed for {QUIET:.0f} seconds"
        )


def remove(path: Path, *, trained: bool = False) -> int:
    """Removes a run and all that is in its directory, and returns the bytes freed. Links are not followed.

    Args:
        path: Its directory.
        trained: Also if its log says that it may be being trained.

    Raises:
        ValueError: It is not a run, a link to one, or being trained.
        FileNotFoundError: There is none.
    """
    removable(path, trained=trained)
    freed = size(path)
    shutil.rmtree(path)
    return freed


def prune(path: Path, keep: int = 1) -> int:
    """Removes all checkpoints of a run but the newest `keep` whole ones, and returns the bytes freed.

    Raises:
        ValueError: It is not a run, being trained, or has no whole checkpoint; or `keep` is less than 1.
        FileNotFoundError: There is no run.
    """
    if keep < 1:
        raise ValueError(f"--keep is {keep}; expected 1 or more, for without a checkpoint a run cannot go on")
    removable(path)
    folder = path / "checkpoints"
    before, kept = size(folder), list(islice(checkpoint.whole(folder), keep))
    if not kept:
        raise ValueError(f"{str(path)!r} has no whole checkpoint: nothing was removed")
    for old in [*folder.glob(LEFTOVER), *(other for other in checkpoint.found(folder) if other not in kept)]:
        shutil.rmtree(old)
    return before - size(folder)
