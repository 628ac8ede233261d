"""What can stop a run besides a wrong option: somebody else plays it, its disk fails, or its code is not known."""

from __future__ import annotations

import shlex
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
        self.copy = copy
        self._why = (
            f"{str(run)!r} was made by a recipe that is not on your list. Nothing of it was run. Look at its copy "
            f"first, {str(copy)!r}: it runs with your rights, and there is no sandbox. To run it, name the file"
        )
        super().__init__(f"{self._why}: sparring.load({str(run)!r}, recipe={str(copy)!r})")

    def before(self, *words: str) -> str:
        """The message with the command that would do, instead of one in Python."""
        return f"{self._why}: {shlex.join(['sparring', *words, '--recipe', str(self.copy)])}"
