"""Where a generator comes from: the data that it was trained on, their licence, and the commands that trained it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from sparring.data.named import NAMED
from sparring.data.series import SINES
from sparring.data.sets import SETS
from sparring.data.toys import TOYS
from sparring.machine.words import quoted, shown
from sparring.runs.code import IN_PYTHON
from sparring.runs.run import Run

__all__ = ["UNKNOWN", "Origin", "commands", "first_weights"]

UNKNOWN = "not known: give it with --licence"
"""The licence of data that people have from elsewhere."""

_COMPUTED = ("none needed: computed by sparring", "")
_SHIPPED = {
    **dict.fromkeys((*TOYS, SINES), _COMPUTED),
    "fashion-mnist-10k": (SETS["fashion-mnist"].licence, SETS["fashion-mnist"].attribution),
    "penguins": ("CC0-1.0", "Palmer Station Antarctica LTER and K. Gorman"),
}
"""Licence and attribution of what needs no download."""

_OF_THE_MACHINE = {"device", "threads"}


@dataclass(frozen=True)
class Origin:
    """The data of a run, as they may be published: without the folders that lead to them.

    Attributes:
        name: Of the set, the folder or the file.
        count: Examples that were trained on.
        sha256: Of all examples, those held out too.
        licence: Its licence.
        attribution: Who is to be named; "" if nobody is known.
    """

    name: str
    count: int
    sha256: str
    licence: str
    attribution: str

    @staticmethod
    def of(run: Run, licence: str | None = None) -> Origin:
        """What a run says of its data.

        Args:
            run: The run.
            licence: What its user says of their licence.
        """
        name = str(getattr(run.config, "data", None) or run.recipe)
        known = NAMED[name].fetched if name in NAMED else ""
        fetched = (SETS[known].licence, SETS[known].attribution) if known else (UNKNOWN, "")
        theirs, attribution = _SHIPPED.get(name, fetched)
        count = int(run.data["count"]) - int(run.config.hold_out or 0)
        about = (shown(Path(name).name or name), count, str(run.data["sha256"]))
        return Origin(*about, shown(licence or theirs), attribution)


def commands(run: Run) -> list[str]:
    """The commands that train such a run: what differs from the recipe's own values, and places by their last name."""
    if run.recipe == IN_PYTHON:
        return ["# in Python, by sparring.record(trainer, ...): its code was not kept"]
    place = Path(_split(run.origin)[0]).name
    options = [*_flags(run.config, _usual(type(run.config))), *(["--from", place] if place else [])]
    begin = " ".join(["sparring", "train", run.code.called, *map(quoted, options)])
    return [begin, *([f"sparring resume RUN --rounds {run.rounds} --keep-rates"] if run.extra else [])]


def first_weights(run: Run) -> str:
    """Where the first weights are from, without the folders that lead there; "" if they were random."""
    place, rest = _split(run.origin)
    return shown(f"{Path(place).name}, round {rest}") if place else ""


def _split(origin: str) -> tuple[str, str]:
    """The directory of the run that first weights are from, and the rest."""
    place, _, rest = origin.rpartition(", round ")
    return place, rest


def _usual(config: type[Any]) -> dict[str, Any]:
    """The values that a configuration has when nobody says anything; what has to be said is not among them."""
    made = {field.name: field.default_factory() for field in fields(config) if field.default_factory is not MISSING}
    return made | {field.name: field.default for field in fields(config) if field.default is not MISSING}


def _flags(config: Any, usual: Mapping[str, Any]) -> Iterator[str]:
    """The words for the fields in which a configuration differs from the usual values."""
    for name in (field.name for field in fields(config) if field.name not in _OF_THE_MACHINE):
        value, other = getattr(config, name), usual.get(name, MISSING)
        if is_dataclass(value):
            yield from _flags(value, vars(other) if other is not MISSING else {})
        elif value != other:
            yield from _words(name.replace("_", "-"), value)


def _words(name: str, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [f"--{name}" if value else f"--no-{name}"]
    each = value if isinstance(value, tuple) else (value,)
    return [f"--{name}", *(_published(str(part)) for part in each)]


def _published(word: str) -> str:
    """A word; of a whole path the last name."""
    return f"./{Path(word).name}" if Path(word).is_absolute() else word
