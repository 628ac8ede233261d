"""A session: a run being played, from its beginning or from a checkpoint."""

from __future__ import annotations

import dataclasses
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch

from sparring import ranks, recipes
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.evaluation.measures import quick
from sparring.hooks import Average, Every, Hook, Playing
from sparring.machine import devices
from sparring.machine.files import explained
from sparring.machine.plain import describe
from sparring.machine.signals import first_signal
from sparring.machine.words import command
from sparring.runs import checkpoint, files, lock, portraits
from sparring.runs.budget import PLANNED, Budget, pace
from sparring.runs.code import Code, find
from sparring.runs.errors import InUseError, StoppedError
from sparring.runs.news import Writer
from sparring.runs.run import Run
from sparring.runs.writers import Checkpoint, Evaluate, Log, Samples
from sparring.samplers import Mute, Sampler
from sparring.trainer import Trainer

__all__ = ["Session"]

FRAMES, SCORES = 40, 20
"""Pictures of a time-lapse, and measurements of a run, at least."""


class Session:
    """A run being played: its trainer, with the hooks that make the directory."""

    def __init__(self, run: Run, data: Data) -> None:
        torch.set_num_threads(run.config.threads)
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
        self.trainer = self._built()
        self.yields = self.trainer.game.has_sampler
        live = (self.trainer.game.sampler() if self.yields else Mute()).of(self.data.kind)
        self.average = Average(live, self.run.config.half_life * self.trainer.images)
        self.trainer.extend(self.run.extra)
        self.shown = self.data.kind.shown
        self.writers: list[Writer] = self._writers(live)
        self.trainer.hooks += [*([self.average] if self.yields else []), *self.writers]

    def _built(self) -> Trainer:
        config = self.run.config
        torch.manual_seed(config.seed)  # ours does not read torch's own generator; somebody's source may
        trainer: Trainer = self.run.parts.build(config, self.data)
        trainer.ranks = ranks.of_environment(config.device)
        return trainer

    def _writers(self, live: Sampler) -> list[Writer]:
        """All that writes between rounds."""
        path, rounds, config = self.run.path, self.trainer.rounds, self.run.config
        self.log = Log(path / files.LOG, max(1, min(20, rounds // 50)))
        samples = Samples(path, self.average.sampler, every=max(1, rounds // FRAMES), n=self.shown)
        scores = [] if self._held_out is None else [self._evaluate(self._held_out)]
        samplers = {"average": self.average.sampler, "raw": live} if self.yields else {}
        every = config.checkpoint_every or max(1, min(500, rounds // 10))
        self.checkpoint = Checkpoint(path, samplers, every, [self.log, *scores], first=bool(self.run.origin))
        shown = [samples] if self.yields else []
        return [self.log, *shown, *scores, self.checkpoint]  # it last: what was written before is not written again

    @property
    def last(self) -> Mapping[str, float]:
        """The newest line of the log."""
        return self.log.last

    @staticmethod
    def create(
        path: Path,
        recipe: str | Code,
        config: recipes.Config,
        *,
        time: float | None = None,
        origin: Path | None = None,
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
        if not ranks.leads():
            return Session.prepare(
                path, recipe, config, time=time, origin=origin
            )  # the first rank looks, and makes the directory
        files.make_sure_vacant(path)
        there = next(parent for parent in path.absolute().parents if parent.exists())
        effective = os.access in os.supports_effective_ids
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK, effective_ids=effective):
            raise PermissionError(
                f"{str(path)!r} cannot be written, {str(there)!r} being no folder you may write to: "
                "choose another --out"
            )
        return Session.prepare(path, recipe, config, time=time, origin=origin)

    @staticmethod
    def prepare(
        path: Path,
        recipe: str | Code,
        config: recipes.Config,
        *,
        time: float | None = None,
        origin: Path | None = None,
    ) -> Session:
        """A new run in memory, whatever there is at `path`."""
        made_by = find(recipe) if isinstance(recipe, str) else recipe
        data = made_by.recipe.open_data(config)
        config = dataclasses.replace(
            config,
            device=devices.resolve(config.device),
            threads=devices.threads(config.threads),
            hold_out=_held_out(config.hold_out, len(data)),
        )
        spec = data.spec
        about = {"shape": list(spec.shape), "count": len(data), "sha256": data.digest(), "spec": describe(spec)}
        session = Session(Run(path, made_by.name, config, about, time=time, made_by=made_by), data)
        if time is not None:
            session.give(time)
        if origin is not None:
            session._take(origin)
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
        device, threads = devices.resolve(device or run.config.device), threads or run.config.threads
        run = dataclasses.replace(run, config=dataclasses.replace(run.config, device=device, threads=threads))
        session = Session(run.planned(rounds, keep_rates=keep_rates), run.checked_data())
        session._found = found
        session._load()
        if rounds is not None and rounds < session.trainer.state.round:
            raise ValueError(
                f"{str(path)!r} is at round {session.trainer.state.round}; --rounds {rounds} is behind it: "
                "give a larger number"
            )
        if run.time is not None and rounds is None:
            spent = max((line["seconds"] for line in files.read_lines(path / files.LOG).lines), default=0.0)
            session.give(max(1.0, run.time - spent))
        return session

    def give(self, seconds: float) -> None:
        """Plans as many rounds as fit into so many seconds of play, by playing a few that do not count."""
        state = self.trainer.state_dict()
        self.budget = Budget(seconds, pace(self._built()))
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

    def _take(self, origin: Path) -> None:
        """Takes the weights of another run, as far as they fit.

        Raises:
            FileNotFoundError: There is no run, or it has saved nothing yet.
            ValueError: No weight fits.
        """
        files.read_config(origin)
        newest = checkpoint.latest(origin / files.CHECKPOINTS)
        if newest is None:
            raise FileNotFoundError(f"{str(origin)!r} has no checkpoint yet: train it for some rounds first")
        there = checkpoint.load(newest)["games"]
        taken, left = self.trainer.take(there)
        if not taken:
            raise ValueError(
                f"nothing in {str(origin)!r} fits: its networks are others. Use its recipe, size of pictures and width"
            )
        new = f"; new: {', '.join(left[:5])}{' ...' if len(left) > 5 else ''}" if left else ""
        words = f"{origin}, round {int(newest.name):,}: {len(taken)} of {len(taken) + len(left)} tensors{new}"
        self.run = dataclasses.replace(self.run, origin=words)
        self.checkpoint.first = True  # if it is killed early it goes on with these weights

    def _load(self) -> None:
        """Takes back the newest whole checkpoint."""
        folder = self.run.path / files.CHECKPOINTS
        newest = checkpoint.latest(folder)
        if newest:
            self.trainer.load_state_dict(checkpoint.load(newest))
            self.checkpoint.saved = self.trainer.state.round
        elif checkpoint.found(folder):
            raise ValueError(
                f"no checkpoint in {str(folder)!r} is whole: put back a copy, or remove that folder to begin again at "
                "round 0, whereupon log and model go"
            )
        elif files.read_lines(self.run.path / files.LOG).lines:
            warnings.warn(f"there is no checkpoint in {str(folder)!r}: beginning again at round 0", stacklevel=4)

    def _evaluate(self, held_out: InMemory) -> Evaluate:
        n = min(1000, len(held_out))
        measure = quick(held_out.kind, held_out.examples(torch.arange(n)))
        every = self.run.config.evaluate_every or max(1, self.trainer.rounds // SCORES)
        return Evaluate(self.run.path / files.SCORES, self.average.sampler, measure, every=every, n=n)

    def rounds_in(self, seconds: float) -> int:
        """The rounds that fit into so many seconds at the speed of the newest line of the log; 1 at least."""
        lines = files.read_lines(self.log.path).lines
        speed = lines[-1]["images_per_second"] if lines else 0.0
        return max(1, int(PLANNED * seconds * speed / self.trainer.phases[-1].batch))

    def seconds_left(self) -> float | None:
        """How long the rest will take, at the speed of the newest line of the log; None without one."""
        lines = files.read_lines(self.log.path).lines
        if not lines:
            return None
        rounds = self.trainer.rounds - self.trainer.state.round
        return rounds * self.trainer.phases[-1].batch / max(lines[-1]["images_per_second"], 1e-9)

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
        path.mkdir(parents=True, exist_ok=True)
        with lock.locked(path, "trained", break_lock=break_lock):
            self._begin()
            with self._saying_what_is_saved():
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
        files.clean(path)
        self._repair()
        self.run.describe(self.trainer.state.round)
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
            self.run.describe(self.trainer.state.round)
            self._found = files.fingerprint(self.run.path)
            self.checkpoint(self.trainer, {})
            self._on_plan()
        return True

    @contextmanager
    def _saying_what_is_saved(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            round, path = self.checkpoint.saved, self.run.path
            saved = "nothing is saved yet" if round < 0 else f"saved at round {round}"
            raise StoppedError(f"{explained(error)}; {saved}. Then: {command('resume', path)}") from error

    def repair(self, *, break_lock: bool = False) -> None:
        """Makes damaged or lost models again, from the checkpoint this session goes on from.

        A run whose data have moved remembers their new place.

        Raises:
            InUseError: Another process plays this run.
        """
        if self._damaged() or self.run.moved:
            with lock.locked(self.run.path, "repaired", break_lock=break_lock):
                self._repair()
                self.run.remember()

    def _damaged(self) -> list[str]:
        """The models that cannot be read; none before the first checkpoint."""
        damaged = []
        for name in self.checkpoint.samplers if self.checkpoint.saved >= 0 else ():
            try:
                files.read_model(self.run.path, name)
            except (OSError, ValueError):
                damaged.append(name)
        return damaged

    def _repair(self) -> None:
        for name in self._damaged():
            self.checkpoint.write_model(name)
            file = str(self.run.path / files.MODEL / f"{name}.safetensors")
            warnings.warn(f"{file!r} was damaged or lost: made again from round {self.checkpoint.saved}", stacklevel=4)

    @property
    def drawn(self) -> bool:
        """Whether the pictures of the end are there."""
        return files.last_picture(self.run.path).exists()

    def draw(self) -> list[Path]:
        """The pictures at the end: generated beside real, curves, time-lapse. Returns their paths."""
        if not self.yields:
            return portraits.course(self.run.path, FRAMES, self.data.kind.name)
        return portraits.finish(self.run.path, self.data, self.average.sampler.settled(), FRAMES)


def _held_out(wanted: int | None, there: int) -> int:
    """How many examples of those there are training does without."""
    if wanted is not None:
        return wanted
    return min(500, there // 20) if there >= 1000 else 0
