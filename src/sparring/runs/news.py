"""News: what a run has just written, told to listeners, who cannot harm it."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from sparring.game import Cost
from sparring.hooks import Hook, Playing

__all__ = ["Line", "Listener", "News", "Writer"]

Line = Mapping[str, Any]
"""A line of a log: round, images, and numbers by name."""


class Listener:
    """Somebody who is told what a run has written. What is of no interest is left as it is here."""

    name = "listener"

    def begin(self, round: int) -> None:
        """Play begins after so many rounds: 0, or those of a checkpoint."""

    def costs(self, line: Line) -> None:
        """A line of the log: means of costs and of watched values."""

    def scores(self, line: Line) -> None:
        """A measurement of samples."""

    def preview(self, round: int, file: Path) -> None:
        """A picture, a PNG."""

    def saved(self, round: int) -> None:
        """A checkpoint."""

    def end(self, why: str) -> None:
        """Play is over: done, time, stopped or failed."""


class Writer(Hook):
    """A hook that writes, and can say what.

    Attributes:
        at: The round of what it wrote last; -1 before that.
    """

    at: int = -1

    @abstractmethod
    def tell(self, listener: Listener) -> None:
        """Tells what was written last."""


class Written(Protocol):
    """What is played: a session, which may make its writers again."""

    @property
    def writers(self) -> Sequence[Writer]:
        """All that writes between rounds."""
        ...


class News(Hook):
    """Tells listeners what is new, after each round. One that raises is dropped, with a warning.

    Args:
        run: What has writers.
        listeners: Who is told.
    """

    def __init__(self, run: Written, listeners: Sequence[Listener]) -> None:
        self.run, self.listeners = run, list(listeners)
        self._told: dict[int, int] | None = None

    def start(self, trainer: Playing) -> None:
        """Says that play begins; what was there before is no news."""
        if self._told is None:
            self._told = {place: writer.at for place, writer in enumerate(self.run.writers)}
            self._each(lambda listener: listener.begin(trainer.state.round))

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Tells."""
        self.tell()

    def tell(self) -> None:
        """Tells what has been written since."""
        assert self._told is not None, "play has begun"
        for place, writer in enumerate(self.run.writers):
            if writer.at > self._told[place]:
                self._told[place] = writer.at
                self._each(writer.tell)

    def close(self, why: str) -> None:
        """Tells the rest, and that play is over, if it had begun."""
        if self._told is not None:
            self.tell()
            self._each(lambda listener: listener.end(why))

    def _each(self, action: Callable[[Listener], None]) -> None:
        for listener in list(self.listeners):
            try:
                action(listener)
            except Exception as error:  # noqa: BLE001  # whatever it is, training is worth more
                self.listeners.remove(listener)
                reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
                warnings.warn(f"{listener.name} failed and is not used any more ({reason})", stacklevel=2)
