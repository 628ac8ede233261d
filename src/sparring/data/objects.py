"""Data that a program already has: tensors, arrays, data sets and loaders of torch, lists of files."""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from sparring.data import delimited
from sparring.data.folder import Folder
from sparring.data.items import Items
from sparring.data.labelling import labels_for
from sparring.data.listing import Labels, Listing, shown, stamp
from sparring.data.numbers import examples
from sparring.data.report import points
from sparring.data.source import InMemory

__all__ = ["KNOWN", "read"]

KNOWN = (
    "path, name of a set, list of files, tensor, NumPy array, pair (x, y) of these, torch Dataset or DataLoader, "
    "Hugging Face dataset"
)
"""What can be opened."""

Found = Listing | InMemory


def read(data: Any, labels: str = "auto") -> Found:
    """What is in an object.

    Args:
        data: See `KNOWN`.
        labels: auto or none, as in `Preparation`.

    Raises:
        TypeError: It is nothing that can be read.
        ValueError: Its values or shapes are not those of examples.
    """
    for fits, reader in _READERS:
        if fits(data):
            return reader(data, labels)
    raise TypeError(f"got a {type(data).__name__}. open_data takes: {KNOWN}")


def _tensor(data: Any, labels: str) -> Found:
    return _held(data, None, type(data).__name__)


def _held(x: Any, y: Any, kind: str, classes: Sequence[str] = (), notes: Sequence[str] = ()) -> InMemory:
    """Examples in memory, with the labels or partners that are given."""
    tensor, example_kind, note = examples(x, kind)
    targets, names = _targets(y)
    report = points(f"{len(tensor):,} examples", kind, tensor)
    counts = torch.bincount(targets).tolist() if names and targets is not None else []
    per_class = dict(zip(classes or names, counts, strict=False))
    report = dataclasses.replace(report, notes=[*([note] if note else []), *notes], classes=per_class)
    return InMemory(tensor, targets, classes=classes or names, report=report, kind=example_kind)


def _targets(y: Any) -> tuple[Tensor | None, Sequence[str]]:
    """Labels [N] and the names of classes; or partners, which have more dimensions or fractions."""
    if y is None:
        return None, ()
    if not isinstance(y, Tensor | np.ndarray) and all(isinstance(label, str) for label in y):
        indices, names = Labels.of(_complete(list(y)))
        return torch.tensor(indices), names
    values = y if isinstance(y, Tensor) else torch.from_numpy(np.asarray(y))
    if values.ndim > 1:
        return examples(values, "y")[0], ()
    if values.is_floating_point():
        raise ValueError(f"the labels are {values.dtype}; expected whole numbers or names: write (x, y.long())")
    indices, names = Labels.of([str(int(value)) for value in values.tolist()])
    return torch.tensor(indices, device=values.device), names


def _pair(data: Any, labels: str) -> Found:
    x, y = data
    if _is_files(x):
        listing = _files(x, labels)
        own = Labels() if labels == "none" else Labels(*_named(x, y))
        return dataclasses.replace(listing, labels=own, stamp=f"{listing.stamp} {own}")  # which the files do not tell
    return _held(x, None if labels == "none" else y, f"a pair of {type(x).__name__} and {type(y).__name__}")


def _named(files: Sequence[Any], y: Any) -> tuple[list[int], list[str]]:
    values = ["" if value is None else str(value.item() if hasattr(value, "item") else value) for value in y]
    if len(values) != len(files):
        raise ValueError(f"got {len(files)} files and {len(values)} labels; expected the same number of each")
    return Labels.of(_complete(values))


def _complete(labels: Sequence[str]) -> Sequence[str]:
    """Labels of which none is missing, as pandas writes it."""
    missing = [i for i, label in enumerate(labels) if label.lower() in delimited.MISSING]
    if missing:
        raise ValueError(
            f"{len(missing)} of {len(labels)} labels are missing, number {missing[0]} first, which is "
            f"{labels[missing[0]]!r}: complete them, or leave these examples out"
        )
    return labels


def _files(data: Any, labels: str) -> Folder:
    """Pictures by their paths, in the order given."""
    paths = [Path(file).absolute() for file in data]
    if missing := [path for path in paths if not path.is_file()]:
        raise FileNotFoundError(f"{len(missing)} of {len(paths)} files are not there, {shown(missing[0])!r} first")
    home = Path(os.path.commonpath([path.parent for path in paths]))
    names = [path.relative_to(home).as_posix() for path in paths]
    named = Labels() if labels in {"auto", "none"} else labels_for(home, labels, names)
    return Folder(
        path=home, kind="list of files", names=names, stamp=stamp(paths), looked="", labels=named, notes=named.notes
    )


def _loader(data: Any, labels: str) -> Found:
    warnings.warn(
        "only the data set of the DataLoader is used, without batches, order and workers: a Phase draws by itself",
        stacklevel=4,
    )
    return read(data.dataset, labels)


def _tensors(data: Any, labels: str) -> Found:
    x, *others = data.tensors
    if len(others) > 1:
        raise ValueError(f"the TensorDataset has {1 + len(others)} tensors; expected x, or x and y: give (x, y)")
    return read((x, others[0]) if others else x, labels)


def _iterable(data: Any, labels: str) -> Found:
    raise TypeError(
        f"{type(data).__name__} has no length and no order; expected examples that can be counted: "
        "write open_data(torch.stack([x for x in data]))"
    )


def _parts(data: Any, labels: str) -> Found:
    names = list(map(str, data))
    raise TypeError(
        f"got a {type(data).__name__} of {names}; expected one of them: write data[{next(iter(data), 'x')!r}]"
    )


def _table(data: Any, labels: str) -> Found:
    """A data set of Hugging Face: a column of pictures, one of labels, one of captions."""
    items = Items.of_table(data)
    return items if labels != "none" else dataclasses.replace(items, labels=Labels())


def _items(data: Any, labels: str) -> Found:
    """A data set with a length, of pictures or of tensors, alone or in pairs with labels."""
    if not len(data):
        raise ValueError(f"the {type(data).__name__} is empty; expected 2 examples or more")
    first = data[0]
    x = first[0] if isinstance(first, tuple | list) else first
    if isinstance(x, Image.Image):
        items = Items.of_pairs(data)
        return items if labels != "none" else dataclasses.replace(items, labels=Labels())
    if not isinstance(x, Tensor | np.ndarray):
        raise TypeError(
            f"example 0 of the {type(data).__name__} is a {type(x).__name__}; expected a picture, a tensor or an "
            "array, alone or in a pair (x, y)"
        )
    return _stacked(data, labels)


def _stacked(data: Any, labels: str) -> InMemory:
    rows = [data[i] for i in range(len(data))]
    paired = isinstance(rows[0], tuple | list) and len(rows[0]) > 1
    xs = [torch.as_tensor(row[0] if isinstance(row, tuple | list) else row) for row in rows]
    for i, x in enumerate(xs):
        if x.shape != xs[0].shape:
            raise ValueError(
                f"example {i} has shape {list(x.shape)}, example 0 {list(xs[0].shape)}; expected all alike. "
                "Resize them in the data set, or let it give PIL pictures: these are resized here"
            )
    ys: Any = [row[1] for row in rows] if paired and labels != "none" else None
    if paired and ys and not isinstance(ys[0], str):
        ys = torch.stack([torch.as_tensor(y) for y in ys])
    return _held(torch.stack(xs), ys, type(data).__name__)


def _is_files(data: object) -> bool:
    return isinstance(data, list | tuple) and bool(data) and all(isinstance(file, str | os.PathLike) for file in data)


def _is_pair(data: object) -> bool:
    arrays = (Tensor, np.ndarray, list, tuple)
    return isinstance(data, tuple) and len(data) == 2 and all(isinstance(part, arrays) for part in data)


def _is_table(data: object) -> bool:
    return isinstance(getattr(data, "column_names", None), list) and hasattr(data, "features")


def _is_iterable(data: object) -> bool:
    return isinstance(data, IterableDataset) or (hasattr(data, "__iter__") and not hasattr(data, "__len__"))


def _is_sequence(data: object) -> bool:
    return hasattr(data, "__len__") and hasattr(data, "__getitem__") and not isinstance(data, str | bytes | Mapping)


_READERS: Sequence[tuple[Callable[[Any], bool], Callable[[Any, str], Found]]] = (
    (lambda data: isinstance(data, InMemory), lambda data, _: data),
    (lambda data: isinstance(data, Tensor | np.ndarray), _tensor),
    (_is_files, _files),
    (_is_pair, _pair),
    (lambda data: isinstance(data, DataLoader), _loader),
    (lambda data: isinstance(data, TensorDataset), _tensors),
    (lambda data: isinstance(data, Mapping), _parts),
    (_is_iterable, _iterable),
    (_is_table, _table),
    (_is_sequence, _items),
)
