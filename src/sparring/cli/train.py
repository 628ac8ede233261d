"""`sparring train RECIPE`: a new run."""

from __future__ import annotations

from dataclasses import dataclass, make_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tyro
from rich.console import Console

from sparring import recipes

if TYPE_CHECKING:
    from sparring.runs.session import Session

__all__ = ["Options", "main"]

USAGE = """usage: sparring train RECIPE [OPTIONS]

Recipes: {recipes}

sparring train RECIPE --help lists its options."""


@dataclass(frozen=True)
class Options:
    """The run."""

    out: Path | None = None
    """Directory of the run; runs/RECIPE-DATE without it."""
    time: str | None = None
    """Stop after this long: 90s, 10m, 1.5h. The run can be resumed."""
    dry_run: bool = False
    """Say what would be trained, on what, in how much memory and time; write nothing."""
    break_lock: bool = False
    """Take the run from a process of another machine that has ended without saying so."""


def parse(recipe: str, words: list[str]) -> tuple[recipes.Config, Options]:
    """The recipe's configuration and the run's options; flags come from their dataclasses."""
    both: Any = make_dataclass("Both", [("config", recipes.find(recipe).Config), ("options", Options)])
    arguments: Any = tyro.cli(
        both,
        args=words,
        prog=f"sparring train {recipe}",
        description=recipes.find(recipe).__doc__,
        config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
    )
    if arguments.config.evaluate_every and not arguments.config.hold_out:
        raise ValueError("--evaluate-every needs examples to measure against: give --hold-out too")
    return arguments.config, arguments.options


def main(words: list[str]) -> int:
    """Trains."""
    if not words or words[0] in {"-h", "--help"}:
        print(USAGE.format(recipes=", ".join(recipes.names())))
        return 0 if words else 2
    if words[0].startswith("-"):
        raise ValueError(f"expected a recipe, got {words[0]!r}: sparring train {recipes.names()[0]} {words[0]} ...")
    from sparring.cli.play import patient

    recipe = words[0]
    config, options = parse(recipe, words[1:])
    return start(recipe, config, options, patient())


def start(recipe: str, config: recipes.Config, options: Options, console: Console) -> int:
    """A new run, or its estimate."""
    from sparring.cli.play import estimate, play, program, seconds
    from sparring.ranks import leads
    from sparring.runs import lock
    from sparring.runs.session import Session

    limit = seconds(options.time)
    if options.dry_run:
        session = Session.prepare(options.out or Path(), recipe, config)
        describe(session, console)
        return estimate(session, console)
    path = options.out or Path("runs") / f"{recipe}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    if leads():
        lock.check(path, break_lock=options.break_lock)
    session = Session.create(path, recipe, config)
    describe(session, console)
    again = f"{program()} resume {path}"
    return 0 if play(session, limit, again, console, break_lock=options.break_lock) else 130


def describe(session: Session, console: Console) -> None:
    """Prints the report on the data, and says what of them the recipe does not use."""
    from sparring.data.report import lines

    data, recipe = session.data, session.run.recipe
    for report in data.reports.values():
        console.print("\n".join(lines(report)), markup=False, highlight=False)
    unused = sorted(data.has - recipes.find(recipe).USES)
    if unused:
        console.print(
            f"NOTE: these data have {' and '.join(unused)}, which {recipe} IGNORES: it learns all examples as one kind "
            "and cannot be asked for one of them.",
            style="bold yellow",
        )
