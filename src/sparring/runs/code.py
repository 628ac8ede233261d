"""The code of a run: a recipe of this package, somebody's file, or nothing that was kept.

The rule: a file runs when its user names it. The copy that a run keeps is a record; it runs only while the user's own
list (`own/trust.py`) has its SHA-256, which `sparring train ./FILE.py` puts there.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sparring import recipes
from sparring.machine.files import explained
from sparring.machine.words import command, quoted
from sparring.recipes import Recipe
from sparring.runs.errors import UnlistedError
from sparring.runs.own import loading, source, trust
from sparring.runs.own.source import Source

__all__ = ["IN_PYTHON", "Code", "find", "list_it", "of_run"]

IN_PYTHON = "Python"
"""What stands for the recipe of a run that `sparring.record` made of a trainer, whose code nobody keeps."""


@dataclass(frozen=True)
class Code:
    """What makes a run.

    Attributes:
        name: Of the recipe.
        recipe: Its parts.
        source: Its bytes, if it is somebody's file.
    """

    name: str
    recipe: Recipe
    source: Source | None = None

    @property
    def called(self) -> str:
        """What somebody writes on a command line."""
        return self.name if self.source is None else quoted(f"./{self.name}")

    @property
    def help(self) -> str:
        """What it says of itself: somebody's file in full, one of sparring in its first paragraph."""
        text = self.recipe.__doc__ or ""
        return text.partition("\n\n")[0] if self.source is None else text

    @property
    def stem(self) -> str:
        """The name without an ending."""
        return self.name.removesuffix(".py")

    @property
    def homes(self) -> tuple[str, ...]:
        """The packages in which kinds and conditions are looked for, the nearest first."""
        return (*([] if self.source is None else [loading.package(self.source)]), "sparring.")

    def made(self, part: str, *given: Any) -> Any:
        """What a part of the recipe makes of what it is given.

        Raises:
            ValueError: A recipe of sparring cannot make it: values are too large, or do not go together.
        """
        try:
            return getattr(self.recipe, part)(*given)
        except (ArithmeticError, LookupError, RuntimeError, TypeError) as error:
            if self.source is not None:
                raise  # its lines say most
            why = " ".join(str(error).split())[:200]
            raise ValueError(
                f"{self.name} cannot be built with these options ({why}): try smaller numbers, or leave options out"
            ) from error

    def check(self, run: Path) -> None:
        """Says what differs, where a new run of an edited file would take the place of one of the file before.

        Raises:
            ValueError: Something does.
        """
        from sparring.runs import files

        about = files.about(run) if self.source is not None and (run / files.CONFIG).is_file() else {}
        if self.source is not None and about.get("recipe") == self.name and "source" in about:
            _same(run, about, self.source)


def find(recipe: str | Path) -> Code:
    """The recipe of that name, or in the file that is named, which is run.

    Raises:
        UnknownRecipeError: There is none of that name.
        ValueError: The file is no recipe; the message has what is missing.
    """
    word = str(recipe)
    if isinstance(recipe, Path) or source.is_file(word):
        return _of(source.read(Path(recipe)))
    return Code(word, recipes.find(word))


def _of(found: Source) -> Code:
    from sparring.runs.own.recipe import Own  # which takes torch

    return Code(found.name, Own(loading.load(found), found.name), found)


def of_run(run: Path, about: Mapping[str, Any], named: Path | None = None) -> Code:
    """The code of a run.

    Args:
        run: Its directory.
        about: The content of its config.json.
        named: The file that its user has named.

    Raises:
        UnlistedError: It was made by a file that nobody has named and the list has not. Nothing of it was run.
        UnknownRecipeError: It was made by a recipe that is not there.
        ValueError: The file that is named is not what made the run; or there is no code.
    """
    if about["recipe"] == IN_PYTHON:
        return _unkept(run, named)
    if "source" in about:
        return _of(_sure(run, about, named))
    if named is not None:
        raise ValueError(f"{str(run)!r} uses the recipe {about['recipe']!r}, not a file: leave out --recipe")
    return Code(about["recipe"], recipes.find(about["recipe"]))


def _unkept(run: Path, named: Path | None) -> Code:
    if named is not None:
        return Code(IN_PYTHON, find(named).recipe)
    raise ValueError(
        f"{str(run)!r} was made in Python, and its code was not kept. In Python: sparring.load({str(run)!r}, "
        "sampler=game.sampler()). In a command: add --recipe ./FILE.py, a recipe that builds the same game"
    )


def _sure(run: Path, about: Mapping[str, Any], named: Path | None) -> Source:
    """The bytes of a run's recipe, which may run: the user has named them now, or before."""
    if named is not None:
        return _same(run, about, source.read(named))
    copies = source.of_copies(run, about["source"])
    if copies.name != about["recipe"]:
        raise ValueError(f"{str(run)!r} has a copy of {copies.name!r} for {about['recipe']!r:.100}: nothing was run")
    if not trust.knows(copies):
        raise UnlistedError(run, copies.home / copies.name)
    return copies


def _same(run: Path, about: Mapping[str, Any], mine: Source) -> Source:
    """A source that was named, if it is what made the run.

    Raises:
        ValueError: It is not; the message has what differs.
    """
    if isinstance(about["source"], Mapping) and mine.sha256 == about["source"].get("sha256"):
        return mine
    file = mine.home / mine.name
    try:
        copies = source.of_copies(run, about["source"])
        what = "; ".join(source.differences(mine, copies)) or f"it is called {mine.name}, the copy {copies.name}"
    except (OSError, ValueError) as error:
        what = str(error)
    raise ValueError(
        f"{mine.name!r} is not what made {str(run)!r}: {what}. Nothing was run. Name the file that did. Or start "
        f"a new run with its weights: {command('train', file, '--from', run)}"
    )


def list_it(code: Code) -> None:
    """Puts a file on its user's list, so that the next verb need not be told again; a warning if that fails."""
    if code.source is None:
        return
    try:
        trust.add(code.source)
    except OSError as error:
        warnings.warn(
            f"the list of your recipes cannot be written ({explained(error)}): the next command needs --recipe",
            stacklevel=2,
        )
