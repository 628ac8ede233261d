"""Packages that sparring needs: one line instead of a traceback where one is missing, too old or broken."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from sparring.doctor.diagnosis import Problem
from sparring.doctor.diagnosis import packages as problems
from sparring.doctor.environment import extras, requirements, version
from sparring.runs.own.loading import trace

__all__ = ["BrokenPackageError", "explained"]

PIP = {"PIL": "pillow", "ot": "POT", "resvg_py": "resvg-py"}
"""What pip calls packages that Python calls otherwise."""


class BrokenPackageError(RuntimeError):
    """A package is missing, too old or broken; the message says what to do."""


@contextmanager
def explained() -> Iterator[None]:
    """Runs what is inside, and explains what goes wrong with packages.

    Raises:
        BrokenPackageError: One is too old, or cannot be imported.
    """
    refuse_old()
    try:
        yield
    except Exception as error:
        if problem := of(error):
            raise BrokenPackageError(sentence(problem)) from error
        raise


def refuse_old() -> None:
    """Makes sure that no required package is too old. Missing ones may not be needed.

    Raises:
        BrokenPackageError: One is.
    """
    for problem in problems({name: version(name) or least for name, least in requirements().items()}):
        raise BrokenPackageError(sentence(problem))


def of(error: Exception) -> Problem | None:
    """What is wrong with a package, if the error came up while sparring imported it, and no recipe of somebody's."""
    if trace(error):
        return None
    name = _imported(error).partition(".")[0]
    package = PIP.get(name, name)
    if name in {"", "sparring"}:
        return None
    if isinstance(error, ModuleNotFoundError):
        return Problem(f"{package} is not installed", _install(package))
    if package not in {*requirements(), *(name for extra in extras().values() for name in extra)}:
        return None
    again = f"pip install --force-reinstall {package}"
    fix = "install it again, as https://pytorch.org/get-started says for this machine" if package == "torch" else again
    return Problem(f"{package} cannot be imported ({type(error).__name__}: {' '.join(str(error).split())})", fix)


def _imported(error: Exception) -> str:
    """The module that could not be imported; "" if the error is of another sort."""
    if isinstance(error, ImportError) and error.name:
        return error.name
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_code.co_name == "<module>")
    return next(reversed([str(frame.f_globals.get("__name__")) for frame in frames]), "")


def _install(package: str) -> str:
    """The command that installs a package."""
    if package in (required := requirements()):
        return f'pip install "{package}>={required[package]}"'
    extra = next((extra for extra, names in extras().items() if package in names), None)
    return f'pip install "sparring[{extra}]"' if extra else f"pip install {package}, or install sparring again"


def sentence(problem: Problem) -> str:
    """A problem in one line."""
    return f"{problem.what}: {problem.fix}. `sparring doctor` checks everything"
