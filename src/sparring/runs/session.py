"""A session: a run being played, from its beginning or from a checkpoint."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from sparring import ranks, recipes
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.hooks import Every, Hook, Playing
from sparring.machine import devices
from sparring.machine.signals import first_signal
from sparring.runs import belongings, files, lock, portraits
from sparring.runs.beginning import described, make_sure_writable, newest, take
from sparring.runs.budget import Budget, pace
from sparring.runs.code import Code
from sparring.runs.errors import InUseError
from sparring.runs.mending import damaged, mend
from sparring.runs.run import Run
from sparring.runs.stage import FRAMES, Stage, built
from sparring.runs.stopping import saying_what_is_saved

__all__ = ["Session"]


class Session:
    """A run being played: its trainer, with the hooks that make the directory."""

    def __init__(self, run: Run, data: Data) -> None:
        torch.set_num_threads(run.config.threads)
        devices.round_to_zero()
        self.run, self.data = run, data
        self._held_out: InMemory | None = None
        if run.config.hold_out == 1:
            raise ValueError(
                "--hold-out is 1; expected 0, or 2 or more: a single example has nothing to be measured by"
            )
        if run.config.hold_out:
            self.data, self._held_out = data.split(run.config.hold_out, run.config.seed)
        self.budget: Budget | None = None
        self._make()
        self._found: bytes | None = None  # config.json as this session knows it; none of a new run

    def _make(self) -> None:
        """The trainer at round 0, with all that writes between rounds."""
        self.stage = Stage(self.run, self.data, self._held_out)
        stage = self.stage
        self.trainer, self.average, self.writers = stage.trainer, stage.average, stage.writers
        self.log, self.checkpoint = stage.log, stage.checkpoint

    @property
    def last(self) -> Mapping[str, float]:
        """The newest line of the log."""
        return self.log.last

    @staticmethod
    def create(
        path: Path, recipe: str | Code, config: recipes.Config, *, time: float | None = None, origin: Path | None = None
    ) -> Session:
        """A new run, ready to play. Nothing is written before it does.

        Args:
            path: Its directory.
            recipe: The name of a recipe, or its code.
            config: What it is told.
            time: Seconds to train in, which are turned into rounds; those of `config` then do not matter.
            origin: A run whose weights are the first ones here, where they have the same names and shapes.

        Raises:
            FileExistsError: There is something at `path`.
            PermissionError: Nothing can be written there.
        """
        if ranks.leads():  # the first rank makes the directory
            files.make_sure_vacant(path)
            make_sure_writable(path)
        return Session.prepare(path, recipe, config, time=time, origin=origin)

    @staticmethod
    def prepare(
        path: Path, recipe: str | Code, config: recipes.Config, *, time: float | None = None, origin: Path | None = None
    ) -> Session:
        """A new run in memory, whatever there is at `path`."""
        run, data = described(path, recipe, config)
        session = Session(dataclasses.replace(run, time=time), data)
        if time is not None:
            session.give(time)
        if origin is not None:
            session.run = dataclasses.replace(session.run, origin=take(session.trainer, origin))
            session.checkpoint.first = True  # if it is killed early it goes on with these weights
        return session

    @staticmethod
    def resume(
        path: Path,
        *,
        rounds: int | None = None,
        keep_rates: bool = False,
        device: str | None = None,
        threads: int | None = None,
        recipe: Path | Code | None = None,
        data: str | None = None,
    ) -> Session:
        """The run at `path` as its newest checkpoint left it, or at round 0 if it has none. Nothing is written.

        Args:
            path: The directory of the run.
            rounds: Play to this round instead. Schedules stretch over them: learning rates that have fallen rise again.
            keep_rates: They do not, and rounds that are added go on at the last rates.
            device: Play there. On another device the run goes on, but not bit for bit.
            threads: Play with so many CPU threads; the same holds.
            recipe: As in `Run.open`.
            data: Where the run's data are now; when it plays, it remembers.

        Raises:
            FileNotFoundError: There is no run, or its data are not where they were.
            ValueError: The data are not what they were, the run is beyond `rounds`, or no checkpoint is whole.
        """
        found, run = files.fingerprint(path), Run.open(path, recipe).at(data)
        device, threads = devices.resolve(device or run.config.device), devices.threads(threads or run.config.threads)
        run = dataclasses.replace(run, config=dataclasses.replace(run.config, device=device, threads=threads))
        session = Session(run.planned(rounds, keep_rates=keep_rates), run.checked_data())
        session._found = found
        session.checkpoint.saved = newest(session.trainer, path)
        if rounds is not None and rounds < session.trainer.state.round:
            raise ValueError(
                f"{str(path)!r} is at round {session.trainer.state.round}; --rounds {rounds} is less: "
                "give a larger number, counted from the first round"
            )
        if run.time is not None and rounds is None:
            spent = max((line.get("seconds", 0.0) for line in files.read_lines(path / files.LOG).lines), default=0.0)
            session.give(max(1.0, run.time - spent))
        return session

    def give(self, seconds: float) -> None:
        """Plans as many rounds as fit into so many seconds of play, by playing a few that do not count."""
        state = self.trainer.state_dict()
        self.budget = Budget(seconds, pace(built(self.run, self.data)))
        self._plan(state)

    def _plan(self, state: dict[str, Any]) -> None:
        """Makes the trainer again, for as many rounds as the budget is for, and goes on from a state."""
        assert self.budget is not None, "there is a time to plan for"
        mine = self.budget.rounds(self.trainer, self.run.config.rounds)
        rounds = round(self.trainer.ranks.mean([torch.tensor([float(mine)])])[0].item())
        self.run = dataclasses.replace(self.run, config=dataclasses.replace(self.run.config, rounds=rounds))
        saved = self.checkpoint.saved
        self._make()
        self.trainer.load_state_dict(state)
        self.checkpoint.saved = saved

    def seconds_each(self) -> float | None:
        """Seconds of a round, by the newest line of the log; None without one."""
        lines = files.read_lines(self.log.path).lines
        speed = lines[-1].get("images_per_second") if lines else None
        return self.trainer.phases[-1].batch / max(speed, 1e-9) if speed else None

    def seconds_left(self) -> float | None:
        """How long the rest takes, where that is known."""
        each = self.seconds_each()
        return None if each is None else each * (self.trainer.rounds - self.trainer.state.round)

    @property
    def complete(self) -> bool:
        """Whether all rounds have been played."""
        return self.trainer.state.round >= self.trainer.rounds

    def play(
        self,
        hooks: Sequence[Hook] = (),
        *,
        on_interrupt: Callable[[], None] = lambda: None,
        on_plan: Callable[[], None] = lambda: None,
        break_lock: bool = False,
    ) -> bool:
        """Plays on, saves, and draws the pictures of the end.

        The first SIGINT, SIGTERM or SIGHUP stops after the present round; saving and drawing are finished. A second one
        stops at once, and the work since the last checkpoint is lost.

        Args:
            hooks: More of them, for this session only.
            on_interrupt: Called when the first signal arrives.
            on_plan: Called when it is known how many rounds there is time for.
            break_lock: Take the run from a process of another machine, of which nobody here can know whether it lives.

        Returns:
            Whether nobody interrupted before the end.

        Raises:
            InUseError: Another process plays this run, or has played it since it was read.
            FileExistsError: A new run's directory is not empty any more.
            StoppedError: A file could not be read or written; what was saved is as it was.
        """
        interrupted, self._on_plan = threading.Event(), on_plan

        def stop(*_: object) -> None:
            interrupted.set()
            with suppress(OSError, RuntimeError):  # a terminal that is gone; a signal in the midst of another line
                on_interrupt()

        def look(trainer: Playing, _: object) -> None:
            if interrupted.is_set():
                trainer.stop()

        with first_signal(stop):
            if ranks.leads():
                self._lead([*hooks, Every(1, look)], interrupted, break_lock)
            else:  # of several ranks the first one writes
                self._play([Every(1, look)], interrupted, alone=False)
        return self.complete or not interrupted.is_set()

    def _lead(self, hooks: Sequence[Hook], interrupted: threading.Event, break_lock: bool) -> None:
        """Plays, writes, saves and draws."""
        path = self.run.path
        with saying_what_is_saved(path):
            path.mkdir(parents=True, exist_ok=True)
            with lock.locked(path, "trained", break_lock=break_lock):
                self._begin()
                portraits.describe(path, self.data)
                if not self.complete:
                    files.last_picture(path).unlink(missing_ok=True)  # of fewer rounds
                self._play(hooks, interrupted)
                stopped = interrupted.is_set()
                if self.checkpoint.saved != self.trainer.state.round:
                    self.checkpoint(self.trainer, {})
                if self.complete or not stopped:
                    self.draw()

    def _begin(self) -> None:
        """Makes sure that the directory is as this session knows it, and puts it in order."""
        path = self.run.path
        if self._found is None:
            files.make_sure_vacant(path)
        elif self._found != files.fingerprint(path):
            raise InUseError(f"{str(path)!r} has been trained by another process since it was read: resume it again")
        belongings.clean(path)
        mend(self.checkpoint)
        self.run.describe(self.trainer.state.round, self.trainer.rounds)
        self._found = files.fingerprint(path)

    def _play(self, hooks: Sequence[Hook], interrupted: threading.Event, *, alone: bool = True) -> None:
        """Plays, and plans again once when the budget asks for it."""
        mine = [*hooks, *([self.budget] if self.budget else [])]
        while True:
            own = self.trainer.hooks
            self.trainer.hooks = [*(own if alone else [hook for hook in own if hook not in self.writers]), *mine]
            try:
                self.trainer.play()
            finally:
                self.trainer.hooks = own
            if self.trainer.ranks.any(interrupted.is_set()) or not self._settled():
                return

    def _settled(self) -> bool:
        """Plans the rounds once and for all, if that is due."""
        budget = self.budget
        if budget is None or not self.trainer.ranks.any(budget.due):
            return False
        self._plan(self.trainer.state_dict())
        budget.pace, budget.due = None, False
        self.run = dataclasses.replace(self.run, time=None)
        if ranks.leads():
            self.run.describe(self.trainer.state.round, self.trainer.rounds)
            self._found = files.fingerprint(self.run.path)
            self.checkpoint(self.trainer, {})
            self._on_plan()
        return True

    def repair(self, *, break_lock: bool = False) -> None:
        """Makes damaged or lost models again, from the checkpoint this session goes on from.

        A run whose data have moved remembers their new place.

        Raises:
            InUseError: Another process plays this run.
        """
        if damaged(self.checkpoint) or self.run.moved:
            with lock.locked(self.run.path, "repaired", break_lock=break_lock):
                mend(self.checkpoint)
                self.run.remember()

    @property
    def drawn(self) -> bool:
        """Whether the pictures of the end are there."""
        return files.last_picture(self.run.path).exists()

    def draw(self) -> list[Path]:
        """The pictures at the end: generated beside real, curves, time-lapse. Returns their paths."""
        if not self.stage.yields:
            return portraits.course(self.run.path, FRAMES, self.data.kind.name)
        return portraits.finish(self.run.path, self.data, self.average.sampler.settled(), FRAMES)
