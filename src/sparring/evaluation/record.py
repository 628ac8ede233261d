"""Records: what was measured, beside its control and what was published, with a claim that is true or not.

A record is JSON in `benchmarks/records/`, written by the script of the same name. Whatever is not known is null, and
`missing` says why.
"""

from __future__ import annotations

import dataclasses
import json
import operator
import platform
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

from sparring.machine import devices
from sparring.machine.files import write_atomically
from sparring.machine.plain import read_json

__all__ = ["Claim", "Figure", "Published", "Record", "over_seeds", "stamp"]

RELATIONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PACKAGES = ("torch", "numpy", "sparring")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that was measured.

    Attributes:
        what: Of what, with its unit.
        value: The number.
        low: The lower end of its interval, or None.
        high: The upper end.
        interval: What the interval is: a level and a method, or a spread; "" without one.
        values: Of each seed, in the order of the record's seeds; empty with one seed.

    Raises:
        ValueError: The interval is not whole, or does not hold the value.
    """

    what: str
    value: float
    low: float | None = None
    high: float | None = None
    interval: str = ""
    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        ends = (self.low is not None, self.high is not None, bool(self.interval))
        if len(set(ends)) > 1:
            raise ValueError(
                f"{self.what!r} has low {self.low}, high {self.high} and interval {self.interval!r}: give "
                "all three, or none"
            )
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"{self.what!r} is {self.value}; expected it within {self.low} to {self.high}")


def over_seeds(what: str, values: Sequence[float]) -> Figure:
    """The mean over seeds; the interval is from the smallest to the largest."""
    spread = f"smallest and largest of {len(values)} seeds"
    low, high = min(values), max(values)
    mean = min(max(fmean(values), low), high)  # which rounding may have put beyond equal values
    return Figure(what=what, value=mean, low=low, high=high, interval=spread, values=tuple(values))


@dataclass(frozen=True, kw_only=True)
class Published:
    """A number that others published.

    Attributes:
        figure: The number, as they give it.
        source: Where it is, with the table or section.
        difference: How their protocol differs from ours.
    """

    figure: Figure
    source: str
    difference: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """An inequality.

    Attributes:
        words: What it says.
        left: A number of `Record.ours`.
        relation: <, <=, > or >=.
        right: What it is compared with: a control, a published number, a limit that was set before.

    Raises:
        ValueError: The relation is another.
    """

    words: str
    left: float
    relation: str
    right: float

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise ValueError(f"the relation is {self.relation!r}; expected one of {', '.join(RELATIONS)}")

    @property
    def holds(self) -> bool:
        """Whether it is true."""
        return RELATIONS[self.relation](self.left, self.right)


@dataclass(frozen=True, kw_only=True)
class Record:
    """What one script measured.

    Attributes:
        command: What makes it again.
        date: When, year-month-day.
        seeds: All that were run.
        machine: Its processor and cores, without a name of the host.
        versions: Of Python, torch, numpy, sparring and whatever else mattered.
        minutes: How long it took.
        ours: What was measured; the first figure stands in the table of methods.
        controls: The same of something that must not do as well, or of something that must not differ.
        published: What others have.
        claims: What is said of these numbers.
        missing: Why a field is null or empty, by its name: one of `gaps`.
        details: Everything else, as JSON.

    Raises:
        ValueError: A field is empty without a reason, or a reason is given for one that is not; a claim is about a
            number that was not measured.
    """

    command: str
    date: str
    seeds: tuple[int, ...]
    machine: str | None
    versions: Mapping[str, str | None]
    minutes: float | None
    ours: tuple[Figure, ...]
    controls: tuple[Figure, ...] = ()
    published: tuple[Published, ...] = ()
    claims: tuple[Claim, ...]
    missing: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        date.fromisoformat(self.date)
        if not (self.command and self.ours and self.claims):
            raise ValueError("a record has a command, a figure of ours and a claim; one of these is empty")
        if absent := {"python", *PACKAGES} - self.versions.keys():
            raise ValueError(
                f"the versions of {', '.join(sorted(absent))} are missing: give them, or null with a reason"
            )
        if self.gaps != self.missing.keys():
            raise ValueError(f"null or empty are {sorted(self.gaps)}, but reasons are given for {sorted(self.missing)}")
        measured = {
            number for figure in self.ours for number in (figure.value, figure.low, figure.high, *figure.values)
        }
        if others := [claim for claim in self.claims if claim.left not in measured]:
            raise ValueError(f"{others[0]} is about {others[0].left}, which is not a number of `ours`")

    @property
    def gaps(self) -> set[str]:
        """The names of what is null or empty and needs a reason; `interval` if a figure of ours has none."""
        absent = {name for name in ("machine", "minutes") if getattr(self, name) is None}
        empty = {name for name in ("seeds", "controls", "published") if not getattr(self, name)}
        versions = {"versions"} if None in self.versions.values() else set()
        interval = {"interval"} if any(figure.low is None for figure in self.ours) else set()
        return absent | empty | versions | interval

    @property
    def holds(self) -> bool:
        """Whether every claim is true."""
        return all(claim.holds for claim in self.claims)

    def write(self, path: Path) -> None:
        """Writes it as JSON."""
        content = dataclasses.asdict(self)
        for claim, entry in zip(self.claims, content["claims"], strict=True):
            entry["holds"] = claim.holds
        text = json.dumps(content | {"holds": self.holds}, indent=1, ensure_ascii=False, allow_nan=False)
        write_atomically(path, _on_one_line(text).encode() + b"\n")

    @classmethod
    def read(cls, path: Path) -> Record:
        """What `write` wrote.

        Raises:
            ValueError: It is no record, or says that a claim holds which does not, or the other way round.
        """
        try:
            return _record(read_json(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path.name} is not a record: {error!s}; run the script of that name again") from error


def _record(content: dict[str, Any]) -> Record:
    said = [content.pop("holds"), *(claim.pop("holds") for claim in content["claims"])]
    parts = {
        "seeds": tuple(content["seeds"]),
        "ours": tuple(map(_figure, content["ours"])),
        "controls": tuple(map(_figure, content["controls"])),
        "published": tuple(Published(**entry | {"figure": _figure(entry["figure"])}) for entry in content["published"]),
        "claims": tuple(Claim(**claim) for claim in content["claims"]),
    }
    record = Record(**content | parts)
    if said != (true := [record.holds, *(claim.holds for claim in record.claims)]):
        raise ValueError(f"it says {said} of whether it and its claims hold; computed: {true}")
    return record


def _figure(entry: dict[str, Any]) -> Figure:
    return Figure(**entry | {"values": tuple(entry["values"])})


def _on_one_line(text: str) -> str:
    """Lists of numbers take one line; no string of JSON holds the end of one."""
    return re.sub(r"\[\n([-+.\deE,\s]*)\]", lambda match: f"[{' '.join(match[1].split())}]", text)


def stamp(seconds: float, *packages: str) -> dict[str, Any]:
    """The fields of a record that say when, where, with what and in which time it was made.

    Args:
        seconds: How long it took.
        packages: Whose versions matter besides Python's, torch's, numpy's and sparring's.
    """
    versions = {"python": platform.python_version(), **{name: version(name) for name in (*PACKAGES, *packages)}}
    found = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": _machine(), "versions": versions}
    return {**found, "minutes": round(seconds / 60, 2)}


def _machine() -> str:
    listed = Path("/proc/cpuinfo")
    named = re.search(r"model name\s*:\s*(.+)", listed.read_text(encoding="utf-8")) if listed.exists() else None
    return f"{named[1].strip() if named else platform.processor() or platform.machine()}, {devices.cores()} cores"
