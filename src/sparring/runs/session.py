"""A session: a run being played, from its beginning or from a checkpoint."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from sparring import recipes
from sparring.data.report import lines
from sparring.data.sheet import sheet
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.evaluation.measures import quick
from sparring.hooks import Average, Hook
from sparring.kinds import drawing
from sparring.machine.files import write_atomically
from sparring.runs.writers import SCORES, Checkpoint, Evaluate, Log, Samples, read_history
from sparring.trainer import Trainer

if TYPE_CHECKING:
    from sparring.runs.run import Run

__all__ = ["Session"]

FRAMES = 40
"""Pictures of a time-lapse, at least."""

END = "real_and_generated.png"
"""The picture that is drawn last: with it, a run has all."""


class Session:
    """A run being played: its trainer, with the hooks that make the directory."""

    def __init__(self, run: Run, data: Data) -> None:
        torch.set_num_threads(run.config.threads)
        torch.manual_seed(run.config.seed)  # ours does not read torch's own generator; somebody's source may
        self.run, self.data = run, data
        held_out: InMemory | None = None
        if run.config.hold_out == 1:
            raise ValueError(
                "--hold-out is 1; expected 0, or 2 or more: a single example has nothing to be measured by"
            )
        if run.config.hold_out:
            self.data, held_out = data.split(run.config.hold_out, run.config.seed)
        self.trainer: Trainer = recipes.find(run.recipe).build(run.config, self.data)
        live = self.trainer.game.sampler().of(data.kind)
        self.average = Average(live, run.config.half_life)
        rounds = self.trainer.rounds
        self.log = Log(run.path / "log.jsonl", every=max(1, min(20, rounds // 50)))
        samplers = {"average": self.average.sampler, "raw": live}
        self.checkpoint = Checkpoint(run.path, samplers, run.config.checkpoint_every)
        self.shown = data.kind.shown
        every = max(1, min(250, rounds // FRAMES))
        samples = Samples(run.path, self.average.sampler, every=every, n=self.shown)
        self.writers: list[Hook] = [self.log, samples]
        if held_out is not None:
            self.writers.append(self._evaluate(held_out))
        self.writers.append(self.checkpoint)  # the last: what was written before is not written again on resuming
        self.trainer.hooks += [self.average, *self.writers]

    def _evaluate(self, held_out: InMemory) -> Evaluate:
        n = min(1000, len(held_out))
        measure = quick(held_out.kind, held_out.examples(torch.arange(n)))
        every = self.run.config.evaluate_every or max(1, self.trainer.rounds // 20)
        return Evaluate(self.run.path / SCORES, self.average.sampler, measure, every=every, n=n)

    @property
    def complete(self) -> bool:
        """Whether all rounds have been played."""
        return self.trainer.state.round >= self.trainer.rounds

    def play(self, hooks: Sequence[Hook] = (), *, on_interrupt: Callable[[], None] = lambda: None) -> bool:
        """Plays on, saves, and draws the pictures of the end.

        The first SIGINT or SIGTERM stops after the present round; a second one stops at once, and the work since the
        last checkpoint is lost.

        Args:
            hooks: More of them, for this session only.
            on_interrupt: Called when the first signal arrives.

        Returns:
            Whether nobody interrupted before the end.
        """
        trainer = self.trainer
        self.run.describe(trainer.state.round)
        self._describe_data()
        if not self.complete:
            self.run.path.joinpath(END).unlink(missing_ok=True)  # of fewer rounds
        interrupted = threading.Event()

        def stop(*_: object) -> None:
            interrupted.set()
            on_interrupt()
            trainer.stop()

        own = list(trainer.hooks)
        trainer.hooks += hooks
        try:
            with _signals(stop):
                trainer.play()
        finally:
            trainer.hooks = own
        if self.checkpoint.saved != trainer.state.round:
            self.checkpoint(trainer, {})
        if self.complete or not interrupted.is_set():
            self.draw()
        return self.complete or not interrupted.is_set()

    def _describe_data(self) -> None:
        """Keeps the report on the data, which may change after the run, in words and in a picture."""
        picture, reports = self.run.path / "data.png", self.data.reports
        if not reports or picture.exists():
            return
        words = (line for report in reports.values() for line in lines(report, most=20))
        write_atomically(picture.with_suffix(".txt"), "".join(f"{line}\n" for line in words).encode())
        sheets = {name: sheet(self.data.streams[name], report) for name, report in reports.items()}
        write_atomically(picture, drawing.encode(drawing.beside(sheets)))

    @property
    def drawn(self) -> bool:
        """Whether the pictures of the end are there."""
        return (self.run.path / END).exists()

    def draw(self) -> list[Path]:
        """The pictures at the end: generated beside real, curves, time-lapse. Returns their paths."""
        path, n = self.run.path, min(self.shown, len(self.data))
        real = self.data.main.examples(torch.linspace(0, len(self.data) - 1, n).long())
        generated = self.average.sampler.settled().sample(self.shown, seed=0)
        files = {"samples.png": drawing.encode(self.data.kind.show({"generated": generated}))}
        if log := read_history(path):
            files["curves.png"] = drawing.encode(drawing.curves(log))
        if frames := sorted((path / "samples").glob("*.png")):
            files["timelapse.gif"] = drawing.timelapse(frames[:: -(-len(frames) // (2 * FRAMES))])
        files[END] = drawing.encode(self.data.kind.show({"real": real, "generated": generated[:n]}))
        for name, content in files.items():
            write_atomically(path / name, content)
        return [path / name for name in files]


@contextmanager
def _signals(handler: Callable[..., None]) -> Iterator[None]:
    """Calls `handler` at the first SIGINT or SIGTERM; later ones do what they did before."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def once(number: int, frame: object) -> None:
        restore()
        handler(number, frame)

    def restore() -> None:
        for number, previous in before.items():
            signal.signal(number, previous)

    for number in before:
        signal.signal(number, once)
    try:
        yield
    finally:
        restore()
