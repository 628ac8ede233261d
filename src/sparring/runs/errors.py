"""What can stop a run besides a wrong option: somebody else plays it, its disk fails, or its code is not known."""

from __future__ import annotations

from pathlib import Path

__all__ = ["InUseError", "StoppedError", "UnlistedError"]


class InUseError(RuntimeError):
    """Another process writes this run."""


class StoppedError(RuntimeError):
    """Training stopped because a file could not be read or written."""


class UnlistedError(ValueError):
    """A run was made by a file that its user has never named. Nothing of it was run.

    Attributes:
        copy: The copy in the run, to look at.
    """

    def __init__(self, run: Path, copy: Path) -> None:
        super().__init__(
            f"{str(run)!r} was made by a recipe that is not on your list of those that may run. Look at its copy, "
            f"{str(copy)!r}, first: it runs with your rights, and there is no sandbox. Then name the file: "
            f"recipe={f'./{copy.name}'!r} in Python, --recipe ./{copy.name} after a command"
        )
        self.copy = copy
