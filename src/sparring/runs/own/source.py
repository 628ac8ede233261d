"""The source of a recipe: the bytes of a file and of what it imports from its folder, read once.

Nothing here runs anything. What is run is what was read and hashed, whatever happens to the files after that.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import Any

__all__ = ["FOLDER", "Source", "differences", "is_file", "of_copies", "read", "write"]

FOLDER = "recipe"
"""Where a run keeps the copies."""

_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Source:
    """A recipe's file and its siblings.

    Attributes:
        home: The folder they were read from.
        files: Their contents by their paths in it, with slashes; the recipe's own file first.
    """

    home: Path
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """The recipe's own file."""
        return next(iter(self.files))

    @property
    def sha256(self) -> str:
        """Of all names and contents, and of which file is the recipe's own."""
        sums = sorted((name, hashlib.sha256(content).hexdigest()) for name, content in self.files.items())
        return hashlib.sha256(json.dumps([self.name, sums]).encode()).hexdigest()

    def about(self) -> dict[str, object]:
        """What stands in a run's config.json."""
        return {"sha256": self.sha256, "files": list(self.files)}


def is_file(word: str) -> bool:
    """Whether a word means a recipe's file: it ends in .py and has a path separator."""
    return word.endswith(".py") and any(separator in word for separator in {"/", os.sep})


def read(path: Path) -> Source:
    """The file `path` and, of its folder, what it imports, and what that imports.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It does not end in .py, it or a sibling is a link, or is not Python.
    """
    if path.suffix != ".py":
        raise ValueError(f"{str(path)!r} is not a recipe; expected a Python file whose name ends in .py")
    home, files, left = path.parent.absolute(), dict[str, bytes](), [path.name]
    while left:
        name = left.pop(0)
        if name not in files:
            files[name] = _content(home, name)
            left += _siblings(home, name, files[name])
    return Source(home, files)


def _content(home: Path, name: str) -> bytes:
    """The bytes of a file in the folder `home`; a link is refused, also as a folder on the way.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It is a link, or no file.
    """
    file = home / name
    steps = [home / step for step in PurePosixPath(name).parents if step.name]
    if linked := [step for step in [*steps, file] if step.is_symlink()]:
        raise ValueError(f"{str(linked[0])!r} is a link: give the file itself, {os.path.realpath(linked[0])!r}")
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {str(file)!r}: check the name") from None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise ValueError(f"{str(file)!r} is not a file; expected a Python file")
    with os.fdopen(handle, "rb") as stream:
        return stream.read()


def _siblings(home: Path, name: str, content: bytes) -> Iterator[str]:
    """The files in the folder `home` that this one imports, anywhere in it."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        raise ValueError(f"{str(home / name)!r}{line}: {getattr(error, 'msg', error)}; correct this line") from error
    package = PurePosixPath(name).parent.parts
    for module in dict.fromkeys(module for node in ast.walk(tree) for module in _imported(node, package)):
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            yield from _found(home, parts[:end])


def _imported(node: ast.AST, package: tuple[str, ...]) -> Iterator[str]:
    """The modules that a statement may import, by their names from the recipe's folder on."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        above = package[: len(package) - node.level + 1] if node.level else ()
        base = [*above, *filter(None, [node.module])]
        yield from (".".join([*base, alias.name]) for alias in node.names)


def _found(home: Path, parts: list[str]) -> Iterator[str]:
    """The file of a module, if the folder has one; sparring itself is never a sibling."""
    stem = "/".join(parts)
    if parts[0] != "sparring" and all(_WORD.fullmatch(part) for part in parts):
        yield from (name for name in (f"{stem}.py", f"{stem}/__init__.py") if os.path.lexists(home / name))


def of_copies(run: Path, about: Any) -> Source:
    """The copies that a run keeps, read as they are. Nothing says yet that they may run.

    Args:
        run: The directory of the run.
        about: What its config.json says of them.

    Raises:
        FileNotFoundError: One is gone.
        ValueError: They are described wrongly, are links, or were changed since the run began.
    """
    names = about.get("files") if isinstance(about, Mapping) else None
    if not isinstance(names, list) or not names or not all(_is_inside(name) for name in names):
        raise ValueError(f"{str(run)!r} describes its recipe's files wrongly: {names!r:.200}; nothing was read")
    home = run / FOLDER
    if home.is_symlink():
        raise ValueError(f"{str(home)!r} is a link; expected a folder with the recipe's files")
    source = Source(home, {name: _content(home, name) for name in names})
    if source.sha256 != about.get("sha256"):
        raise ValueError(
            f"the copies in {str(home)!r} were changed since the run began (their SHA-256 differs): put them back"
        )
    return source


def _is_inside(name: object) -> bool:
    """Whether a name is that of a file of Python below a folder, written plainly."""
    parts = name.split("/") if isinstance(name, str) else []
    plain = all(part.strip(". ") and not set(part) & {"\\", ":", "\0"} for part in parts)
    return bool(parts) and plain and parts[-1].endswith(".py")


def write(source: Source, run: Path) -> None:
    """Keeps copies in a run, where they are not yet."""
    from sparring.machine.files import write_atomically

    for name, content in source.files.items():
        if not (run / FOLDER / name).exists():
            write_atomically(run / FOLDER / name, content)


def differences(mine: Source, copies: Source) -> list[str]:
    """In what a named source differs from a run's copies, in words."""
    names = dict.fromkeys([*mine.files, *copies.files])
    return [words for name in names if (words := _difference(name, mine.files.get(name), copies.files.get(name)))]


def _difference(name: str, mine: bytes | None, copy: bytes | None) -> str:
    if mine is None or copy is None:
        return f"{name} is only {'in the run' if mine is None else 'beside the file you named'}"
    lines = enumerate(zip_longest(mine.splitlines(), copy.splitlines()), 1)
    line = next((number for number, (one, other) in lines if one != other), None)
    return "" if mine == copy else f"{name} differs" + (f" from line {line} on" if line else " in its line ends")
