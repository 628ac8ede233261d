"""Writes docs/methods.md, the README's table of methods and that of docs/costs.md, from modules and from records.

Usage: python tools/methods_table.py      (tests/test_methods.py compares)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from sparring.evaluation.record import Figure, Record
from sparring.methods import TUTORIAL, Method, declared

ROOT = Path(__file__).parents[1]
RECORDS, PAGE, README = ROOT / "benchmarks" / "records", ROOT / "docs" / "methods.md", ROOT / "README.md"
COSTS, COMPARED = ROOT / "docs" / "costs.md", re.compile(r"(?<=\n\n)\| cost \|.*?(?=\n\n)", re.DOTALL)
SECTION = re.compile(r"(?<=\n## Methods\n\n).*?(?=\n## )", re.DOTALL)
"""The part of the README that is generated."""

PLAYERS = ("discriminator", "generator")

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

These records belong to no row above. They check metrics and features, or show a method on other data.

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


def figure(record: Record, begins: str = "") -> Figure:
    """The figure of a record whose words begin so."""
    return next(found for found in record.ours if found.what.startswith(begins))


def measured(stem: str, records: dict[str, Record], begins: str = "") -> tuple[str, str, str]:
    """The cells of a record on the page of all methods."""
    if not stem:
        return "formulas only", "", ""
    record, link = records[stem], f"[{stem}](../benchmarks/records/{stem}.json)"
    return f"{said(figure(record, begins))}; {link}", controls(record), claims(record)


def compared(record: Record) -> str:
    """The table of all costs, from their record."""
    rows = record.details["rows"]
    head = (
        "cost", "the recipe's rates", "best of six", "precision", "coverage", "D's cost and distance",
        "G's cost and distance", "best rates of G, D",
    )  # fmt: skip
    return table(head, [_compared(name, rows) for name in dict.fromkeys(key.split(", ")[0] for key in rows)]).rstrip()


def _compared(name: str, rows: dict[str, dict[str, Any]]) -> tuple[str, ...]:
    published, best = (rows[f"{name}, {how}"] for how in ("published", "best"))
    correlations = (best[f"rank correlation of the {player}'s cost with distance"] for player in PLAYERS)
    rates = f"{best['generator_rate']:g}, {best['discriminator_rate']:g}"
    means = (f"{_mean(best[metric]):.2f}" for metric in ("precision", "coverage"))
    distances = (over(row["Fréchet distance"]) for row in (published, best))
    return f"`{name}`", *distances, *means, *(f"{_mean(found):+.2f}" for found in correlations), rates


def _mean(values: Sequence[float | None]) -> float:
    """Of the runs that did not go wrong."""
    return fmean(value for value in values if value is not None)


def over(values: Sequence[float | None]) -> str:
    """The mean over seeds, with the least and the most, of those runs that did not go wrong."""
    there = [value for value in values if value is not None]
    if not there:
        return "went wrong"
    spread = f" ({number(min(there))} to {number(max(there))})" if len(there) > 1 else ""
    wrong = f", {len(values) - len(there)} went wrong" if len(there) < len(values) else ""
    return f"{number(fmean(there))}{wrong}{spread}"


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
    rows = [(*about(m), m.category, *measured(m.record, records, m.measured)) for m in methods]
    head = ("method", "in Python", "year, paper", "tutorial", "run by", "for", "measured", "control", "claims")
    named = {method.record for method in methods}
    others = [
        (f"`{record.command}`", *measured(stem, records)) for stem, record in records.items() if stem not in named
    ]
    first = HEAD.format(tutorial=TUTORIAL.url, count=len(methods))
    return first + table(head, rows) + OTHER + table(("run by", "measured", "control", "claims"), others)


def section(methods: Sequence[Method], records: dict[str, Record]) -> str:
    """The README's table, and a count."""
    found = {m.name: said(figure(records[m.record], m.measured), whole=False) for m in methods if m.record}
    shown = [(*about(method), found.get(method.name, "formulas only")) for method in methods if method.in_readme]
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
    costs = COMPARED.sub(lambda _: compared(records["costs"]), COSTS.read_text(encoding="utf-8"))
    return {PAGE: page(methods, records), README: readme, COSTS: costs}


def main() -> None:
    for path, text in texts().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
