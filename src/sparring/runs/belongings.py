"""Belongings of a run: the files that sparring writes into its directory. What else is there is somebody's own.

Links are never followed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

__all__ = ["clean", "others", "own", "remove"]

_FILES = re.compile(
    r"""
    \.lock | config\.json | (log|scores)\.jsonl | (data|preview|samples|curves|real_and_generated)\.png | data\.txt
    | timelapse\.gif | (evaluation|likelihood|measured)\.json | evaluation\.html
    | samples/\d+\.png | model/(average|raw)\.safetensors | likelihood/[0-9a-f]{16}\.json
    | checkpoints/\d+/(tensors\.safetensors|(tree|manifest|config)\.json)
    | recipe/.+\.py | export/(generator\.(onnx|safetensors)|README\.md|page\.html)
    | tensorboard/events\.out\.tfevents\..+ | wandb/.+
    """,
    re.VERBOSE,
)
_FOLDERS = re.compile(r"samples|model|likelihood|checkpoints(/\d+)?|recipe(/.+)?|export|tensorboard|wandb(/.+)?")
_LEFTOVER = re.compile(r"(?<![^/])\.([^/]+)\.\d+\.tmp(?![^/])")
"""The part of a path that an interrupted write leaves, with the name that it would have got."""


def own(run: Path) -> list[Path]:
    """The files below a run's directory that have the names of its files, and such links; the description last."""
    found = [path for path in _below(run) if not _is_folder(path) and _FILES.fullmatch(_name(run, path))]
    return sorted(found, key=lambda path: path.name in {"config.json", ".lock"} and path.parent == run)


def others(run: Path) -> list[Path]:
    """What else is there: files, links and empty folders."""
    mine, found = set(own(run)), list(_below(run))
    full = {path.parent for path in found}
    return [path for path in found if path not in mine and path not in full and not _may_go(run, path)]


def clean(run: Path) -> None:
    """Removes what interrupted writes of a run left."""
    for path in [path for path in _below(run) if _LEFTOVER.fullmatch(path.name)]:
        if _may_go(run, path):
            shutil.rmtree(path)
        elif not _is_folder(path) and _FILES.fullmatch(_name(run, path)):
            path.unlink(missing_ok=True)


def remove(run: Path) -> None:
    """Removes a run's own files, and the folders that are empty then."""
    for path in own(run):
        path.unlink(missing_ok=True)
    folders = [path for path in _below(run) if _may_go(run, path)]
    for folder in [*sorted(folders, reverse=True), run]:
        if not any(folder.iterdir()):
            folder.rmdir()


def _below(run: Path) -> Iterator[Path]:
    """All files, links and folders below a directory, by name."""
    for folder, folders, names in os.walk(run):
        yield from (Path(folder, name) for name in sorted([*folders, *names]))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _may_go(run: Path, path: Path) -> bool:
    """Whether it is a folder of the run's."""
    return _is_folder(path) and bool(_FOLDERS.fullmatch(_name(run, path)))


def _name(run: Path, path: Path) -> str:
    """The name of a path below a run; of what an interrupted write left, the name that it would have got."""
    return _LEFTOVER.sub(r"\1", path.relative_to(run).as_posix())
