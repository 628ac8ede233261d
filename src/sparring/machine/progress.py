"""Progress of long work on the console: a bar on a terminal, a line every ten seconds elsewhere, both on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sparring.machine.console import text_console

__all__ = ["steps"]


@contextmanager
def steps(title: str, total: int | None, *, bytes: bool = False) -> Iterator[Callable[[int], None]]:
    """Shows how far something is.

    Args:
        title: What is being done, such as "decoding"; without one nothing is shown.
        total: How many steps there are; None if nobody knows.
        bytes: The steps are bytes.

    Yields:
        A function to call with the number of further steps that were done.
    """
    if not title:
        yield _nothing
        return
    if not sys.stderr.isatty():
        yield _lines(title, total)
        return
    count = DownloadColumn() if bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), count, TimeRemainingColumn())
    with Progress(*columns, console=text_console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.advance(task, done)


def _nothing(more: int) -> None:
    """Shows nothing."""


def _lines(title: str, total: int | None, seconds: float = 10.0) -> Callable[[int], None]:
    done, begin = 0, time.monotonic()
    due = begin + seconds

    def advance(more: int) -> None:
        nonlocal done, due
        done += more
        if time.monotonic() >= due:
            due = time.monotonic() + seconds
            rest = f" of {total:,}, left {_left(time.monotonic() - begin, done, total)}" if total else ""
            print(f"{title}: {done:,}{rest}", file=sys.stderr, flush=True)

    return advance


def _left(elapsed: float, done: int, total: int) -> timedelta:
    return timedelta(seconds=max(0, round(elapsed * (total - done) / max(1, done))))
