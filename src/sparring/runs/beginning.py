"""The beginning of a session: a new run, another run's weights, or the newest checkpoint."""

from __future__ import annotations

import dataclasses
import os
import warnings
from pathlib import Path

from sparring import recipes
from sparring.data.streams import Data
from sparring.machine import devices
from sparring.machine.plain import describe
from sparring.runs import checkpoint, files
from sparring.runs.code import Code, find
from sparring.runs.run import Run
from sparring.trainer import Trainer

__all__ = ["described", "make_sure_writable", "newest", "take"]


def make_sure_writable(run: Path) -> None:
    """Makes sure that a new run can be written.

    Raises:
        PermissionError: It cannot.
    """
    there = next(parent for parent in run.absolute().parents if parent.exists())
    effective = os.access in os.supports_effective_ids
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK, effective_ids=effective):
        raise PermissionError(
            f"{str(run)!r} cannot be written: {str(there)!r} is not a folder you may write to. Choose another --out"
        )


def described(path: Path, recipe: str | Code, config: recipes.Config) -> tuple[Run, Data]:
    """A new run, in memory, and its data."""
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
    return Run(path, made_by.name, config, about, made_by=made_by), data


def _held_out(wanted: int | None, there: int) -> int:
    """How many examples of those there are training does without."""
    if wanted is not None:
        return wanted
    return min(500, there // 20) if there >= 1000 else 0


def newest(trainer: Trainer, run: Path) -> int:
    """Takes back the newest whole checkpoint of a run, and returns its round; -1 if the run has none yet.

    Raises:
        ValueError: No checkpoint is whole.
    """
    folder = run / files.CHECKPOINTS
    if there := checkpoint.latest(folder):
        with checkpoint.fitting(there):
            trainer.load_state_dict(checkpoint.load(there))
        return trainer.state.round
    if checkpoint.found(folder):
        raise ValueError(
            f"no checkpoint in {str(folder)!r} is whole. Put back a copy, or remove that folder to start again at "
            "round 0. Then log and model are removed too"
        )
    if files.read_lines(run / files.LOG).lines:
        warnings.warn(f"there is no checkpoint in {str(folder)!r}. Starting again at round 0", stacklevel=4)
    return -1


def take(trainer: Trainer, origin: Path) -> str:
    """Takes the weights of another run, and says in words what was taken.

    Raises:
        FileNotFoundError: There is no run, or it has saved nothing yet.
        ValueError: No weight fits.
    """
    files.read_config(origin)
    newest = checkpoint.latest(origin / files.CHECKPOINTS)
    if newest is None:
        raise FileNotFoundError(f"{str(origin)!r} has no checkpoint yet: train it for some rounds first")
    with checkpoint.fitting(newest):
        taken, left = trainer.take(checkpoint.load(newest)["games"])
    if not taken:
        raise ValueError(
            f"no weights of {str(origin)!r} fit: its networks differ. Use its recipe, size of pictures and width"
        )
    new = f"; new: {', '.join(left[:5])}{' ...' if len(left) > 5 else ''}" if left else ""
    return f"{origin}, round {int(newest.name):,}: {len(taken)} of {len(taken) + len(left)} tensors{new}"
