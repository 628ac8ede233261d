"""Checkpoints: a tree of tensors and numbers on disk, whole or not there.

A checkpoint is a directory of `tensors.safetensors`, `tree.json`, perhaps files that go with them, and
`manifest.json`, the SHA-256 of all others. It is written under a temporary name, synchronised, then renamed: one
without a right manifest does not exist. Files are data; nothing in them is ever run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparring.machine.files import explained, naming, synchronise, write
from sparring.machine.plain import read_json

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["fitting", "found", "interrupted", "latest", "load", "prune", "save", "whole"]

TENSORS, TREE, MANIFEST = "tensors.safetensors", "tree.json", "manifest.json"


def save(path: Path, tree: Mapping[str, Any], files: Mapping[str, bytes] | None = None) -> None:
    """Writes a tree of dicts, lists, tuples, tensors, numbers, strings and None as the directory `path`.

    Args:
        path: The directory. A broken checkpoint that is there goes.
        tree: What to keep.
        files: The contents of more files to keep with it, by name.

    Raises:
        TypeError: The tree holds something else.
        OSError: The disk is full or read-only; older checkpoints are as they were.
    """
    import safetensors.torch

    tensors: dict[str, Tensor] = {}
    skeleton = _pack(tree, "", tensors)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{os.getpid()}.tmp"
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        contents = {
            TENSORS: safetensors.torch.save(_apart(tensors)),
            TREE: json.dumps(skeleton).encode(),
            **(files or {}),
        }
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        with naming(path):
            for name, content in {**contents, MANIFEST: json.dumps(sums).encode()}.items():
                write(temporary / name, content)
            synchronise(temporary)
            shutil.rmtree(path, ignore_errors=True)
            temporary.rename(path)
            synchronise(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load(path: Path) -> dict[str, Any]:
    """Reads a checkpoint back, tensors on the CPU.

    Raises:
        ValueError: A file is missing or is not what was written.
    """
    import safetensors.torch

    files = _contents(path)
    with fitting(path):
        tree = _unpack(read_json(files[TREE]), safetensors.torch.load(files[TENSORS]))
        return dict(tree)


@contextmanager
def fitting(path: Path) -> Iterator[None]:
    """Says so where what is in a checkpoint is not what a run puts there.

    Raises:
        ValueError: It is not.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RuntimeError,
        TypeError,
        ValueError,
        SafetensorError,
    ) as error:
        why = " ".join(str(error).split())[:200]
        raise ValueError(f"{path} is not a checkpoint of this run ({why}): use an older one or train again") from error


def _contents(path: Path) -> dict[str, bytes]:
    """The files of a checkpoint, each of which is what was written.

    Raises:
        ValueError: One is not, or is missing.
    """
    try:
        sums = dict(read_json((path / MANIFEST).read_bytes()))
        files = {name: (path / name).read_bytes() for name in sorted({TENSORS, TREE, *sums})}
    except (OSError, ValueError, TypeError) as error:
        why = explained(error) if isinstance(error, OSError) else f"{path / MANIFEST}: {error}"
        raise ValueError(f"{path} is not a whole checkpoint ({why}): use an older one or train again") from error
    if changed := [name for name, content in files.items() if hashlib.sha256(content).hexdigest() != sums.get(name)]:
        raise ValueError(
            f"{path / changed[0]} was changed since it was written (its SHA-256 is not that in {MANIFEST}): "
            "use an older checkpoint or train again"
        )
    return files


def latest(folder: Path) -> Path | None:
    """The newest whole checkpoint in `folder`, with a warning for each broken one passed over; None without any."""
    return next(whole(folder), None)


def whole(folder: Path) -> Iterator[Path]:
    """The whole checkpoints in `folder`, newest first, with a warning for each broken one passed over."""
    for path in reversed(found(folder)):
        try:
            _contents(path)
        except ValueError as error:
            warnings.warn(f"passed over: {error}", stacklevel=2)
        else:
            yield path


def prune(folder: Path, keep: int, last: int | None = None) -> None:
    """Removes all but the newest `keep` checkpoints, and what interrupted writes left.

    Those beyond round `last` go too: a run that goes on from an older one does so because they are broken.
    """
    there = found(folder)
    kept = [path for path in there if last is None or int(path.name) <= last][-keep:]
    for path in [*(path for path in there if path not in kept), *interrupted(folder)]:
        if not path.is_symlink():
            shutil.rmtree(path)


def interrupted(folder: Path) -> list[Path]:
    """What interrupted writes left in `folder`."""
    return [path for path in folder.iterdir() if re.fullmatch(r"\.[0-9]+\.[0-9]+\.tmp", path.name) and path.is_dir()]


def found(folder: Path) -> list[Path]:
    """The checkpoints in `folder`, oldest first, whole or not."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if re.fullmatch("[0-9]+", path.name) and path.is_dir())


def _apart(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors, none of which shares memory with another: phases may share an optimizer, and so its moments."""
    taken: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        place = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone() if place in taken else tensor
        taken.add(place)
    return apart


def _pack(tree: Any, name: str, tensors: dict[str, Tensor]) -> Any:
    """The tree as JSON: a tensor as its name, a tuple and a dict as tagged lists (a JSON key is always a string)."""
    from torch import Tensor

    if isinstance(tree, Tensor):
        tensors[name] = tree.detach().cpu().contiguous()
        return {"tensor": name}
    if isinstance(tree, Mapping):
        return {"dict": [[key, _pack(value, f"{name}/{key}", tensors)] for key, value in tree.items()]}
    if isinstance(tree, list | tuple):
        return {type(tree).__name__: [_pack(value, f"{name}/{i}", tensors) for i, value in enumerate(tree)]}
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    raise TypeError(f"a checkpoint holds tensors, numbers and strings; {name} is a {type(tree).__name__}")


def _unpack(tree: Any, tensors: Mapping[str, Tensor]) -> Any:
    match tree:
        case {"tensor": name}:
            return tensors[name]
        case {"dict": items}:
            return {key: _unpack(value, tensors) for key, value in items}
        case {"list": items}:
            return [_unpack(value, tensors) for value in items]
        case {"tuple": items}:
            return tuple(_unpack(value, tensors) for value in items)
    return tree
