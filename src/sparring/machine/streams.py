"""Standard streams whose reader may go away: `sparring runs list | head -n 1` is no error."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import IO, Any

from sparring.machine.files import failed

__all__ = ["UNREAD", "Patient", "tolerant"]

UNREAD = 141
"""The exit code of a program whose output nobody reads any more: 128 and the number of SIGPIPE, as of `yes | head`."""


class Patient:
    """A stream whose other end may go: a closed terminal or pipe costs lines, not work."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes, or does without."""
        try:
            return self._stream.write(text)
        except OSError:
            _do_without(self._stream)
            return len(text)

    def flush(self) -> None:
        """Writes what is left, or does without."""
        try:
            self._stream.flush()
        except OSError:
            _do_without(self._stream)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def tolerant(*, patient: bool) -> Iterator[None]:
    """Standard streams for a command line.

    What a stream cannot encode is escaped. Standard error may always go away. When standard output does, a patient
    program goes on; another one exits with `UNREAD`, and says nothing.

    Args:
        patient: Whether to go on.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    out: Any = Patient(sys.stdout) if patient and sys.stdout else sys.stdout
    err: Any = Patient(sys.stderr) if sys.stderr else None
    with redirect_stdout(out), redirect_stderr(err):
        try:
            yield
        except BrokenPipeError:
            _do_without(sys.stdout)
            raise SystemExit(UNREAD) from None
        finally:
            _flush()


def _flush() -> None:
    """Writes what is left while an error can still be told: the interpreter would print a traceback."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        _do_without(sys.stdout)
        raise SystemExit(UNREAD) from None
    except OSError as error:
        _do_without(sys.stdout)
        print(f"sparring: the output could not be written: {error.strerror}", file=sys.stderr)
        raise SystemExit(4 if failed(error) else 2) from None


def _do_without(stream: IO[str]) -> None:
    """Has what is not written yet, and all that will be, go nowhere."""
    with suppress(OSError, ValueError):  # it may have no file behind it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
