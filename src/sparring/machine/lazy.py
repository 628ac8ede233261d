"""Lazy modules: those below a package, each imported when it is first asked for."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from types import ModuleType

__all__ = ["below", "submodules"]


def below(package: str) -> list[str]:
    """The names of the modules and packages directly below a package that has been imported."""
    found = (module.name for module in pkgutil.iter_modules(sys.modules[package].__path__))
    return sorted(name for name in found if not name.startswith("_"))


def submodules(package: str) -> tuple[Callable[[str], ModuleType], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package, with which `package.module` needs no import of its own.

    Type checkers do not run this, so the package's `__init__` lists its modules for them:

        if TYPE_CHECKING:
            from package import module as module
        else:
            __getattr__, __dir__ = submodules(__name__)

    Args:
        package: Its dotted name.

    Example:
        >>> import sparring
        >>> sparring.data.idx.__name__
        'sparring.data.idx'
    """

    def find(name: str) -> ModuleType:
        if name in below(package):
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def names() -> list[str]:
        return sorted({*getattr(sys.modules[package], "__all__", ()), *below(package)})

    return find, names
