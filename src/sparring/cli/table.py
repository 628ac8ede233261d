"""Tables in plain text, whose last column may be as long as it likes: paths are shown whole on any terminal."""

from __future__ import annotations

from collections.abc import Sequence

from sparring.machine.words import shown

__all__ = ["amount", "table"]


def table(align: str, rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns two spaces apart.

    Args:
        align: For each column < for left or > for right.
        rows: The cells.
    """
    rows = [[shown(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    widths[-1] *= align[-1] == ">"  # padding would only make long lines longer
    sides = [f"{side}{width}" for side, width in zip(align, widths, strict=True)]
    lines = ("  ".join(f"{cell:{side}}" for cell, side in zip(row, sides, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def amount(bytes: float) -> str:
    """A number of bytes in a unit of a fitting size, 1 kB being 1000 bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if bytes < 999.5:
            return f"{bytes:.3g} {unit}"
        bytes /= 1000
    return f"{bytes:,.1f} TB"
