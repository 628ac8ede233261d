"""Labels and captions from a table beside the pictures: CSV, TSV, parquet, JSON lines or StyleGAN's dataset.json."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from sparring.data import delimited
from sparring.data.listing import shown
from sparring.machine.plain import read_json

__all__ = ["DATASET", "LARGEST", "content", "is_table", "read"]

ENDINGS = (".csv", ".tsv", ".parquet", ".jsonl")
DATASET = "dataset.json"
"""The table that the tools of StyleGAN write."""

LARGEST = 2**25
"""Bytes of the largest table that is read; parquet may have so many rows."""

_COLUMNS = {
    "file": ("file", "file_name", "filename", "image", "path", "picture", "img", "image_name", "image_path",
             "file_path", "filepath", "image_id", "id"),
    "label": ("label", "class", "category", "target", "labels", "class_name"),
    "caption": ("caption", "text", "description", "prompt"),
}  # fmt: skip

Columns = Mapping[str, Sequence[str]]
Chosen = Mapping[str, str]


def is_table(name: str) -> bool:
    """Whether a file of this name may be a table of labels."""
    return name.lower().endswith(ENDINGS) or PurePosixPath(name).name == DATASET


def content(path: Path) -> bytes:
    """The bytes of a table, as many as `read` wants."""
    with path.open("rb") as file:
        return file.read(LARGEST + 1)


def read(name: str, content: bytes) -> list[dict[str, str]] | None:
    """The rows of a table with the columns `file` and `label`, `caption` or both. A missing cell is "".

    Args:
        name: Its file's, for messages; the ending tells the format.
        content: Its bytes.

    Returns:
        Rows in which not all is missing; None of a dataset.json that has no labels, or is another program's.

    Raises:
        ValueError: It cannot be read, or lacks a column.
    """
    if len(content) > LARGEST:
        raise ValueError(
            f"the table {shown(name)!r} has over {LARGEST >> 20} MB: keep the columns 'file' and 'label' or 'caption' "
            "alone, or train with --labels none"
        )
    reader = next((read for ending, read in _READERS.items() if name.lower().endswith(ending)), _text)
    columns = reader(name, content)
    if columns is None:
        return None
    cells = {kind: [_known(cell) for cell in column] for kind, column in columns.items()}
    return [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True) if any(row)]


def _known(cell: str) -> str:
    return "" if cell.strip().lower() in delimited.MISSING else cell.strip()


def _choose(name: str, columns: Sequence[str]) -> Chosen:
    """The columns that are used, by kind."""
    called = {kind: next((own for each in known for own in columns if own.strip().lower() == each), None)
              for kind, known in _COLUMNS.items()}  # fmt: skip
    chosen = {kind: own for kind, own in called.items() if own is not None}
    if "file" not in chosen or len(chosen) < 2:
        raise ValueError(
            f"the table {shown(name)!r} has the columns {_few(columns)}; expected 'file' and 'label' or 'caption': "
            "rename them, move the table elsewhere, or train with --labels none"
        )
    if twice := [own for own in chosen.values() if columns.count(own) > 1]:
        raise ValueError(
            f"the table {shown(name)!r} has {columns.count(twice[0])} columns {twice[0]!r}; expected one: rename the "
            "others"
        )
    return chosen


def _few(columns: Sequence[str], most: int = 20) -> list[str]:
    """The names of columns, as many as somebody may want to read."""
    return [shown(column) for column in columns[:most]] + ["..."] * (len(columns) > most)


def _text(name: str, content: bytes) -> Columns:
    head, *rows = delimited.cells(name, content)
    places = {kind: head.index(own) for kind, own in _choose(name, head).items()}
    return {kind: [row[place] for row in rows] for kind, place in places.items()}


def _parquet(name: str, content: bytes) -> Columns:
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise ValueError(
            f"reading {shown(name)!r} needs pyarrow: pip install 'sparring[data]', or save it as CSV"
        ) from error
    with _saved_again(name):
        file = parquet.ParquetFile(io.BytesIO(content))
    chosen = _choose(name, file.schema_arrow.names)
    if file.metadata.num_rows > LARGEST:
        raise ValueError(f"the table {shown(name)!r} has {file.metadata.num_rows:,} rows; expected one a picture")
    with _saved_again(name):
        table = file.read(columns=list(chosen.values()))
        values = {kind: table[own].to_pylist() for kind, own in chosen.items()}
    return _plain(name, {kind: (own, values[kind]) for kind, own in chosen.items()})


@contextmanager
def _saved_again(name: str) -> Iterator[None]:
    """Says what to do with a parquet file that is damaged, or holds what Python has no word for."""
    from pyarrow import ArrowException

    try:
        yield
    except (ArrowException, OSError, OverflowError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"the table {shown(name)!r} cannot be read ({reason}): save it again, or as CSV") from error


def _lines(name: str, content: bytes) -> Columns:
    """JSON lines, such as the metadata.jsonl of Hugging Face."""
    try:
        rows = [read_json(line) for line in delimited.decoded(name, content).split("\n") if line.strip()]
    except ValueError as error:
        raise ValueError(f"the table {shown(name)!r} cannot be read ({error}): save it again, or as CSV") from error
    if wrong := next((number for number, row in enumerate(rows, 1) if not isinstance(row, dict)), None):
        raise ValueError(
            f"row {wrong} of the table {shown(name)!r} is a {type(rows[wrong - 1]).__name__}; expected an object such "
            'as {"file_name": "0.png", "text": "a cat"}'
        )
    chosen = _choose(name, list(dict.fromkeys(key for row in rows for key in row)))
    return _plain(name, {kind: (own, [row.get(own) for row in rows]) for kind, own in chosen.items()})


def _dataset(name: str, content: bytes) -> Columns | None:
    """`{"labels": [["0.png", 3], ...]}`; a vector with a single 1 is the number of its place."""
    try:
        labels = read_json(content).get("labels")
        pairs = [(file, label) for file, label in (labels.items() if isinstance(labels, dict) else labels or [])]
    except (ValueError, TypeError, AttributeError):
        return None
    if not pairs:
        return None
    files, values = zip(*pairs, strict=True)
    return _plain(name, {"file": ("labels", files), "label": ("labels", list(map(_place, values)))})


def _place(label: Any) -> Any:
    numbers = isinstance(label, list) and all(isinstance(value, int | float) for value in label)
    hot = numbers and Counter(label) == {0: len(label) - 1, 1: 1}
    return label.index(1) if hot else label


def _plain(name: str, columns: Mapping[str, tuple[str, Iterable[Any]]]) -> Columns:
    """Texts of values that are texts or numbers, times among them."""
    plain: dict[str, list[str]] = {}
    for kind, (own, values) in columns.items():
        cells = list(values)
        odd = [number for number, value in enumerate(cells, 1) if isinstance(value, bytes | dict | list | tuple)]
        if odd:
            raise ValueError(
                f"row {odd[0]} of the table {shown(name)!r} holds a {type(cells[odd[0] - 1]).__name__} in {own!r}; "
                "expected a text or a number: change it, or train with --labels none"
            )
        plain[kind] = ["" if value is None else str(value) for value in cells]
    return plain


_READERS: dict[str, Callable[[str, bytes], Columns | None]] = {
    ".parquet": _parquet,
    ".jsonl": _lines,
    ".json": _dataset,
}
