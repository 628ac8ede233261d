"""Which row of a table is for which picture."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from sparring.data.listing import Labels, shown
from sparring.data.picture import SUFFIXES

__all__ = ["match"]


def match(name: str, rows: Sequence[Mapping[str, str]], pictures: Sequence[str]) -> Labels:
    """The rows in the order of the pictures.

    A row may name its picture from a folder further up or down, without its ending, in other capitals, or without the
    zeros at the beginning of a number. A note says so.

    Args:
        name: The table's, for messages.
        rows: What `tables.read` gave.
        pictures: Names of the files, relative to the table's folder.

    Raises:
        ValueError: Rows and pictures are not the same, or a label is empty.
    """
    files = [str(PurePosixPath(_composed(row["file"]).replace("\\", "/"))) for row in rows]
    found = _find(files, pictures)
    _refuse(name, "names pictures that are not there", sorted(set(files) - found.keys()))
    counts = Counter(found[file] for file in files)
    _refuse(name, "has no row for", sorted(set(pictures) - counts.keys()))
    _refuse(name, "has several rows for", [picture for picture, count in counts.items() if count > 1])
    by_picture = {found[file]: row for file, row in zip(files, rows, strict=True)}
    labels, captions = ([by_picture[p].get(kind, "") for p in pictures] for kind in ("label", "caption"))
    notes = _notes(name, found)
    if "label" in rows[0]:
        _refuse(name, "has no label for", [p for p, label in zip(pictures, labels, strict=True) if not label])
        y, classes = Labels.of(_whole(labels))
        return Labels(y, classes, captions if "caption" in rows[0] else (), notes)
    _refuse(name, "has no caption for", [p for p, caption in zip(pictures, captions, strict=True) if not caption])
    return Labels(captions=captions, notes=notes)


def _composed(name: str) -> str:
    """Accents as one letter, as Windows and Linux have them; macOS has letter and accent."""
    return unicodedata.normalize("NFC", name)


def _whole(labels: Sequence[str]) -> Sequence[str]:
    """Numbers without the `.0` of pandas, if all are whole."""
    whole = all(re.fullmatch(r"[+-]?\d+(\.0*)?", label) for label in labels)
    return [label.partition(".")[0] for label in labels] if whole else labels


def _bare(name: str) -> str:
    stem, ending = os.path.splitext(name)  # noqa: PTH122 - as fast as it goes, for a hundred thousand
    return stem if ending.lower() in SUFFIXES else name


def _unpadded(name: str) -> str:
    return re.sub(r"(?:^|(?<=/))0+(?=\d+$)", "", _bare(name))


_VIEWS: Sequence[Callable[[str], str]] = (str, _bare, str.casefold, lambda name: _bare(name).casefold(), _unpadded)
"""How names are compared: the first way in which a row has one picture is taken."""


def _find(files: Sequence[str], pictures: Sequence[str]) -> dict[str, str]:
    """The picture that each file means, where it is one alone."""
    found: dict[str, str] = {}
    for view in _VIEWS:
        if left := [file for file in files if file not in found]:
            found |= _found(left, pictures, view)
    return found


def _found(files: Sequence[str], pictures: Sequence[str], view: Callable[[str], str]) -> dict[str, str]:
    """Those files of which the name is a picture's, or the end of it, or the other way round."""
    whole: dict[str, str] = {}
    ends: dict[str, str] = {}
    for picture in pictures:
        key = view(_composed(picture))
        whole[key] = "" if key in whole else picture
        for end in _ends(key):
            ends[end] = "" if end in ends else picture
    keys = {file: view(file) for file in files}
    hits = {file: whole.get(key) or ends.get(key) or _first(whole, key) for file, key in keys.items()}
    return {file: picture for file, picture in hits.items() if picture}


def _first(whole: Mapping[str, str], key: str) -> str:
    """The picture of the longest end of a name."""
    return next((whole[end] for end in _ends(key) if end in whole), "")


def _ends(name: str) -> Iterator[str]:
    """The name without its first folder, without its first two, and so on."""
    while "/" in name:
        name = name.partition("/")[2]
        yield name


def _notes(name: str, found: Mapping[str, str]) -> list[str]:
    others = [(file, picture) for file, picture in found.items() if file != _composed(picture)]
    return [
        f"{shown(name)} names {len(others):,} pictures in another way, such as {shown(file)} for {shown(picture)}"
        for file, picture in others[:1]
    ]


def _refuse(table: str, what: str, files: Sequence[str]) -> None:
    if files:
        first = ", ".join(shown(file) for file in files[:3]) + (" ..." if len(files) > 3 else "")
        raise ValueError(
            f"the table {shown(table)!r} {what} {first} ({len(files)} in all): complete or correct it, "
            "or train with --labels none"
        )
