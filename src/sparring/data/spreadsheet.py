"""Rows of a table to train on: a CSV file, whose columns are told apart by what is in them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from sparring.data import delimited
from sparring.data.listing import shown
from sparring.data.report import points
from sparring.data.source import InMemory
from sparring.kinds.columns import Category, Column, Number
from sparring.kinds.rows import Rows

__all__ = ["MISSING", "content_of", "number", "parse", "penguins", "read", "without_index"]

MISSING = "missing"
"""The category of empty cells among texts."""

FEW, MANY = 20, 100
"""Whole numbers of at most so many values are categories; texts of more are refused."""

NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def penguins() -> InMemory:
    """342 penguins of three species: island, bill, flipper, mass, sex and year (Gorman et al. 2014).

    The file ships with the package, in the public domain (CC0); see `penguins.LICENSE`.

    Example:
        >>> [column.name for column in penguins().kind.columns][:3]
        ['species', 'island', 'bill_length_mm']
    """
    return parse("penguins", files("sparring.data").joinpath("penguins.csv").read_bytes())


def read(path: Path) -> InMemory:
    """The rows of a CSV file.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is no table to train on; the message names column and row.
    """
    return parse(str(path), content_of(path))


def content_of(path: Path) -> bytes:
    """The bytes of a file of rows.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is a folder.
    """
    if path.is_dir():
        raise ValueError(f"{shown(path)!r} is a folder: expected a file of rows, such as a CSV")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {shown(path)!r}: check the path")
    return path.read_bytes()


def parse(name: str, content: bytes) -> InMemory:
    """Rows [N, D] as `Rows` codes them.

    A column is of numbers if all its cells are, and if they have more than 20 different values or a fraction. Any
    other column is of categories, in the order of their names; an empty cell among these is the category "missing".

    Args:
        name: The file's, for messages.
        content: Its bytes: CSV in UTF-8, commas or semicolons, names of columns in the first line; UTF-16 as well.

    Raises:
        ValueError: It is no such table; the message names column and row.
    """
    head, *rows = without_index(delimited.cells(name, content))
    if len(rows) < 2:
        raise ValueError(
            f"the table {shown(Path(name))!r} has {len(rows)} rows below its first line; expected 2 or more"
        )
    try:
        cells = [_column(title, column) for title, column in zip(head, zip(*rows, strict=True), strict=True)]
        kind = Rows(tuple(column for column, _ in cells))
    except ValueError as error:
        raise ValueError(f"the table {shown(Path(name))!r} cannot be trained on: {error}") from error
    x = kind.encode(list(zip(*(texts for _, texts in cells), strict=True)))
    report = points(name, "table", x)
    return InMemory(x, kind=kind, sha256=hashlib.sha256(content).hexdigest(), report=report, name=name)


def without_index(lines: list[list[str]]) -> list[list[str]]:
    """Lines without the first column if that has no name and counts the rows, as pandas writes them."""
    counts = [line[0] for line in lines if line] == ["", *map(str, range(len(lines) - 1))]
    return [line[1:] for line in lines] if counts else lines


def _column(name: str, cells: Sequence[str]) -> tuple[Column, Sequence[str]]:
    """What a column is, and its cells."""
    full = [cell for cell in cells if cell.lower() not in delimited.MISSING]
    numbers = [cell for cell in full if NUMBER.fullmatch(cell)]
    measured = len(set(numbers)) > FEW or (len(set(numbers)) > 1 and any("." in cell for cell in numbers))
    if measured and 2 * len(numbers) > len(full):
        if wrong := next((row for row, cell in enumerate(cells, 2) if not NUMBER.fullmatch(cell)), None):
            raise ValueError(
                f"row {wrong} of the column {shown(name)!r} holds {shown(cells[wrong - 2])!r}; expected a number "
                "such as 12.5, as in its other rows. Correct it, or leave the row out"
            )
        return number(name, numbers), cells
    texts = [MISSING if cell.lower() in delimited.MISSING else cell for cell in cells]
    if len(set(texts)) > MANY:
        raise ValueError(
            f"the column {shown(name)!r} has {len(set(texts))} different texts; expected {MANY} or fewer, or numbers "
            "such as 12.5. Leave the column out if it only names the rows"
        )
    return Category(name, tuple(sorted(set(texts)))), texts


def number(name: str, cells: Sequence[str]) -> Number:
    """A column of numbers, with as many decimals as the longest cell has."""
    values = [float(cell) for cell in cells]
    fractions = [len(cell.partition(".")[2]) for cell in cells]
    exponents = any("e" in cell.lower() for cell in cells)
    return Number(name, min(values), max(values), None if exponents else max(fractions))
