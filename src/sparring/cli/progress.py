"""Progress of training: a bar on a terminal, a line every few seconds elsewhere, or lines of JSON for programs."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from sparring.game import Cost
from sparring.hooks import Hook, Playing
from sparring.runs.news import Listener

if TYPE_CHECKING:
    from sparring.runs.session import Session

__all__ = ["Bar", "Events", "Lines", "progress"]


class Logged(Protocol):
    """What has a newest line of a log: a log, or a session, whose log may be made again."""

    @property
    def last(self) -> Mapping[str, float]:
        """Its values by name."""
        ...


def progress(log: Logged, console: Console, limit: float | None = None) -> Hook:
    """What suits the console; with a `limit` in seconds, the time left is at most what is left of it."""
    return Bar(console, limit) if console.is_terminal else Lines(log, console, limit)


class _Clock(Hook):
    """Images a second since the start of this session, and the time it will still take."""

    def __init__(self, limit: float | None) -> None:
        self._end, self._limit = math.inf, math.inf if limit is None else limit

    def start(self, trainer: Playing) -> None:
        self._since, self._round, self._images = time.perf_counter(), trainer.state.round, trainer.state.images
        self._end = min(self._end, self._since + self._limit)  # a budget is planned once more, which is no new start

    def speed(self, trainer: Playing) -> float:
        return (trainer.state.images - self._images) / max(time.perf_counter() - self._since, 1e-9)

    def left(self, trainer: Playing) -> timedelta:
        elapsed, played = time.perf_counter() - self._since, trainer.state.round - self._round
        by_rounds = (trainer.rounds - trainer.state.round) * elapsed / max(played, 1)
        return timedelta(seconds=max(0, round(min(by_rounds, self._end - time.perf_counter()))))


class Bar(_Clock):
    """Rounds, images a second and the time left."""

    def __init__(self, console: Console, limit: float | None = None) -> None:
        super().__init__(limit)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("rounds  {task.description}", markup=False))
        self.bar = Progress(*columns, console=console, refresh_per_second=5)

    def start(self, trainer: Playing) -> None:
        """Shows the bar."""
        super().start(trainer)
        self.task = self.bar.task_ids[0] if self.bar.task_ids else self.bar.add_task("")
        self.bar.update(self.task, total=trainer.rounds, completed=trainer.state.round)
        self.bar.start()

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Moves the bar."""
        text = f"{self.speed(trainer):,.0f} examples/s  left {self.left(trainer)}"
        self.bar.update(self.task, completed=trainer.state.round, description=text)

    def finish(self, trainer: Playing) -> None:
        """Leaves the bar as it is."""
        self.bar.stop()


class Lines(_Clock):
    """The same as a plain line, every ten seconds."""

    def __init__(self, log: Logged, console: Console, limit: float | None = None, seconds: float = 10.0) -> None:
        super().__init__(limit)
        self.log, self.console, self.seconds = log, console, seconds

    def start(self, trainer: Playing) -> None:
        """Starts the clock."""
        super().start(trainer)
        self._next = self._since + self.seconds

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Prints a line when it is time."""
        if time.perf_counter() < self._next:
            return
        self._next = time.perf_counter() + self.seconds
        values = "  ".join(f"{name} {value:.3g}" for name, value in self.log.last.items())
        place = f"round {trainer.state.round}/{trainer.rounds}"
        self.console.print(f"{place}  {self.speed(trainer):,.0f} examples/s  left {self.left(trainer)}  {values}")


class Events(Listener):
    """What happens, one JSON object a line, each with an `event`: start, progress, preview, score, saved, end.

    Args:
        session: What is played.
        stream: Where to write.
        seconds: The shortest time from one progress to the next.
    """

    name = "--json"

    def __init__(self, session: Session, stream: IO[str], seconds: float = 1.0) -> None:
        self.session, self.stream, self.seconds = session, stream, seconds
        self._next = 0.0

    def begin(self, round: int) -> None:
        """What is going to be played."""
        run = self.session.run
        about = {"recipe": run.recipe, "run": str(run.path), "device": run.config.device, "seed": run.config.seed}
        self._say("start", round, **about, batch=run.config.batch, examples=len(self.session.data))

    def costs(self, line: Mapping[str, Any]) -> None:
        """The line of the log, and the seconds until the end, when it is time."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + self.seconds
            own = {name: line[name] for name in ("images", "seconds", "images_per_second")}
            values = {name: value for name, value in line.items() if name not in {"round", *own}}
            self._say("progress", line["round"], **own, seconds_left=self.session.seconds_left(), costs=values)

    def scores(self, line: Mapping[str, Any]) -> None:
        """Scores by name."""
        self._say("score", line["round"], scores={k: v for k, v in line.items() if k not in {"round", "images"}})

    def preview(self, round: int, file: Path) -> None:
        """Where the picture is."""
        self._say("preview", round, file=str(file))

    def saved(self, round: int) -> None:
        """The run can be resumed from here."""
        self._say("saved", round)

    def end(self, why: str) -> None:
        """Whether all rounds have been played, and why if they have not."""
        self._say("end", self.session.trainer.state.round, complete=self.session.complete, why=why)

    def _say(self, event: str, round: int, **values: Any) -> None:
        line = {"event": event, "round": round, "rounds": self.session.trainer.rounds, **values}
        self.stream.write(json.dumps(_finite(line)) + "\n")
        self.stream.flush()


def _finite(value: Any) -> Any:
    """A value as JSON has it: no infinity, and null for what is not a number."""
    if isinstance(value, Mapping):
        return {name: _finite(part) for name, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
