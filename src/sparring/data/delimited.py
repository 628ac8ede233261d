"""Cells of a table in text, CSV or TSV, as spreadsheets and pandas write them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from sparring.data.listing import shown

__all__ = ["MISSING", "cells", "decoded"]

MISSING = {"", "nan", "<na>", "nat", "#n/a", "null"}
"""How programs write a cell of which nothing is known, in small letters."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WORKBOOKS = {b"PK\x03\x04": "an Excel or OpenDocument workbook", b"\xd0\xcf\x11\xe0": "an old Excel workbook"}


def decoded(name: str, content: bytes) -> str:
    """The text of a file in UTF-8 or UTF-16.

    Args:
        name: The file's, for messages.
        content: Its bytes.

    Raises:
        ValueError: It is in another encoding, or a workbook.
    """
    workbook = _WORKBOOKS.get(content[:4])
    if workbook:
        raise ValueError(f"the table {shown(Path(name))!r} is {workbook}: save its sheet as CSV in UTF-8")
    try:
        return content.decode(_encoding(content))
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"the table {shown(Path(name))!r} is in an old code page (line {row} has the byte "
            f"{content[error.start]:02x}): save it as CSV in UTF-8"
        ) from error


def _encoding(content: bytes) -> str:
    """By the mark at the beginning, or by the zeros that UTF-16 has in every other place."""
    marked = next((encoding for mark, encoding in _MARKS.items() if content.startswith(mark)), "")
    zeros = {b"\0": "utf-16-be"}.get(content[:1]) or {b"\0": "utf-16-le"}.get(content[1:2])
    return marked or zeros or "utf-8"


def cells(name: str, content: bytes) -> list[list[str]]:
    """The cells of each row that is not empty, without the spaces around them; the first row has the columns' names.

    A first line `sep=;`, as Excel has it, names what stands between cells. Empty cells beyond the last column go.

    Args:
        name: The file's, for messages.
        content: Its bytes.

    Raises:
        ValueError: It is no such table; the message names the row.
    """
    text = decoded(name, content)
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r'"?sep=(.)"?\s*', first, re.IGNORECASE)
    delimiter = said[1] if said else max("\t;,", key=re.split(r"[\r\n]", text, maxsplit=1)[0].count)
    try:
        lines = list(csv.reader(io.StringIO(rest if said else text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ValueError(
            f"the table {shown(Path(name))!r} cannot be read ({error}): save it as CSV in UTF-8"
        ) from error
    stripped = [[cell.strip() for cell in line] for line in lines]
    return _even(name, [(number, line) for number, line in enumerate(stripped, 2 if said else 1) if line])


def _even(name: str, rows: Sequence[tuple[int, list[str]]]) -> list[list[str]]:
    """Rows as long as the first, which empty cells at their ends do not change."""
    head = next((row for _, row in rows if any(row)), [])
    width = max((place for place, cell in enumerate(head, 1) if cell), default=0)
    full = [(number, row) for number, row in rows if any(row) or len(row) == width == 1]
    for number, row in full:
        if len(row) < width or any(row[width:]):
            raise ValueError(
                f"row {number} of the table {shown(Path(name))!r} has {len(row)} cells; expected {width} as in its "
                "first row. Put texts that hold the delimiter in double quotes"
            )
    return [row[:width] for _, row in full] or [[]]
