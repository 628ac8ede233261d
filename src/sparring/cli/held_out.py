"""Examples a run was not trained on: what evaluate, likelihood, tournament and turing compare with."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from sparring.data.source import InMemory
    from sparring.runs.run import Run

__all__ = ["all_held_out", "held_out", "some", "trained_on"]

_CHANNELS: Mapping[int, Literal["grey", "colour"]] = {1: "grey", 3: "colour"}

FRESH = 1_000_000
"""The seed of toy points that no run was trained on."""


def held_out(run: Run, against: str | None, n: int | None, seed: int) -> InMemory:
    """`n` examples of the shape of the run's, drawn at random from those it was not trained on.

    Args:
        run: A run.
        against: Any data that can be opened; pictures are prepared as the run's. Without it fresh
            points of a toy, the pictures that ship with sparring to be held out, or what `--hold-out` kept back.
        n: How many; all, up to 1,000, without.
        seed: Decides which.

    Raises:
        ValueError: There are none to compare with, too few, or of another shape.
    """
    return some(all_held_out(run, against), n, seed)


def all_held_out(run: Run, against: str | None) -> InMemory:
    """All of them, as `held_out`."""
    data = _open(run, against)
    if list(data.x.shape[1:]) != run.data["shape"]:
        raise ValueError(
            f"the examples to compare with have shape {list(data.x.shape[1:])}, those of {str(run.path)!r} "
            f"{run.data['shape']}: give --against examples that can be made so"
        )
    return data


def some(data: InMemory, n: int | None, seed: int) -> InMemory:
    """`n` of the examples, drawn at random and in random order; all of them, up to 1,000, without a number."""
    from sparring.chance import Key

    n = min(1000, len(data)) if n is None else n
    if n < 1:
        raise ValueError(f"--n is {n}; expected 1 or more")
    if n > len(data):
        raise ValueError(f"there are {len(data):,} examples to choose from; {n:,} are needed: give a smaller --n")
    return data.view(Key(seed, ("hold out",)).permutation("order", len(data))[:n])


def trained_on(run: Run) -> InMemory:
    """The examples that a run was trained on."""
    from sparring import recipes

    data = recipes.find(run.recipe).open_data(run.config)
    return data.split(run.config.hold_out, run.config.seed)[0] if run.config.hold_out else data


def _open(run: Run, against: str | None) -> InMemory:
    from sparring import recipes
    from sparring.data.embedded import fashion_mnist
    from sparring.data.opening import open_data
    from sparring.data.preparation import Preparation
    from sparring.data.source import InMemory
    from sparring.data.toys import TOYS

    if against is not None:
        if len(run.data["shape"]) != 3:
            return open_data(against)
        channels, height, width = run.data["shape"]
        own = getattr(run.config, "pictures", Preparation())
        colour = _CHANNELS.get(channels, own.colour)
        return open_data(against, dataclasses.replace(own, size=(height, width), colour=colour, labels="none"))
    known = getattr(run.config, "data", "other data")
    if known == "fashion-mnist-10k":
        return fashion_mnist("held_out")
    if run.config.hold_out or len(run.data["shape"]) == 1:
        data = recipes.find(run.recipe).open_data(run.config)
        if data.name in TOYS:
            return InMemory(TOYS[data.name](seed=FRESH), name=data.name)
        if run.config.hold_out:
            return data.split(run.config.hold_out, run.config.seed)[1]
    raise ValueError(
        f"{str(run.path)!r} was trained on {known}: give --against DATA, examples of the same kind that it was not "
        "trained on, or train with --hold-out 1000"
    )
