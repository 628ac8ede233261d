"""A run directory of any trainer, from Python: one call begins it, and the same call goes on with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from sparring import recipes
from sparring.data.source import InMemory
from sparring.data.streams import Data, Spec
from sparring.game import Cost
from sparring.hooks import Hook, Playing
from sparring.machine.progress import steps
from sparring.machine.words import shown
from sparring.runs import files
from sparring.runs.code import IN_PYTHON, Code
from sparring.runs.session import Session
from sparring.samplers import Sampler
from sparring.trainer import Trainer

__all__ = ["record"]


def record(
    trainer: Trainer,
    path: str | Path,
    *,
    data: Data | InMemory | None = None,
    half_life: float = 0.03,
    checkpoint_every: int = 0,
    progress: bool = True,
) -> Trainer:
    """Plays a trainer to its end and keeps a run directory of it: log, samples, previews, checkpoints, model, curves.

    The same call, with a trainer made in the same way, goes on from the newest checkpoint, bit for bit, or does nothing
    if all is done. Ctrl-C saves and stops; a second one stops at once. `sparring runs` knows the directory. The code is
    not kept: `sparring.load(path, sampler=game.sampler())` opens the model, and verbs take `--recipe ./FILE.py`.

    Args:
        trainer: What is played. With it its game, as the last round left it.
        path: The directory of the run.
        data: What samples are to be like; without it, what the last phase draws from. A game without a sampler needs
            none.
        half_life: Of the average of the sampler's weights, as a share of all that is shown in training.
        checkpoint_every: Rounds between checkpoints; 0 makes ten, or one every 500 rounds.
        progress: Show on stderr how far it is.

    Returns:
        The trainer.

    Raises:
        FileExistsError: There is something else at `path`, such as a run of a recipe.
        ValueError: The run is of another game, seed or other data; or nobody knows what samples are to be like.
        InUseError: Another process plays this run.
        StoppedError: A file could not be written; what was saved is as it was.

    Example:
        >>> from sparring.games.gan import tiny
        >>> from sparring import Phase
        >>> game, streams = tiny()
        >>> optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
        >>> trainer = Trainer(Phase(game, optimizers, streams, rounds=3, batch=8))
        >>> record(trainer, getfixture("tmp_path") / "mine", progress=False).state.round
        3
    """
    if not isinstance(trainer, Trainer):
        got = type(trainer).__name__
        raise TypeError(f"trainer is a {got}; expected a Trainer: write record(Trainer(Phase(...)), {str(path)!r})")
    path, own = Path(path), trainer.hooks
    trainer.hooks = [*own]
    try:
        session = _session(trainer, path, _data(trainer, data), half_life, checkpoint_every)
        if session.complete and session.drawn:
            session.repair()
        else:
            session.play([_Shown()] if progress else [])
            if progress and not session.complete:
                at, rounds = trainer.state.round, trainer.rounds
                print(f"{shown(path)}: saved at round {at:,} of {rounds:,}; the same call continues", file=sys.stderr)
    finally:
        trainer.hooks = own
    return trainer


def _session(trainer: Trainer, path: Path, data: Data, half_life: float, checkpoint_every: int) -> Session:
    """The run, new or as its newest checkpoint left it."""
    code = Code(IN_PYTHON, _AtHand(trainer, data))
    if not (path / files.CONFIG).is_file():
        config = recipes.Config(
            rounds=trainer.rounds,
            batch=trainer.phases[-1].batch,
            seed=trainer.seed,
            device=str(next(trainer.game.parameters()).device),
            threads=torch.get_num_threads(),
            half_life=half_life,
            checkpoint_every=checkpoint_every,
            hold_out=0,
        )
        return Session.create(path, code, config)
    if (recipe := files.about(path)["recipe"]) != IN_PYTHON:
        raise FileExistsError(
            f"{str(path)!r} is a run of the recipe {recipe!r}: use `sparring resume`, or choose another path"
        )
    return Session.resume(path, rounds=trainer.rounds, threads=torch.get_num_threads(), recipe=code)


def _data(trainer: Trainer, data: Data | InMemory | None) -> Data:
    """What samples are to be like.

    Raises:
        ValueError: Nobody knows.
    """
    if isinstance(data, Data):
        return data
    streams = {name: found for name, source in trainer.phases[-1].streams.items() if (found := _examples(source))}
    if data is not None:
        return Data({**streams, next(iter(streams), "real"): data})
    if streams:
        return Data(streams)
    if not trainer.game.has_sampler:
        return Data({"nothing": InMemory(torch.zeros(1, 1))})  # nobody draws from it
    raise ValueError("none of the trainer's streams is a set of examples: give examples, data=sparring.InMemory(x)")


def _examples(source: object) -> InMemory | None:
    """The examples that a source draws from, or that another one around them does."""
    inner = getattr(source, "source", source)
    return inner if isinstance(inner, InMemory) else None


class _AtHand:
    """A recipe of one trainer, which is there already."""

    Config: type[Any] = recipes.Config
    USES: frozenset[str] = frozenset()

    def __init__(self, trainer: Trainer, data: Data) -> None:
        self.trainer, self.data = trainer, data

    def open_data(self, config: Any) -> Data:
        return self.data

    def build(self, config: Any, data: Data) -> Trainer:
        return self.trainer

    def sampler(self, config: Any, spec: Spec) -> Sampler:
        return self.trainer.game.sampler()


class _Shown(Hook):
    """How many rounds are played, on stderr."""

    def __init__(self) -> None:
        self._open = ExitStack()

    def start(self, trainer: Playing) -> None:
        self._advance = self._open.enter_context(steps("rounds", trainer.rounds - trainer.state.round))

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        self._advance(1)

    def finish(self, trainer: Playing) -> None:
        self._open.close()
