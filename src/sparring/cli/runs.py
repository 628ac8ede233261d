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
from sparring.machine.words import counted, shown

if TYPE_CHECKING:
    from sparring.runs.listing import Summary
    from sparring.runs.scores import Found

__all__ = ["VERBS", "main"]

Rows = Mapping[str, Sequence[Any]]
"""Values of several runs by their names."""

Paths = Annotated[tuple[Path, ...], tyro.conf.Positional]


@dataclass(frozen=True)
class List:
    """List the runs in a folder with their newest scores, and what is wrong with broken runs."""

    folder: Annotated[Path, tyro.conf.Positional] = Path("runs")
    """Folder of the runs."""
    json: bool = False
    """Print JSON. Sizes are in bytes, training time in seconds, the last change in seconds since 1970."""


@dataclass(frozen=True)
class Compare:
    """Draw the curves of runs into one picture. Print scores, last values and differences of configuration."""

    runs: Paths
    """Directories of runs."""
    out: Path = Path("compare.png")
    """Picture to write, a .png file."""
    x: Literal["round", "images", "seconds"] = "round"
    """Horizontal axis of the curves."""
    json: bool = False
    """Print JSON."""


@dataclass(frozen=True)
class Remove:
    """Remove runs: everything that sparring wrote into their directories. Other files stay, and are named."""

    runs: Paths
    """Directories of runs."""
    yes: bool = False
    """Remove without asking."""
    break_lock: bool = False
    """Remove also a run that a process on another machine has locked. Only if that process has ended."""


@dataclass(frozen=True)
class Prune:
    """Remove old checkpoints of runs. The runs can still be resumed and sampled."""

    runs: Paths
    """Directories of runs."""
    keep: int = 1
    """Number of newest checkpoints to keep, broken ones not counted."""
    break_lock: bool = False
    """Prune also a run that a process on another machine has locked. Only if that process has ended."""


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
        marks, words = marked([run.score for run in found])
        head = ("recipe", "round", "", "images", "time", "size", "last change", "score", "run")
        print(table("<><>>><<<", [head, *map(_row, found, marks)]))
        print(*words, sep="\n", end="\n" * bool(words))
    return 0


def marked(found: Sequence[Found | None]) -> tuple[list[str], list[str]]:
    """Scores as texts, a letter beside those that may be compared with each other; and what the letters mean."""
    from sparring.runs.scores import unlike

    groups: list[Found] = []
    places: list[int | None] = []
    for score in found:
        like = None if score is None else next((i for i, one in enumerate(groups) if not unlike([one, score])), None)
        if score is not None and like is None:
            like = len(groups)
            groups.append(score)
        places.append(like)
    several = len(groups) > 1
    letters = [f" [{_letter(place)}]" if several and place is not None else "" for place in places]
    texts = ["" if score is None else f"{score}{letter}" for score, letter in zip(found, letters, strict=True)]
    apart = unlike(groups)
    words = f"Compare only scores with the same letter. Other scores differ in {', '.join(apart)}."
    return texts, [words, *never(apart)] if several else []


def never(apart: Sequence[str]) -> list[str]:
    """What to say of runs that no other way to measure makes alike; nothing of others."""
    from sparring.runs.scores import LABELS

    words = (
        "Models without labels, with labels in the discriminator only, and with labels in both are three categories. "
        "Never compare scores of different categories (Goodfellow 2016, section 4.1)."
    )
    return [words] if LABELS in apart else []


def _letter(place: int) -> str:
    """a, b ... z, a1, b1 ..."""
    return chr(ord("a") + place % 26) + (str(place // 26) if place >= 26 else "")


def _row(run: Summary, score: str) -> Sequence[str]:
    changed = f"{datetime.fromtimestamp(run.changed).astimezone():%Y-%m-%d %H:%M}"
    if run.problem is not None:
        return ("broken", "", "", "", "", amount(run.bytes), changed, "", f"{run.path}  {run.problem}")
    time, state = str(timedelta(seconds=round(run.seconds))), "done" if run.complete else ""
    rounds, path = f"{run.round}/{run.rounds}", f"{run.path}  {run.damage}".rstrip()
    state = "in use" if run.user else state
    return (run.recipe, rounds, state, _short(run.images), time, amount(run.bytes), changed, score, path)


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
    from sparring.runs.files import LOG, read_history, read_log

    differences, (figures, words) = listing.differences(paths), evaluations(paths)
    refused = courses(paths)
    logs = [read_log(path / LOG) if refused else read_history(path) for path in paths]
    if empty := [str(path) for path, log in zip(paths, logs, strict=True) if not log]:
        raise ValueError(f"{', '.join(empty)}: the log is empty. Train for some rounds first, or leave the run out")
    newest = [dict(pair for line in log for pair in line.items()) for log in logs]
    last = {name: [values.get(name) for values in newest] for name in dict.fromkeys(n for v in newest for n in v)}
    image = curves(dict(zip(map(shown, _labels(paths)), logs, strict=True)), options.x)
    write_atomically(options.out, drawing.encode(image))
    if options.json:
        values = {name: [one and [one.value, one.low, one.high] for one in row] for name, row in figures.items()}
        about = {"runs": [str(path) for path in paths], "scores": values, "notes": [*words, *refused], "last": last,
                 "differences": differences}  # fmt: skip
        print(json.dumps({**about, "picture": str(options.out)}, indent=2))
        return 0
    print(comparison(paths, figures, last, differences))
    print("".join(f"\n{note}" for note in (*words, *refused)))
    print(f"\nCurves: {shown(options.out)}")
    return 0


def evaluations(paths: Sequence[Path]) -> tuple[dict[str, list[Found | None]], list[str]]:
    """The figures of evaluations by name, one for each run; and what to say of them."""
    from sparring.runs.scores import LABELS, evaluated, unlike_facts

    each = [evaluated(path) for path in paths]
    if not any(each):
        return {}, ["No run has an evaluation of its present weights. For scores: sparring evaluate RUN"]
    if apart := unlike_facts([one.facts for found in each for one in found]):
        again = "sparring evaluate RUN --against DATA --features NAME --n NUMBER"
        words = f"Evaluations are not compared: they differ in {', '.join(apart)}."
        return {}, [words, *never(apart)] if LABELS in apart else [f"{words} Evaluate all alike: {again}"]
    names = dict.fromkeys(one.figure for found in each for one in found)
    rows = {name: [next((one for one in found if one.figure == name), None) for found in each] for name in names}
    return rows, []


def courses(paths: Sequence[Path]) -> list[str]:
    """Why scores of the course of training are not compared; nothing where they are."""
    from sparring.runs.scores import course, unlike

    apart = unlike([found for path in paths if (found := course(path)) is not None])
    words = f"Scores in training are not compared: they differ in {', '.join(apart)}."
    return [words, *never(apart)] if apart else []


def comparison(paths: Sequence[Path], figures: Mapping[str, Sequence[Found | None]], last: Rows, others: Rows) -> str:
    """Tables with a column for each run, which has a number because its path may be long."""
    numbers = [str(i + 1) for i in range(len(paths))]
    align = "<" + ">" * len(paths)
    values = [(name, *(_cell(value) for value in row)) for name, row in last.items()]
    unlike = [(name, *(_cell(value) for value in row)) for name, row in others.items()]
    scores = [(_titled(name, row), *(one.interval if one else "-" for one in row)) for name, row in figures.items()]
    parts = [
        table("><", list(zip(numbers, map(str, paths), strict=True))),
        *([table(align, [("scores", *numbers), *scores])] if scores else []),
        table(align, [("last values", *numbers), *values]),
        table(align, [("configuration", *numbers), *unlike]) if unlike else "The configurations are the same.",
    ]
    return "\n\n".join(parts)


def _titled(name: str, row: Sequence[Found | None]) -> str:
    better = next((one.better for one in row if one), "")
    return f"{name}, {better} is better" if better else name


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
    from sparring.runs import belongings, listing

    paths = _some(options.runs)
    for path in paths:
        listing.removable(path, break_lock=options.break_lock)
    print(table("><", [(amount(listing.size(path)), str(path)) for path in paths]))
    stay = [other for path in paths for other in belongings.others(path)]
    if stay:
        few = ", ".join(map(shown, stay[:5])) + (" ..." if len(stay) > 5 else "")
        print(f"{counted(len(stay), 'file')} not written by the runs will stay: {few}")
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
    print(table("><", [(f"{amount(freed)} freed", str(path)) for freed, path in rows]))
    return 0


VERBS = {
    "list": Verb(List, list_),
    "compare": Verb(Compare, compare),
    "remove": Verb(Remove, remove),
    "prune": Verb(Prune, prune),
}
