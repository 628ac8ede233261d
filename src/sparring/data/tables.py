"""Labels and captions from a table beside the pictures: CSV, TSV or parquet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from sparring.data.listing import Labels, shown

__all__ = ["ENDINGS", "match", "read"]

ENDINGS = (".csv", ".tsv", ".parquet")

_COLUMNS = {
    "file": ("file", "file_name", "filename", "image", "path", "picture", "img"),
    "label": ("label", "class", "category", "target"),
    "caption": ("caption", "text", "description", "prompt"),
}


def read(name: str, content: bytes) -> list[dict[str, str]]:
    """The rows of a table with the columns `file` and `label`, `caption` or both.

    Args:
        name: Its file's, for messages; the ending tells the format.
        content: Its bytes.

    Raises:
        ValueError: It cannot be read, or lacks a column.
    """
    columns = (_parquet if name.lower().endswith(".parquet") else _text)(name, content)
    chosen = {
        kind: next((own for own in columns if own.strip().lower() in known), None) for kind, known in _COLUMNS.items()
    }
    if chosen["file"] is None or (chosen["label"] is None and chosen["caption"] is None):
        raise ValueError(
            f"the table {shown(name)!r} has the columns {list(columns)}; expected 'file' and 'label' or 'caption': "
            "rename them, move the table elsewhere, or train with --labels none"
        )
    picked = {kind: columns[own] for kind, own in chosen.items() if own is not None}
    return [dict(zip(picked, row, strict=True)) for row in zip(*picked.values(), strict=True)]


def _text(name: str, content: bytes) -> Mapping[str, Sequence[str]]:
    try:
        text = content.decode("utf-8-sig")
        first = text.partition("\n")[0]
        delimiter = max("\t;,", key=first.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"the table {shown(name)!r} cannot be read ({error}): save it as CSV in UTF-8") from error
    rows = [row for row in rows if row]
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(rows[0]):
            raise ValueError(
                f"row {number} of the table {shown(name)!r} has {len(row)} cells; expected {len(rows[0])} as in its "
                "first row. Put texts that hold the delimiter in double quotes"
            )
    return {column: [row[i] for row in rows[1:]] for i, column in enumerate(rows[0] if rows else [])}


def _parquet(name: str, content: bytes) -> Mapping[str, Sequence[str]]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise ValueError(
            f"reading {shown(name)!r} needs pyarrow: pip install 'sparring[data]', or save it as CSV"
        ) from error
    try:
        table = parquet.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"the table {shown(name)!r} cannot be read ({reason}): save it again, or as CSV") from error
    return {column: [_cell(value) for value in table[column].to_pylist()] for column in table.column_names}


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def match(name: str, rows: Sequence[Mapping[str, str]], pictures: Sequence[str]) -> Labels:
    """The rows in the order of the pictures.

    Args:
        name: The table's, for messages.
        rows: What `read` gave.
        pictures: Names of the files, relative to the table's folder.

    Raises:
        ValueError: Rows and pictures are not the same, or a label is empty.
    """
    files = [str(PurePosixPath(row["file"].strip().replace("\\", "/"))) for row in rows]
    counts = Counter(files)
    _refuse(name, "names pictures that are not there", sorted(counts.keys() - set(pictures)))
    _refuse(name, "has no row for", sorted(set(pictures) - counts.keys()))
    _refuse(name, "has several rows for", [file for file, count in counts.items() if count > 1])
    by_file = dict(zip(files, rows, strict=True))
    labels = [by_file[file].get("label", "").strip() for file in pictures]
    captions = [by_file[file].get("caption", "").strip() for file in pictures]
    if "label" in rows[0]:
        _refuse(name, "has no label for", [f for f, label in zip(pictures, labels, strict=True) if not label])
        y, classes = Labels.of(labels)
        return Labels(y, classes, captions if "caption" in rows[0] else ())
    _refuse(name, "has no caption for", [f for f, caption in zip(pictures, captions, strict=True) if not caption])
    return Labels(captions=captions)


def _refuse(table: str, what: str, files: Sequence[str]) -> None:
    if files:
        first = ", ".join(shown(file) for file in files[:3]) + (" ..." if len(files) > 3 else "")
        raise ValueError(
            f"the table {shown(table)!r} {what} {first} ({len(files)} in all): complete or correct it, "
            "or train with --labels none"
        )
