"""Labels of pictures in a folder or an archive: from a table beside them, from class folders, or none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from sparring.data import matching, others, tables
from sparring.data.listing import NUMBER, Labels, shown

__all__ = ["beside", "labels_for"]

_FEW = 3
"""Among so few pictures each may have a class of its own."""


def beside(files: Sequence[str], pictures: Sequence[str]) -> list[str]:
    """The tables among files that are in the folder of all pictures, or in one around it."""
    around = {str(parent) for parent in PurePosixPath(_common(pictures), "x").parents}
    return sorted(name for name in files if tables.is_table(name) and str(PurePosixPath(name).parent) in around)


def _common(names: Sequence[str]) -> str:
    """The folder of all names; "" if there is none."""
    first, last = ([*name.split("/")[:-1]] for name in (min(names, default=""), max(names, default="")))
    same = [one for one, other in zip(first, last, strict=False) if one == other]
    return "/".join(same if first[: len(same)] == same else [])


def labels_for(
    path: Path,
    labels: str,
    names: Sequence[str],
    beside: Sequence[str] = (),
    read: Callable[[str], bytes] = lambda name: tables.content(Path(name)),
) -> Labels:
    """Labels by the wish of a user: from a table, from class folders, or none.

    Args:
        path: The folder or archive.
        labels: `auto`, `none` or a table's path.
        names: Of the pictures.
        beside: Names of the tables beside the pictures.
        read: Gives the content of one of them.

    Raises:
        ValueError: There are several tables, the table does not fit, or some pictures are not for training.
    """
    others.refuse_parts(path, names)
    if labels == "none":
        return Labels()
    if labels != "auto":
        file = Path(labels)
        if not file.is_file():
            raise ValueError(f"there is no table {shown(labels)!r}: check --labels (auto, none or a file)")
        beside, read = [labels], lambda _: tables.content(file)
    if len(beside) > 1:
        raise ValueError(
            f"{shown(path)!r} holds several tables ({', '.join(map(shown, beside))}): choose one with --labels FILE, "
            "or --labels none"
        )
    rows = next((tables.read(name, read(name)) for name in beside), None)
    found = by_class(path, names) if rows is None else matching.match(beside[0], rows, names)
    return dataclasses.replace(found, notes=[*found.notes, *_odd(found)])


def by_class(path: Path, names: Sequence[str]) -> Labels:
    """Labels from sub-folders: where every picture lies in one and there are at least two."""
    parts = [name.split("/") for name in names]
    while len({part[0] for part in parts}) == 1 and all(len(part) > 1 for part in parts):
        parts = [part[1:] for part in parts]  # one folder around all
    if any(len(part) < 2 for part in parts):
        return Labels(notes=_strays(parts))
    if others.are_shards(parts):
        return Labels(notes=[f"no labels: the folders {shown(parts[0][0])} ... are shards of one set, no classes"])
    return Labels(*Labels.of([part[0] for part in parts]), notes=others.domains({part[0] for part in parts}))


def _strays(parts: Sequence[Sequence[str]]) -> list[str]:
    """A note if most pictures lie in folders, as classes do, but some in none."""
    alone = [part[0] for part in parts if len(part) < 2]
    if len({part[0] for part in parts if len(part) > 1}) < 2:
        return []
    return [f"no labels: {len(alone):,} of {len(parts):,} pictures are not in a class folder, {shown(alone[0])} first"]


def _odd(labels: Labels) -> list[str]:
    """A note on labels that hardly are classes."""
    count, pictures = len(labels.classes), len(labels.y)
    if count > 1 and _measured(labels.classes):
        what = f"the labels are numbers such as {labels.classes[1]}, and each of {count:,} values is a class"
        return [f"{what}: round them to a few, or train with --labels none"]
    if pictures > _FEW and 2 * count > pictures:
        what = f"there are {count:,} classes for {pictures:,} pictures, too few of each to learn"
        return [f"{what}: use labels of fewer values, or train with --labels none"]
    return []


def _measured(classes: Sequence[str]) -> bool:
    """Whether classes are numbers, some with fractions."""
    return all(NUMBER.fullmatch(name) for name in classes) and any(float(n.replace(",", ".")) % 1 for n in classes)
