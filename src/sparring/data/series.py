"""Windows of time series: sines, or a file of numbers in order of time, whose end is held out."""

from __future__ import annotations

import dataclasses
import hashlib
import math
from pathlib import Path

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.data import delimited, fetching, spreadsheet
from sparring.data.listing import shown
from sparring.data.report import points
from sparring.data.source import InMemory
from sparring.data.toys import FRESH
from sparring.kinds.columns import Number
from sparring.kinds.series import Series

__all__ = ["LENGTH", "SINES", "WEATHER", "named", "parse", "read", "sines", "windows"]

SINES, WEATHER = "sines", "seattle-weather"
"""Series with a name."""

LENGTH = 24
"""Steps of a window, unless somebody says otherwise."""

PARTS = 5
"""The last of so many equal parts of a series is held out."""

Columns = dict[str, list[str]]


def sines(n: int = 10_000, length: int = LENGTH, channels: int = 2, *, seed: int = 0) -> Tensor:
    """Windows [n, length, channels] of A sin(2 pi f t / length + phase) for t from 1 to `length`.

    Each channel of each window has its own A, uniform in .1 to .9, f in 1 to 5, and phase. So has the one channel of
    RGAN's sines (Esteban et al. 2017, https://arxiv.org/abs/1706.02633), in the code of its authors.
    """
    key, shape = Key(seed, (SINES,)), (n, 1, channels)
    a, f, phase = (key.uniform(name, shape, torch.float64) for name in ("amplitude", "frequency", "phase"))
    t = torch.arange(1, length + 1, dtype=torch.float64)[:, None] / length
    return ((0.1 + 0.8 * a) * (2 * math.pi * ((1 + 4 * f) * t + phase)).sin()).float()


def windows(steps: Tensor, length: int) -> Tensor:
    """All windows [n - length + 1, length, C] of a series [n, C], each a step later than the one before."""
    return steps.unfold(0, length, 1).transpose(1, 2).contiguous()


def named(name: str, length: int = LENGTH) -> InMemory:
    """Windows of the sines, or of the set of that name.

    Raises:
        FileNotFoundError: The set has not been fetched.
    """
    if name != SINES:
        return parse(name, spreadsheet.content_of(fetching.fetched(name) / f"{name}.csv"), length)
    return _both(name, sines(length=length), sines(length=length, seed=FRESH), _sine_kind())


def read(path: Path, length: int = LENGTH) -> InMemory:
    """Windows of a CSV file; see `parse`.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is no series to train on; the message names column and row.
    """
    return parse(str(path), spreadsheet.content_of(path), length)


def parse(name: str, content: bytes, length: int = LENGTH) -> InMemory:
    """Windows [N, length, C] of a table with a row for each step, in order of time.

    They are of the first four fifths of the rows. Those of the last fifth are what `fresh` gives: no row is in both.
    The ends of each channel's range are those of the first part. A column without any number, such as dates, is left
    out, and the report says so.

    Args:
        name: The file's, for messages.
        content: Its bytes, as `spreadsheet.parse` takes them.
        length: Steps of a window.

    Raises:
        ValueError: It is no such table; the message names column and row.
    """
    head, *rows = spreadsheet.without_index(delimited.cells(name, content))
    later = len(rows) // PARTS
    table = f"the table {shown(Path(name))!r}"
    if later <= length:
        raise ValueError(
            f"{table} has {len(rows)} rows; expected {PARTS * (length + 1)} or more for windows of {length} steps: "
            "give a smaller --length"
        )
    columns = dict(zip(head, zip(*rows, strict=True), strict=True))
    numbers = {title: cells for title, cells in columns.items() if any(map(_is_number, cells))}
    if not numbers or len(columns) < len(head):
        raise ValueError(f"{table} has the columns {head!r:.200}; expected numbers in one or more, of different names")
    for title, cells in numbers.items():
        if wrong := next((row for row, cell in enumerate(cells, 2) if not _is_number(cell)), None):
            raise ValueError(
                f"row {wrong} of the column {shown(title)!r} of {table} holds {shown(cells[wrong - 2])!r}; expected a "
                "number such as 12.5: fill it in, or leave the column out"
            )
    kind = Series(tuple(_channel(table, title, cells[:-later]) for title, cells in numbers.items()))
    x = kind.encode(list(zip(*numbers.values(), strict=True)))
    found = _both(name, windows(x[:-later], length), windows(x[-later:], length), kind, content)
    if unread := [shown(title) for title in columns if title not in numbers]:
        note = f"columns without numbers are left out: {', '.join(unread)}"
        assert found.report is not None
        found.report = dataclasses.replace(found.report, notes=(note,))
    return found


def _is_number(cell: str) -> bool:
    return spreadsheet.NUMBER.fullmatch(cell) is not None


def _channel(table: str, title: str, cells: tuple[str, ...]) -> Number:
    try:
        return spreadsheet.number(title, cells)
    except ValueError as error:
        raise ValueError(f"{table} cannot be trained on: {error}. Leave out a column that never changes") from error


def _sine_kind() -> Series:
    return Series(tuple(Number(f"sine {i}", -1.0, 1.0) for i in (1, 2)))


def _both(name: str, x: Tensor, later: Tensor, kind: Series, content: bytes = b"") -> InMemory:
    """Windows to train on, and those that nobody trains on."""
    of_all = hashlib.sha256(repr((kind, x.shape)).encode() + (content or x.numpy().tobytes())).hexdigest()
    found = InMemory(x, kind=kind, sha256=of_all, report=points(name, "windows of a series", x), name=name)
    found.fresh = lambda: InMemory(later, kind=kind, name=name)
    return found
