"""Results of figures that are kept: one file each, which says what made it. It counts while that has not changed."""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib
import json
import platform
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import sparring
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.machine.plain import read_json

__all__ = ["Made", "made_by", "read", "versions"]

_SOURCE = Path(sparring.__file__).parent
_OTHERS = ("cli", "looks", "machine")
"""Packages that change how a figure looks or is called, and none of its numbers."""


@dataclass(frozen=True)
class Made:
    """What a figure computed, and how.

    Attributes:
        name: Of the figure.
        drawn: Its pictures and numbers.
        seconds: How long that took.
        command: What computes it.
        date: When it was finished: YYYY-MM-DD.
        versions: Of Python and packages.
        sha256: What `made_by` gave.
    """

    name: str
    drawn: Drawn
    seconds: float
    command: str
    date: str
    versions: dict[str, str]
    sha256: str

    @staticmethod
    def now(figure: Figure, drawn: Drawn, seconds: float) -> Made:
        """What has just been computed."""
        about = (
            shlex.join(["sparring", "figures", figure.name]),
            f"{datetime.now(UTC):%Y-%m-%d}",
            versions(),
            made_by(figure),
        )
        return Made(figure.name, drawn, seconds, *about)

    @property
    def wrong(self) -> list[Pair]:
        """The numbers that are outside their tolerance."""
        return [pair for pair in self.drawn.pairs if not pair.holds]

    def json(self) -> bytes:
        """What a file holds."""
        return json.dumps(asdict(self), default=lambda content: base64.b64encode(content).decode(), indent=1).encode()


def read(file: Path, figure: Figure) -> Made | None:
    """The result of a figure in a file; None if there is none, or something else has made it, or it is damaged."""
    try:
        found: dict[str, Any] = read_json(file.read_bytes())
        parts = found.pop("drawn")
        pictures = [Picture(base64.b64decode(each.pop("content")), **each) for each in parts["pictures"]]
        made = Made(**found, drawn=Drawn(tuple(pictures), tuple(Pair(**each) for each in parts["pairs"])))
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return made if (made.name, made.sha256) == (figure.name, made_by(figure)) else None


def versions() -> dict[str, str]:
    """Of Python and of the packages that compute."""
    return {"python": platform.python_version(), **{name: version(name) for name in ("sparring", "torch", "numpy")}}


@cache
def made_by(figure: Figure) -> str:
    """SHA-256 of the source of a figure's module, and of every module of sparring that it imports, and so on.

    The modules of the command line, of pages and of the machine are left out.
    """
    content = hashlib.sha256()
    for name in sorted(_reached(importlib.import_module(figure.make.__module__))):
        content.update(name.encode() + b"\0" + _SOURCE.joinpath(name).read_bytes())
    return content.hexdigest()


def _reached(module: ModuleType) -> set[str]:
    """The files below sparring that a module is made of, its own among them."""
    found: set[str] = set()
    left = [Path(str(module.__file__))]
    while left:
        file = left.pop()
        name = file.relative_to(_SOURCE) if file.is_relative_to(_SOURCE) else file
        if name.as_posix() not in found and name.parts[0] not in _OTHERS:
            found.add(name.as_posix())
            left += _imported(ast.parse(file.read_bytes()))
    return found


def _imported(tree: ast.Module) -> Iterator[Path]:
    """The files of the modules that a source imports from sparring; of a package all, for any may be meant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (file for alias in node.names for file in _files(alias.name))
        if isinstance(node, ast.ImportFrom) and node.module == "sparring":
            for value in (getattr(sparring, alias.name) for alias in node.names):
                yield from _files(value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", ""))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sparring."):
            below = [path for alias in node.names for path in _files(f"{node.module}.{alias.name}")]
            yield from below or _files(node.module)


def _files(name: str) -> list[Path]:
    """The file of a module of sparring by its dotted name, or all files of a package; none for what is neither."""
    first, *parts = name.split(".")
    place = _SOURCE.joinpath(*parts)
    if first != "sparring" or not parts:
        return []
    return [place.with_suffix(".py")] if place.with_suffix(".py").is_file() else sorted(place.rglob("*.py"))
