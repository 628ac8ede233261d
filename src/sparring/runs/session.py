"""A session: a run being played, from its beginning or from a checkpoint."""

from __future__ import annotations

import dataclasses
import os
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

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
from sparring.runs import checkpoint, files, lock, portraits
from sparring.runs.errors import InUseError, StoppedError
from sparring.runs.run import Run
from sparring.runs.writers import Checkpoint, Evaluate, Log, Samples
from sparring.samplers import Sampler
from sparring.trainer import Trainer

__all__ = ["Session"]

FRAMES = 40
"""Pictures of a time-lapse, at least."""


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
        self.trainer.ranks = ranks.of_environment(run.config.device)
        live = self.trainer.game.sampler().of(data.kind)
        self.average = Average(live, run.config.half_life)
        self.shown = data.kind.shown
        self.writers: list[Hook] = self._writers(live, held_out)
        self.trainer.hooks += [self.average, *self.writers]
        self._found: bytes | None = None  # config.json as this session knows it; none of a new run

    def _writers(self, live: Sampler, held_out: InMemory | None) -> list[Hook]:
        """All that writes between rounds."""
        path, rounds = self.run.path, self.trainer.rounds
        self.log = Log(path / files.LOG, max(1, min(20, rounds // 50)))
        every = max(1, min(250, rounds // FRAMES))
        samples = Samples(path, self.average.sampler, every=every, n=self.shown)
        scores = [] if held_out is None else [self._evaluate(held_out)]
        samplers = {"average": self.average.sampler, "raw": live}
        self.checkpoint = Checkpoint(path, samplers, self.run.config.checkpoint_every, [self.log, *scores])
        return [self.log, samples, *scores, self.checkpoint]  # it last: what was written before is not written again

    @staticmethod
    def create(path: Path, recipe: str, config: recipes.Config) -> Session:
        """A new run, ready to play. Nothing is written before it does.

        Raises:
            FileExistsError: There is something at `path`.
            PermissionError: Nothing can be written there.
        """
        if not ranks.leads():
            return Session.prepare(path, recipe, config)  # the first rank looks, and makes the directory
        files.make_sure_vacant(path)
        there = next(parent for parent in path.absolute().parents if parent.exists())
        effective = os.access in os.supports_effective_ids
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK, effective_ids=effective):
            raise PermissionError(
                f"{str(path)!r} cannot be written, {str(there)!r} being no folder you may write to: "
                "choose another --out"
            )
        return Session.prepare(path, recipe, config)

    @staticmethod
    def prepare(path: Path, recipe: str, config: recipes.Config) -> Session:
        """A new run in memory, whatever there is at `path`."""
        config = dataclasses.replace(
            config, device=devices.resolve(config.device), threads=devices.threads(config.threads)
        )
        data = recipes.find(recipe).open_data(config)
        spec = data.spec
        about = {"shape": list(spec.shape), "count": len(data), "sha256": data.digest(), "spec": describe(spec)}
        return Session(Run(path, recipe, config, about), data)

    @staticmethod
    def resume(
        path: Path, *, rounds: int | None = None, device: str | None = None, threads: int | None = None
    ) -> Session:
        """The run at `path` as its newest checkpoint left it, or at round 0 if it has none. Nothing is written.

        Args:
            path: The directory of the run.
            rounds: Play to this round instead of the configured one. A recipe whose rates depend on the number of
                rounds has other rates from here on.
            device: Play there. On another device the run goes on, but not bit for bit.
            threads: Play with so many CPU threads; the same holds.

        Raises:
            FileNotFoundError: There is no run, or its data are not where they were.
            ValueError: The data are not what they were, the run is beyond `rounds`, or no checkpoint is whole.
        """
        found, run = files.fingerprint(path), Run.open(path)
        config = dataclasses.replace(
            run.config,
            rounds=run.config.rounds if rounds is None else rounds,
            device=devices.resolve(device or run.config.device),
            threads=threads or run.config.threads,
        )
        run = dataclasses.replace(run, config=config)
        session = Session(run, run.checked_data())
        session._found = found
        session._load()
        if rounds is not None and rounds < session.trainer.state.round:
            raise ValueError(
                f"{str(path)!r} is at round {session.trainer.state.round}; --rounds {rounds} is behind it: "
                "give a larger number"
            )
        return session

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
        every = self.run.config.evaluate_every or max(1, self.trainer.rounds // 20)
        return Evaluate(self.run.path / files.SCORES, self.average.sampler, measure, every=every, n=n)

    @property
    def complete(self) -> bool:
        """Whether all rounds have been played."""
        return self.trainer.state.round >= self.trainer.rounds

    def play(
        self, hooks: Sequence[Hook] = (), *, on_interrupt: Callable[[], None] = lambda: None, break_lock: bool = False
    ) -> bool:
        """Plays on, saves, and draws the pictures of the end.

        The first SIGINT, SIGTERM or SIGHUP stops after the present round; saving and drawing are finished. A second one
        stops at once, and the work since the last checkpoint is lost.

        Args:
            hooks: More of them, for this session only.
            on_interrupt: Called when the first signal arrives.
            break_lock: Take the run from a process of another machine, of which nobody here can know whether it lives.

        Returns:
            Whether nobody interrupted before the end.

        Raises:
            InUseError: Another process plays this run, or has played it since it was read.
            FileExistsError: A new run's directory is not empty any more.
            StoppedError: A file could not be read or written; what was saved is as it was.
        """
        interrupted = threading.Event()

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
                self._play([hook for hook in self.trainer.hooks if hook not in self.writers] + [Every(1, look)])
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
                    path.joinpath(files.END).unlink(missing_ok=True)  # of fewer rounds
                self._play([*self.trainer.hooks, *hooks])
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

    def _play(self, hooks: list[Hook]) -> None:
        own, self.trainer.hooks = self.trainer.hooks, hooks
        try:
            self.trainer.play()
        finally:
            self.trainer.hooks = own

    @contextmanager
    def _saying_what_is_saved(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            round, path = self.checkpoint.saved, self.run.path
            saved = "nothing is saved yet" if round < 0 else f"saved at round {round}"
            raise StoppedError(f"{explained(error)}; {saved}. Then: sparring resume {path}") from error

    def repair(self, *, break_lock: bool = False) -> None:
        """Makes damaged or lost models again, from the checkpoint this session goes on from.

        Raises:
            InUseError: Another process plays this run.
        """
        if self._damaged():
            with lock.locked(self.run.path, "repaired", break_lock=break_lock):
                self._repair()

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
        return (self.run.path / files.END).exists()

    def draw(self) -> list[Path]:
        """The pictures at the end: generated beside real, curves, time-lapse. Returns their paths."""
        return portraits.finish(self.run.path, self.data, self.average.sampler.settled(), FRAMES)
