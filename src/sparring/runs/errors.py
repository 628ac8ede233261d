"""What can stop a run besides a wrong option: somebody else plays it, or its disk fails."""

from __future__ import annotations

__all__ = ["InUseError", "StoppedError"]


class InUseError(RuntimeError):
    """Another process writes this run."""


class StoppedError(RuntimeError):
    """Training stopped because a file could not be read or written."""
