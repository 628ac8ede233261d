"""`sparring figures`: the tutorial's figures computed on one page, with numbers measured beside numbers expected."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from sparring.cli.options import parsed
from sparring.cli.table import table
from sparring.figures import find, names
from sparring.machine.files import write_atomically
from sparring.machine.words import counted, shown

if TYPE_CHECKING:
    from sparring.cli.figures_kept import Made
    from sparring.figures.frame import Figure

__all__ = ["Options", "known_words", "main"]

HOME = Path("runs/figures")
"""Where pages and the results of the full tier are kept."""

WRONG = 5
"""The exit code where a number is outside its tolerance."""


@dataclass(frozen=True)
class Options:
    """Compute figures of the GAN tutorial, with numbers beside what is expected, on one page: docs/figures.md.

    Exit code 5: a number is outside its tolerance.
    """

    names: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Figures to compute. Unset: all of the quick tier."""
    full: bool = False
    """Compute the full tier too. After a stop, the same command continues."""
    out: Path | None = None
    """Page to write, an .html file. Unset: figures.html in runs/figures, or NAME.html for figures by name."""
    list: bool = False
    """List the figures, with the time each takes."""


def known_words() -> dict[str, str]:
    """What may be typed after the verb."""
    return dict.fromkeys(names(), "")


def main(words: list[str]) -> int:
    """Computes."""
    options = parsed(Options, words, "figures")
    if options.out is not None and options.out.suffix != ".html":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .html")
    if options.full and options.names:
        raise ValueError("--full computes all figures: leave out --full, or the names")
    figures = chosen(options)
    if options.list:
        print(table("<<><", [(f.name, f.tier, took(f.seconds), f.title) for f in figures]))
        return 0
    out = options.out or HOME / ("+".join(options.names or ("figures",)) + ".html")
    made = computed(figures, out)
    wrong = [pair for each in made for pair in each.wrong]
    print(f"Saved: {shown(out)}")
    return WRONG if wrong else 0


def chosen(options: Options) -> list[Figure]:
    """The figures that were asked for, in the order of the page."""
    every = options.full or options.list
    asked = [find(name) for name in dict.fromkeys(options.names or names())]
    figures = [figure for figure in asked if options.names or every or figure.tier == "quick"]
    return sorted(figures, key=lambda figure: figure.order)


def computed(figures: Sequence[Figure], out: Path) -> list[Made]:
    """Computes figures, quick ones first; writes the page, also when stopped, with what there is by then."""
    made: dict[str, Made] = {}
    try:
        for figure, result in results(sorted(figures, key=lambda figure: figure.tier == "full")):
            made[figure.name] = result
            print(f"{len(made):2}/{len(figures)}  {line(result)}", flush=True)
            if figure.tier == "full":
                save(made, figures, out)
    finally:
        if made:
            save(made, figures, out)
    return list(made.values())


def results(figures: Sequence[Figure]) -> Iterator[tuple[Figure, Made]]:
    """Each figure with what it computes; those of the full tier are kept, and computed again only if they changed."""
    from sparring.cli.figures_kept import Made, read

    for figure in figures:
        file = HOME / f"{figure.name}.json"
        kept = read(file, figure) if figure.tier == "full" else None
        if kept is None:
            if figure.tier == "full":
                print(f"{figure.name}: begins, takes about {took(figure.seconds)}", flush=True)
            begin = time.perf_counter()
            kept = Made.now(figure, figure.draw(), time.perf_counter() - begin)
            if figure.tier == "full":
                write_atomically(file, kept.json())
        yield figure, kept


def save(made: dict[str, Made], figures: Sequence[Figure], out: Path) -> None:
    """Writes the page."""
    from sparring.cli.figures_kept import versions
    from sparring.cli.figures_page import page

    packages = ", ".join(f"{name} {number}" for name, number in versions().items())
    about = f"Made on {datetime.now(UTC):%Y-%m-%d} by sparring figures with {packages}."
    write_atomically(out, page(made, figures, about).encode())


def line(made: Made) -> str:
    """One line on a figure, and one on each number that is wrong."""
    count = counted(len(made.drawn.pairs), "number")
    state = f"{len(made.wrong)} of {count} WRONG" if made.wrong else f"{count} as expected"
    faults = (
        f"       {p.name}: {p.measured:.6g}, expected {p.expected:.6g} within {p.tolerance:.2g}" for p in made.wrong
    )
    return "\n".join([f"{made.name:20}  {state}, {took(made.seconds)}", *faults])


def took(seconds: float) -> str:
    """A time in a unit of a fitting size."""
    return (
        f"{seconds:.1f} s"
        if seconds < 90
        else f"{seconds / 60:.0f} min"
        if seconds < 5400
        else f"{seconds / 3600:.1f} h"
    )
