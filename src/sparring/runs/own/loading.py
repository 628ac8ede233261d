"""The one place where code that is not sparring's is compiled and run. It is not confined: there is no sandbox.

It runs with the rights of whoever started the program, so nothing gets here but bytes that the user has named, or whose
SHA-256 is on their list (`trust`): `sparring.runs.code` sees to that. What is compiled are those bytes, not files.

The modules live in a package of their own in `sys.modules`, so that dataclasses, type hints and tracebacks find them.
`import helper` means the sibling only in these modules, by their own `__import__`: nothing joins `sys.path`, and a
sibling with the name of another module takes nobody's place.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from types import ModuleType
from typing import Any

from sparring.runs.own.source import Source

__all__ = ["PACKAGE", "load", "package", "trace"]

PACKAGE = "sparring_own_"
"""How the names of all these packages begin."""


def package(source: Source) -> str:
    """The name of the package that the modules of a source are in."""
    return f"{PACKAGE}{source.sha256[:32]}"


def load(source: Source) -> ModuleType:
    """The recipe's module. The same bytes are run once.

    Raises:
        Exception: Whatever the recipe raises.
    """
    name = package(source)
    main = f"{name}.{_stem(source)}"
    if main in sys.modules:
        return sys.modules[main]
    finder = _Finder(source)
    sys.meta_path.append(finder)
    try:
        return importlib.import_module(main)
    except BaseException:
        sys.meta_path.remove(finder)
        for each in [each for each in sys.modules if f"{each}.".startswith(f"{name}.")]:
            del sys.modules[each]
        raise


def _stem(source: Source) -> str:
    """The name of the recipe's module; one that no statement can import if its file's name is none."""
    stem = source.name.removesuffix(".py")
    return stem if stem.isidentifier() else "of no name"


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and runs the modules of one source, and no others."""

    def __init__(self, source: Source) -> None:
        self._name, self._source = package(source), source
        first, *others = source.files
        self._files = {self._name: "", f"{self._name}.{_stem(source)}": first}
        self._files |= {f"{self._name}.{_dotted(file)}": file for file in others}
        tops = {name.split(".")[1] for name in self._files if "." in name}
        self._builtins = {**vars(builtins), "__import__": _importing(self._name, tops)}

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> Any:
        """The place of a module; None of one that is not ours."""
        if fullname not in self._files:
            return None
        name = self._files[fullname]
        packages = not name or PurePosixPath(name).name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=self._origin(name), is_package=packages)
        spec.has_location = bool(name)  # sets __file__
        return spec

    def _origin(self, name: str) -> str:
        return str(self._source.home / name)

    def exec_module(self, module: ModuleType) -> None:
        """Runs a module."""
        name = self._files[module.__name__]
        if not name:
            return
        content, origin = self._source.files[name], self._origin(name)
        text = importlib.util.decode_source(content)
        linecache.cache[origin] = (len(text), None, text.splitlines(keepends=True), origin)  # what tracebacks show
        module.__dict__["__builtins__"] = self._builtins
        # The exception to "files are data": these bytes were named by the user or are on their list. See above.
        exec(compile(content, origin, "exec", dont_inherit=True), module.__dict__)  # noqa: S102


def _dotted(file: str) -> str:
    """The name of a sibling's module."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _importing(name: str, siblings: set[str]) -> Any:
    """An `__import__` for the modules of one package, to which siblings are modules of the top."""

    def imported(
        wanted: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        if level or wanted.partition(".")[0] not in siblings:
            return builtins.__import__(wanted, globals, locals, fromlist or (), level)
        module = importlib.import_module(f"{name}.{wanted}")
        if fromlist:
            return builtins.__import__(module.__name__, globals, locals, fromlist, 0)
        return sys.modules[f"{name}.{wanted.partition('.')[0]}"]

    return imported


def trace(error: BaseException) -> str:
    """The lines of recipes of one's own that an error went through, as a traceback has them; "" if there are none."""
    frames = traceback.walk_tb(error.__traceback__)
    own = [(frame, line) for frame, line in frames if frame.f_globals.get("__name__", "").startswith(PACKAGE)]
    return "".join(traceback.StackSummary.extract(iter(own)).format()).rstrip()
