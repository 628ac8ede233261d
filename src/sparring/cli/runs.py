"""`sparring runs`: the runs in a folder, several runs compared, runs and checkpoints removed."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from sparring.cli.table import amount, table
from sparring.cli.verbs import Verb, agreed, dispatch
from sparring.machine.files import write_atomically
from sparring.machine.words import shown

if TYPE_CHECKING:
    from sparring.runs.listing import Summary

__all__ = ["VERBS", "main"]

Rows = Mapping[str, Sequence[Any]]
"""Values of several runs by their names."""

Paths = Annotated[tuple[Path, ...], tyro.conf.Positional]


@dataclass(frozen=True)
class List:
    """List the runs in a folder, broken ones with what is wrong with them."""

    folder: Annotated[Path, tyro.conf.Positional] = Path("runs")
    """The folder they are in."""
    json: bool = False
    """Print JSON: bytes, seconds of training, and of the last change the seconds since 1970."""


@dataclass(frozen=True)
class Compare:
    """Draw the curves of several runs into one picture; print last values and where configurations differ."""

    runs: Paths
    """Directories of runs."""
    out: Path = Path("compare.png")
    """The picture, a .png."""
    x: Literal["round", "images", "seconds"] = "round"
    """What the curves are drawn over."""
    json: bool = False
    """Print JSON."""


@dataclass(frozen=True)
class Remove:
    """Remove runs, with all that is in their directories."""

    runs: Paths
    """Directories of runs."""
    yes: bool = False
    """Do not ask."""
    break_lock: bool = False
    """Remove also what a process of another machine may be using, if it has ended without saying so."""


@dataclass(frozen=True)
class Prune:
    """Remove old checkpoints of runs. They can still be continued, and sampled from."""

    runs: Paths
    """Directories of runs."""
    keep: int = 1
    """So many of the newest stay, broken ones not counted."""
    break_lock: bool = False
    """Prune also what a process of another machine may be using, if it has ended without saying so."""


def main(words: list[str]) -> int:
    """Lists, compares, removes or prunes."""
    return dispatch("runs", VERBS, words)


def list_(options: List) -> int:
    """Prints a line for each run."""
    from sparring.runs import listing

    found = [listing.summary(path) for path in listing.find(options.folder)]
    if options.json:
        print(json.dumps([{**dataclasses.asdict(run), "path": str(run.path)} for run in found], indent=2))
    elif not found:
        print(f"There are no runs in {shown(options.folder)}")
    else:
        head = ("recipe", "round", "", "images", "time", "size", "last change", "run")
        print(table("<><>>><<", [head, *map(_row, found)]))
    return 0


def _row(run: Summary) -> Sequence[str]:
    changed = f"{datetime.fromtimestamp(run.changed).astimezone():%y-%m-%d %H:%M}"
    if run.problem is not None:
        return ("broken", "", "", "", "", amount(run.bytes), changed, f"{run.path}  {run.problem}")
    time, state = str(timedelta(seconds=round(run.seconds))), "done" if run.complete else ""
    rounds, path = f"{run.round}/{run.rounds}", f"{run.path}  {run.damage}".rstrip()
    state = "in use" if run.user else state
    return (run.recipe, rounds, state, _short(run.images), time, amount(run.bytes), changed, path)


def _short(count: int) -> str:
    return f"{count:,}" if count < 10**6 else f"{count / 10**6:,.1f} M"


def compare(options: Compare) -> int:
    """Draws and prints."""
    if options.out.suffix != ".png":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .png")
    paths = _some(options.runs)
    from sparring.kinds import drawing
    from sparring.looks.curves import curves
    from sparring.runs import listing
    from sparring.runs.files import read_history

    differences, logs = listing.differences(paths), [read_history(path) for path in paths]
    if empty := [str(path) for path, log in zip(paths, logs, strict=True) if not log]:
        raise ValueError(f"{', '.join(empty)}: the log is empty; train for some rounds first, or leave it out")
    newest = [dict(pair for line in log for pair in line.items()) for log in logs]
    last = {name: [values.get(name) for values in newest] for name in dict.fromkeys(n for v in newest for n in v)}
    image = curves(dict(zip(map(shown, _labels(paths)), logs, strict=True)), options.x)
    write_atomically(options.out, drawing.encode(image))
    if options.json:
        about = {"runs": [str(path) for path in paths], "last": last, "differences": differences}
        print(json.dumps({**about, "picture": str(options.out)}, indent=2))
        return 0
    print(comparison(paths, last, differences))
    print(f"\nCurves: {shown(options.out)}")
    return 0


def comparison(paths: Sequence[Path], last: Rows, differences: Rows) -> str:
    """Tables with a column for each run, which has a number because its path may be long."""
    numbers = [str(i + 1) for i in range(len(paths))]
    align = "<" + ">" * len(paths)
    values = [(name, *(_cell(value) for value in row)) for name, row in last.items()]
    others = [(name, *(_cell(value) for value in row)) for name, row in differences.items()]
    parts = [
        table("><", list(zip(numbers, map(str, paths), strict=True))),
        table(align, [("last values", *numbers), *values]),
        table(align, [("configuration", *numbers), *others]) if others else "The configurations are the same.",
    ]
    return "\n\n".join(parts)


def _cell(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "-" if value is None else str(value)


def _some(paths: Sequence[Path]) -> list[Path]:
    """The paths, each once."""
    if not paths:
        raise ValueError("expected a run: give its directory, such as runs/demo")
    return list(dict.fromkeys(paths))


def _labels(paths: Sequence[Path]) -> list[str]:
    """The names of the runs' directories, or whole paths where two have the same name."""
    names = Counter(path.absolute().name for path in paths)
    return [path.absolute().name if names[path.absolute().name] == 1 else str(path) for path in paths]


def remove(options: Remove) -> int:
    """Asks, then removes."""
    from sparring.runs import listing

    paths = _some(options.runs)
    for path in paths:
        listing.removable(path, break_lock=options.break_lock)
    print(table("><", [(amount(listing.size(path)), str(path)) for path in paths]))
    if not options.yes and not agreed(f"Remove {'this run' if len(paths) == 1 else f'these {len(paths)} runs'}?"):
        print("Nothing was removed.")
        return 0
    freed = sum(listing.remove(path, break_lock=options.break_lock) for path in paths)
    print(f"Removed; {amount(freed)} freed.")
    return 0


def prune(options: Prune) -> int:
    """Prunes, and says how much was freed."""
    from sparring.runs import listing

    rows = [(listing.prune(path, options.keep, break_lock=options.break_lock), path) for path in _some(options.runs)]
    print(table("><", [(f"{freed:,} bytes freed", str(path)) for freed, path in rows]))
    return 0


VERBS = {
    "list": Verb(List, list_),
    "compare": Verb(Compare, compare),
    "remove": Verb(Remove, remove),
    "prune": Verb(Prune, prune),
}
