"""Examples a run was not trained on: what evaluate, likelihood, tournament and turing compare with."""

from __future__ import annotations

import dataclasses
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sparring.machine.words import command

if TYPE_CHECKING:
    from sparring.data.preparation import Preparation
    from sparring.data.source import InMemory
    from sparring.runs.run import Run

__all__ = ["all_held_out", "enough", "fresh", "held_out", "some", "trained_on"]


def held_out(run: Run, against: str | None, n: int | None, seed: int) -> InMemory:
    """`n` examples of the shape of the run's, drawn at random from those it was not trained on.

    Args:
        run: A run.
        against: Any data that can be opened; pictures are prepared as the run's. Without it fresh
            examples where the data can make some, or what `--hold-out` kept back.
        n: How many; all, up to 1,000, without.
        seed: Decides which.

    Raises:
        ValueError: There are none to compare with, too few, or of another shape.
    """
    return some(all_held_out(run, against), n, seed)


def all_held_out(run: Run, against: str | None) -> InMemory:
    """All of them, as `held_out`."""
    data = _own(run) if against is None else _opened(run, against)
    shape = tuple(data.x.shape[1:])
    if shape != run.spec.shape:
        raise ValueError(
            f"the examples to compare with have shape {list(shape)}; expected {list(run.spec.shape)}, the shape of "
            f"{str(run.path)!r}: give other examples with --against DATA"
        )
    return data


def some(data: InMemory, n: int | None, seed: int) -> InMemory:
    """`n` of the examples, drawn at random and in random order; all of them, up to 1,000, without a number."""
    from sparring.chance import Key

    n = min(1000, len(data)) if n is None else n
    if n < 1:
        raise ValueError(f"--n is {n}; expected 1 or more")
    if n > len(data):
        raise ValueError(f"there are only {len(data):,} examples; {n:,} are needed: give a smaller --n")
    return data.view(Key(seed, ("hold out",)).permutation("order", len(data))[:n])


def trained_on(run: Run) -> InMemory:
    """The examples that a run was trained on."""
    data = run.checked_data()
    return (data.split(run.config.hold_out, run.config.seed)[0] if run.config.hold_out else data).main


def _opened(run: Run, against: str) -> InMemory:
    from sparring.data.opening import open_data
    from sparring.data.preparation import Preparation
    from sparring.data.source import InMemory
    from sparring.data.streams import Data

    kind = run.spec.kind
    wanted = kind.preparation(run.spec.shape)
    if wanted is None:
        return InMemory(kind.load(Path(against)), kind=kind)
    own = getattr(run.config, "pictures", Preparation())
    prepared = dataclasses.replace(own, **{**wanted, "labels": "none"})
    found = _classified(run, against, prepared) or open_data(against, prepared)
    if Data({"real": found}).digest() == run.data["sha256"]:
        warnings.warn(
            f"--against {against!r} is the training data of {str(run.path)!r}. A run that copies them scores best. "
            "Give examples that it was not trained on",
            stacklevel=2,
        )
    return found


def _classified(run: Run, against: str, prepared: Preparation) -> InMemory | None:
    """The examples with their labels, where these have the names of the classes that the run knows."""
    from sparring.data.opening import open_data

    names = run.spec.condition.choices()
    if not names:
        return None
    try:
        found = open_data(against, dataclasses.replace(prepared, labels="auto"))
    except ValueError:  # such as two tables: without labels they may do
        return None
    return found if tuple(found.classes) == names else None


def fresh(run: Run) -> InMemory | None:
    """Examples like a run's that no run was trained on; None if its data make none, or are not where they were."""
    try:
        make = run.open_data().main.fresh
    except FileNotFoundError:
        return None
    return make() if make else None


def _own(run: Run) -> InMemory:
    made = fresh(run)
    if made is not None:
        return made
    if run.config.hold_out:
        return run.checked_data().split(run.config.hold_out, run.config.seed)[1]
    number = enough(int(run.data["count"]))
    again = command("train", "--config", run.path / "config.json", "--hold-out", str(number))
    raise ValueError(
        f"{str(run.path)!r} was trained on all of {getattr(run.config, 'data', 'its data')}. Give other examples "
        f"of the same kind: --against DATA{f'. Or train again: {again}' if number else ''}"
    )


def enough(count: int) -> int:
    """How many of so many examples to hold out for `evaluate`: a fifth, within its limits; 0 if there are too few."""
    from sparring.evaluation.measures import LEAST

    return min(1000, max(LEAST, count // 5)) if count >= 2 * LEAST else 0
