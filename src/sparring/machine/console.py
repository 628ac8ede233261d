"""Consoles: what is printed is text, never markup.

All consoles are made here, so that no name of a file is read as rich's markup: `[/z]` would be a traceback, `[b]` lost.
"""

from __future__ import annotations

import sys
from typing import IO, cast

from rich.console import Console

from sparring.machine.streams import Patient

__all__ = ["text_console"]


def text_console(*, stderr: bool = False, patient: bool = False, quiet: bool = False) -> Console:
    """A console on which words are shown as they are.

    Args:
        stderr: It prints on standard error.
        patient: It goes on when nobody reads any more.
        quiet: It prints nothing.
    """
    stream = sys.stderr if stderr else sys.stdout
    file = cast("IO[str]", Patient(stream)) if patient and stream else None
    return Console(file=file, stderr=stderr, quiet=quiet, soft_wrap=True, markup=False, highlight=False, emoji=False)
