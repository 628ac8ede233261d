"""Progress of training: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sparring.game import Cost
from sparring.hooks import Hook
from sparring.trainer import Trainer
from sparring.writers import Log

__all__ = ["Bar", "Lines", "progress"]


def progress(log: Log, console: Console) -> Hook:
    """What suits the console."""
    return Bar(console) if console.is_terminal else Lines(log, console)


class _Speed(Hook):
    """Images a second since the start of this session."""

    def start(self, trainer: Trainer) -> None:
        self._since, self._images = time.perf_counter(), trainer.state.images

    def speed(self, trainer: Trainer) -> float:
        return (trainer.state.images - self._images) / max(time.perf_counter() - self._since, 1e-9)


class Bar(_Speed):
    """Rounds, images a second and the time left."""

    def __init__(self, console: Console) -> None:
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("rounds  {task.description}  left"),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=console, refresh_per_second=5)

    def start(self, trainer: Trainer) -> None:
        """Shows the bar."""
        super().start(trainer)
        self.task = self.bar.add_task("", total=trainer.rounds, completed=trainer.state.round)
        self.bar.start()

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Moves the bar."""
        self.bar.update(self.task, completed=trainer.state.round, description=f"{self.speed(trainer):,.0f} images/s")

    def finish(self, trainer: Trainer) -> None:
        """Leaves the bar as it is."""
        self.bar.stop()


class Lines(_Speed):
    """The same as a plain line, every ten seconds."""

    def __init__(self, log: Log, console: Console, seconds: float = 10.0) -> None:
        self.log, self.console, self.seconds = log, console, seconds

    def start(self, trainer: Trainer) -> None:
        """Starts the clock."""
        super().start(trainer)
        self._round, self._next = trainer.state.round, self._since + self.seconds

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Prints a line when it is time."""
        now = time.perf_counter()
        if now < self._next:
            return
        self._next = now + self.seconds
        done, total = trainer.state.round, trainer.rounds
        left = timedelta(seconds=round((total - done) * (now - self._since) / (done - self._round)))
        values = "  ".join(f"{name} {value:.3g}" for name, value in self.log.last.items())
        self.console.print(f"round {done}/{total}  {self.speed(trainer):,.0f} images/s  left {left}  {values}")
