"""Signals that ask a program to stop: the first asks, the second stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["first_signal"]


@contextmanager
def first_signal(handler: Callable[..., None]) -> Iterator[None]:
    """Calls `handler` at the first SIGINT, SIGTERM or SIGHUP; later ones do what they did before."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    numbers = {getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)}
    before = {number: signal.getsignal(number) for number in numbers}
    hangup = getattr(signal, "SIGHUP", None)
    if before.get(hangup) == signal.SIG_IGN:
        del before[hangup]  # under nohup nobody wants to be told

    def once(number: int, frame: object) -> None:
        restore()
        handler(number, frame)

    def restore() -> None:
        for number, previous in before.items():
            signal.signal(number, signal.SIG_DFL if previous is None else previous)

    for number in before:
        signal.signal(number, once)
    try:
        yield
    finally:
        restore()
