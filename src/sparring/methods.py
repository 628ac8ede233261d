"""Methods: what a module of a game, a loss, a rule or a recipe says about itself, in data.

A module declares `METHODS = (Method(...), ...)`. `docs/methods.md` is generated from these by
`python tools/methods_table.py`, and a test compares.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

__all__ = ["ROOMS", "TUTORIAL", "Method", "Paper", "declared"]

ROOMS = frozenset(
    {"games", "families", "losses", "penalties", "projections", "layers", "dynamics", "hooks", "recipes", "selection"}
)
"""The modules and packages of sparring in which methods are declared."""


@dataclass(frozen=True)
class Paper:
    """A paper.

    Attributes:
        authors: The first author's family name, with "et al." where there are more than two.
        year: When it first appeared.
        url: Where it can be read.

    Raises:
        ValueError: A field is empty, or is none of these.
    """

    authors: str
    year: int
    url: str

    def __post_init__(self) -> None:
        if not self.authors or not 1800 < self.year < 2200 or not self.url.startswith("https://"):
            raise ValueError(f"got {self}; expected authors, a year, and an address that begins with https://")


TUTORIAL = Paper("Goodfellow", 2016, "https://arxiv.org/abs/1701.00160")
"""The report whose sections and figures methods name."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """What a method is, where it comes from, how it is run and where it was measured.

    Attributes:
        name: What the field calls it.
        python: What to write in Python, with names below `sparring`.
        papers: One or more, the earliest first.
        category: What it is for, as the folders of `games/` are called: theory, images, ...; general, if for anything.
        section: Sections of the tutorial (Goodfellow 2016) that treat it; "" if none does.
        figure: Its figures; "" if none.
        command: What runs it on the command line; "" if only Python does.
        record: The stem of its record in `benchmarks/records/`; "" if nothing was measured but formulas.
        measured: With what the words of its figure in the record begin; "" for the first figure.
        in_readme: Whether it is among the few that the README shows.

    Raises:
        ValueError: Name, Python, papers or category are missing.

    Example:
        >>> paper = Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661")
        >>> Method(name="GAN", python="GAN(...)", papers=(paper,), section="3").category
        'general'
    """

    name: str
    python: str
    papers: tuple[Paper, ...]
    category: str = "general"
    section: str = ""
    figure: str = ""
    command: str = ""
    record: str = ""
    measured: str = ""
    in_readme: bool = False

    def __post_init__(self) -> None:
        if missing := [name for name in ("name", "python", "papers", "category") if not getattr(self, name)]:
            raise ValueError(f"{self} has no {', '.join(missing)}; a method says what it is, and names a paper")


def declared() -> dict[str, tuple[Method, ...]]:
    """The methods of every module in `ROOMS` that declares any, by the module's name below `sparring`."""
    found = {}
    for module in pkgutil.walk_packages(importlib.import_module("sparring").__path__, "sparring."):
        name = module.name.removeprefix("sparring.")
        if name.split(".")[0] in ROOMS:
            found[name] = getattr(importlib.import_module(module.name), "METHODS", ())
    return {name: methods for name, methods in found.items() if methods}
