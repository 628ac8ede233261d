"""The answer of a server, waited for until some time and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse
from queue import Empty, SimpleQueue

__all__ = ["in_time"]


def in_time(open_: Callable[[], HTTPResponse], end: float, too_late: str) -> HTTPResponse:
    """What is opened until `end`; after that it is left alone, and closed when it comes.

    A server that sends one header after the other is never silent, so no timeout of sockets ends it.

    Args:
        open_: Opens it.
        end: By `time.monotonic`.
        too_late: What to say then.

    Raises:
        OSError: There is nothing by then.
        Exception: What `open_` raises.
    """
    found, late = SimpleQueue[HTTPResponse | Exception](), threading.Event()

    def run() -> None:
        try:
            found.put(open_())
        except Exception as error:  # noqa: BLE001 - it is raised where somebody waits
            found.put(error)
        if late.is_set():
            _close(found)

    threading.Thread(target=run, daemon=True).start()
    try:
        given = found.get(timeout=max(0.0, end - time.monotonic()))
    except BaseException as error:
        late.set()
        _close(found)
        if isinstance(error, Empty):
            raise OSError(too_late) from None
        raise
    try:
        if isinstance(given, Exception):
            raise given
        return given
    finally:
        del given  # an error that holds itself holds its connection open


def _close(found: SimpleQueue[HTTPResponse | Exception]) -> None:
    """Closes what has come, if it has."""
    with suppress(Empty):
        given = found.get_nowait()
        if isinstance(given, HTTPResponse):
            given.close()
