"""Runs on disk, many at a time: what there is in a folder, in what they differ, and what may go.

Nothing here needs torch, or runs what a run says of itself: a list is quick, and safe with a stranger's runs.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sparring import recipes
from sparring.machine.files import explained
from sparring.machine.plain import restore
from sparring.machine.words import shown
from sparring.runs import belongings, checkpoint, files, lock, scores
from sparring.runs.scores import Found

__all__ = ["Summary", "differences", "find", "prune", "remove", "size", "summary"]

PARTS = (files.CONFIG, files.LOG, files.CHECKPOINTS, files.MODEL)
"""A folder with one of these is a run, or what is left of one."""


@dataclass(frozen=True)
class Summary:
    """A run as it is on disk.

    Attributes:
        path: Its directory.
        problem: Why it cannot be continued; None if it can. What could not be read is then "", 0 or False.
        damage: What is wrong with its log, which does not keep it from being continued; "" if nothing is.
        user: The process that trains it, or does something else with it; "" if none does.
        recipe: Its recipe.
        round: The last round that was logged or saved.
        rounds: Rounds it is to play.
        complete: Whether it has played them all and drawn the pictures of the end.
        images: Images shown so far.
        seconds: Seconds of training so far.
        bytes: The size of all its files.
        changed: When one of them last changed, in seconds since 1970.
        score: Its newest score, if there is one.
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
    damage: str = ""
    user: str = ""
    score: Found | None = None


def find(folder: Path) -> list[Path]:
    """The runs in `folder`, whole or broken, by name; `folder` itself if it is a run.

    Raises:
        FileNotFoundError: There is no such folder.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r}: give the one that your runs are in")
    if _has_parts(folder):
        return [folder]
    return sorted(path for path in folder.iterdir() if _has_parts(path) and not path.match(files.LEFTOVER))


def _has_parts(path: Path) -> bool:
    try:
        return any((path / part).exists() for part in PARTS)
    except OSError:
        return False  # a folder that may not be looked into


def summary(path: Path) -> Summary:
    """What there is to say about a run. Never fails: of a broken one it says what is wrong."""
    try:
        stats = [file.lstat() for file in _files(path)]
        on_disk = sum(stat.st_size for stat in stats), max((stat.st_mtime for stat in stats), default=0.0)
    except OSError as error:
        return Summary(path, f"cannot be read ({error.strerror})")
    user = str(lock.holder(path) or "")
    try:
        return dataclasses.replace(_described(path), bytes=on_disk[0], changed=on_disk[1], user=user)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        words = explained(error) if isinstance(error, OSError) else " ".join(str(error).split())
        return Summary(
            path, words.removeprefix(f"{str(path)!r} "), bytes=on_disk[0], changed=on_disk[1], user=user
        )  # fmt: skip


def _described(path: Path) -> Summary:
    """A run by its config.json, log and checkpoints."""
    content = files.read_config(path)
    _check(path, content)
    rounds = int(content["rounds"])
    saved = checkpoint.found(path / files.CHECKPOINTS)
    log = files.read_lines(path / files.LOG)
    last = log.lines[-1] if log.lines else {"round": 0, "images": 0, "seconds": 0.0}
    round = max(int(last["round"]), *(int(p.name) for p in saved[-1:]), 0)
    return Summary(
        path, None, str(content["recipe"]), round, rounds, round >= rounds and files.last_picture(path).exists(),
        int(last["images"]), last["seconds"], damage=log.damage and f"{files.LOG}: {log.damage}",
        score=scores.newest(path),
    )  # fmt: skip


def _check(path: Path, content: Mapping[str, Any]) -> None:
    """Makes sure that the configuration is one of this version; that of a recipe of somebody's own is left alone."""
    if "source" in content and content["recipe"] in recipes.names():
        raise ValueError(
            f"{str(path)!r} keeps a file for the recipe {shown(content['recipe'])!r}, which has none: nothing was run"
        )
    try:
        if content["recipe"] in recipes.names():
            restore(recipes.find(content["recipe"]).Config, content["config"])
        _ = [content["data"][name] for name in ("shape", "count", "sha256", "spec")]
    except (KeyError, TypeError) as error:
        file = str(path / files.CONFIG)
        raise ValueError(f"{file!r} does not describe a run of this version ({error})") from error


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
    contents = [files.read_config(path) for path in runs]
    flat = [dict(_flatten({"recipe": _version(content), **content["config"]})) for content in contents]
    names = dict.fromkeys(name for values in flat for name in values)
    table = {name: [values.get(name) for values in flat] for name in names}
    return {name: values for name, values in table.items() if any(value != values[0] for value in values)}


def _version(content: Mapping[str, Any]) -> str:
    """The recipe, and which version of it if it is somebody's file."""
    source = content.get("source")
    return f"{content['recipe']} {str(source['sha256'])[:8]}" if isinstance(source, Mapping) else content["recipe"]


def _flatten(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{above}{name}.")
        else:
            yield above + name, value


def removable(path: Path, *, break_lock: bool = False) -> Path:
    """Makes sure that `path` is a run and not in use, and returns it as it is spelt without `..`.

    Args:
        path: The directory.
        break_lock: A process of another machine, of which nobody here can know whether it lives, is no use.

    Raises:
        InUseError: It is in use.
        ValueError: It is not a run, or a link to one.
        FileNotFoundError: There is none.
    """
    plain = Path(os.path.normpath(path.absolute()))  # "link/.." and the like lead through a link too
    if plain.is_symlink() or (plain.exists() and path.exists() and not plain.samefile(path)):
        raise ValueError(f"{str(path)!r} is a link: give the run itself, {str(path.resolve())!r}")
    files.about(path)
    lock.check(path, break_lock=break_lock)
    return plain


def remove(path: Path, *, break_lock: bool = False) -> int:
    """Removes what a run wrote, and its directory if nothing else is in it; returns the bytes freed.

    What else is there stays: `belongings.others` names it. Links are not followed.

    Args:
        path: Its directory.
        break_lock: As in `removable`.

    Raises:
        InUseError: It is in use.
        ValueError: It is not a run, or a link to one.
        FileNotFoundError: There is none.
    """
    path = removable(path, break_lock=break_lock)
    with lock.locked(path, "removed", break_lock=break_lock):
        freed = sum(file.lstat().st_size for file in belongings.own(path) if file != path / lock.LOCK)
        belongings.remove(path)
    return freed


def prune(path: Path, keep: int = 1, *, break_lock: bool = False) -> int:
    """Removes all checkpoints of a run but the newest `keep` whole ones, and returns the bytes freed.

    Raises:
        InUseError: It is in use.
        ValueError: It is not a run, or has no whole checkpoint; or `keep` is less than 1.
        FileNotFoundError: There is no run.
    """
    if keep < 1:
        raise ValueError(f"--keep is {keep}; expected 1 or more: a run without a checkpoint cannot continue")
    path = removable(path, break_lock=break_lock)
    folder = path / files.CHECKPOINTS
    with lock.locked(path, "pruned", break_lock=break_lock):
        before, kept = size(folder), list(islice(checkpoint.whole(folder), keep))
        if not kept:
            raise ValueError(f"{str(path)!r} has no whole checkpoint: nothing was removed")
        for old in [
            *checkpoint.interrupted(folder),
            *(other for other in checkpoint.found(folder) if other not in kept),
        ]:
            if not old.is_symlink():
                shutil.rmtree(old)
        return before - size(folder)
