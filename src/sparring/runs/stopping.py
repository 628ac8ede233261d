"""Stopping: when a file of a run fails, what is wrong, what is saved and how to go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sparring.machine.files import explained
from sparring.machine.words import command
from sparring.runs import checkpoint, files
from sparring.runs.errors import StoppedError

__all__ = ["saying_what_is_saved"]


@contextmanager
def saying_what_is_saved(run: Path) -> Iterator[None]:
    """Has an error of a file say what of a run is saved, as it is read back from the disk.

    Raises:
        StoppedError: A file could not be read or written.
        FileExistsError: As it is raised inside: the run is somebody else's.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, FileExistsError) and error.errno is None:
            raise
        raise StoppedError(f"{explained(error)}; {_saved(run)}") from error


def _saved(run: Path) -> str:
    """What is on the disk, and the command that goes on from there."""
    try:
        newest = checkpoint.latest(run / files.CHECKPOINTS)
        begun = (run / files.CONFIG).is_file()
    except OSError:
        return f"what is saved cannot be read. Then: {command('resume', run)}"
    if newest is not None:
        return f"saved at round {int(newest.name)}, and that checkpoint is good. Then: {command('resume', run)}"
    return f"nothing is saved yet. Then: {command('resume', run) if begun else 'the same command again'}"
