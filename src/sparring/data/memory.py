"""The memory of decoding: pictures wait for each other where all at once would take too much."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["CAP", "reserved"]

CAP = 2**29
"""Bytes that all pictures may take which are being decoded, however many cores there are."""

_changed = threading.Condition()
_taken = 0


@contextmanager
def reserved(size: int) -> Iterator[None]:
    """Waits until `size` bytes are free below `CAP`; what is larger waits until it is alone."""
    global _taken  # noqa: PLW0603 - all threads of the process share its memory
    with _changed:
        _changed.wait_for(lambda: not _taken or _taken + size <= CAP)
        _taken += size
    try:
        yield
    finally:
        with _changed:
            _taken -= size
            _changed.notify_all()
