"""Signals that ask a program to stop: the first asks, the second stops."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["EndedError", "ended_by_signals", "first_signal"]


class EndedError(KeyboardInterrupt):
    """A signal asked the program to end.

    Attributes:
        number: Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP raise an `EndedError`, as Ctrl-C raises KeyboardInterrupt: what is half written is removed.

    One that is ignored or has a handler stays as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: object) -> None:
        raise EndedError(number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    mine = [number for number in numbers if signal.getsignal(number) == signal.SIG_DFL]
    for number in mine:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def first_signal(handler: Callable[..., None]) -> Iterator[None]:
    """Calls `handler` at the first SIGINT, SIGTERM or SIGHUP; later ones do what they did before.

    Jobs in the background may ignore SIGINT from birth: it counts all the same, and a second one stops them. Under
    nohup SIGHUP stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) or signal.SIG_DFL for number in numbers}
    hangup = getattr(signal, "SIGHUP", None)
    if before.get(hangup) == signal.SIG_IGN:
        del before[hangup]

    def once(number: int, frame: object) -> None:
        for each, previous in before.items():
            stops = signal.default_int_handler if each == signal.SIGINT else signal.SIG_DFL
            signal.signal(each, stops if previous == signal.SIG_IGN else previous)
        handler(number, frame)

    for number in before:
        signal.signal(number, once)
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
