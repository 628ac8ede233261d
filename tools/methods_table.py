"""Writes docs/methods.md and the README's table of methods, from what modules declare and from the records.

Usage: python tools/methods_table.py      (tests/test_methods.py compares)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from sparring.evaluation.record import Figure, Record
from sparring.methods import TUTORIAL, Method, declared

ROOT = Path(__file__).parents[1]
RECORDS, PAGE, README = ROOT / "benchmarks" / "records", ROOT / "docs" / "methods.md", ROOT / "README.md"
SECTION = re.compile(r"(?<=\n## Methods\n\n).*?(?=\n## )", re.DOTALL)
"""The part of the README that is generated."""

HEAD = """# Methods

This page lists the {count} methods of sparring, the oldest first: how to use each, its paper, and what was measured.
To run one, copy the command of the column "run by", such as `sparring train dcgan`. Where it says "in Python", use the
column "in Python". Its names are below `sparring`, as in `sparring.GAN`.

Sections and figures are those of the [tutorial]({tutorial}). [tutorial.md](tutorial.md) has code for
its sections. A measured number stands with its interval and its control. The column "claims" says whether what is
claimed of it is true. "Formulas only" means that the formulas are tested, and that nothing was trained and measured.

Do not edit this page. `python tools/methods_table.py` writes it, from the `METHODS` of each module and from
`benchmarks/records/*.json`.

"""
OTHER = """
## Other measurements

These records belong to no method. They check metrics and features.

"""


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def said(figure: Figure, *, whole: bool = True) -> str:
    """A figure in words, with what its interval is or without."""
    ends = "" if figure.low is None or figure.high is None else f" ({number(figure.low)} to {number(figure.high)}"
    about = f", {figure.interval}" if ends and whole else ""
    return f"{figure.what}: {number(figure.value)}{ends}{about}{')' if ends else ''}"


def claims(record: Record) -> str:
    """Whether they hold, and which does not."""
    wrong = [claim.words for claim in record.claims if not claim.holds]
    return f"do not all hold; false: {' '.join(wrong)}" if wrong else "hold"


def controls(record: Record) -> str:
    return said(record.controls[0], whole=False) if record.controls else f"none: {record.missing['controls']}"


def measured(stem: str, record: Record) -> tuple[str, str, str]:
    """The cells of a record on the page of all methods."""
    link = f"[{stem}](../benchmarks/records/{stem}.json)"
    return f"{said(record.ours[0])}; {link}", controls(record), claims(record)


def tutorial(method: Method) -> str:
    """Where the tutorial has it."""
    if not method.section:
        return "after it" if method.papers[0].year > TUTORIAL.year else "not in it"
    return f"{method.section}, figure {method.figure}" if method.figure else method.section


def papers(method: Method) -> str:
    return "; ".join(f"{paper.year}, [{paper.authors}]({paper.url})" for paper in method.papers)


def about(method: Method) -> tuple[str, ...]:
    """The cells that need no record."""
    command = f"`{method.command}`" if method.command else "in Python"
    return method.name, f"`{method.python}`", papers(method), tutorial(method), command


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def page(methods: Sequence[Method], records: dict[str, Record]) -> str:
    """The page of all methods, and of records that no method names."""
    found = {stem: measured(stem, record) for stem, record in records.items()} | {"": ("formulas only", "", "")}
    rows = [(*about(method), method.category, *found[method.record]) for method in methods]
    head = ("method", "in Python", "year, paper", "tutorial", "run by", "for", "measured", "control", "claims")
    named = {method.record for method in methods}
    others = [(f"`{record.command}`", *found[stem]) for stem, record in records.items() if stem not in named]
    first = HEAD.format(tutorial=TUTORIAL.url, count=len(methods))
    return first + table(head, rows) + OTHER + table(("run by", "measured", "control", "claims"), others)


def section(methods: Sequence[Method], records: dict[str, Record]) -> str:
    """The README's table, and a count."""
    found = {stem: said(record.ours[0], whole=False) for stem, record in records.items()} | {"": "formulas only"}
    shown = [(*about(method), found[method.record]) for method in methods if method.in_readme]
    head = ("method", "in Python", "year, paper", "tutorial", "run by", "measured")
    every = (
        "[docs/methods.md](docs/methods.md) has all of them, with controls.\n"
        "[docs/tutorial.md](docs/tutorial.md) goes through Goodfellow's tutorial by section, with code."
    )
    words = f"{len(shown)} of {len(methods)} methods. {every}\n\n"
    return words + table(head, shown)


def texts() -> dict[Path, str]:
    """What the files ought to hold."""
    found = (method for some in declared().values() for method in some)
    methods = sorted(found, key=lambda method: (method.papers[0].year, method.name))
    records = {path.stem: Record.read(path) for path in sorted(RECORDS.glob("*.json"))}
    readme = SECTION.sub(lambda _: section(methods, records), README.read_text(encoding="utf-8"))
    return {PAGE: page(methods, records), README: readme}


def main() -> None:
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
