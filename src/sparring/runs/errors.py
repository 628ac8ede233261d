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
        why: What is missing, without the command that would do.
        copy: The copy in the run, to look at.
    """

    def __init__(self, run: Path, copy: Path) -> None:
        self.copy = copy
        self.why = (
            f"{str(run)!r} was made by a recipe that is not on your list. Look at its copy first, {str(copy)!r}: it runs "
            "with your rights, and there is no sandbox. Nothing of it was run. To run the file"
        )
        super().__init__(f"{self.why}: sparring.load({str(run)!r}, recipe={f'./{copy.name}'!r})")
