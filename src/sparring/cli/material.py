"""What an evaluation compares: samples, held-out real examples, and as many other real ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sparring.data.source import InMemory
    from sparring.kinds.kind import Kind
    from sparring.runs.run import Run

__all__ = ["Material", "of_files", "of_run"]


@dataclass(frozen=True)
class Material:
    """What is compared, with what examples are labelled as or were asked for.

    Attributes:
        kind: What they are.
        generated: Samples.
        real: As many examples that the generator was not trained on.
        other: As many more real ones, for the floor.
        about: What the real ones are called.
        changed: What was done to examples of another size or colour, in words; "" if nothing was.
        run: The run that made the samples.
        training: What it was trained on; None if that is not there.
        absent: Why it is not there, in words.
    """

    kind: Kind
    generated: InMemory
    real: InMemory
    other: InMemory
    about: str
    changed: str = ""
    run: Run | None = None
    training: InMemory | None = None
    absent: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an example."""
        return tuple(self.real.x.shape[1:])


def of_run(run: Run, against: str | None, n: int | None, seed: int, weights: str) -> Material:
    """A run's samples, and examples of its data.

    Where the training data are not there, the examples to compare with also make the floor: a half of them.

    Raises:
        FileNotFoundError: The training data are not there, and nothing else to compare with was given.
        ValueError: There are too few examples.
    """
    from sparring.cli.held_out import all_held_out, some
    from sparring.data.alike import changes
    from sparring.data.source import InMemory

    pool = all_held_out(run, against)
    training, absent = _training(run, against)
    if training is None:
        real, other = _halves(pool, n, seed)
    else:
        real = some(pool, min(1000, len(pool), len(training)) if n is None else n, seed)
        if len(training) < len(real):
            raise ValueError(f"--n is {len(real)}, but there are {len(training)} training examples: give a smaller --n")
        other = some(training, len(real), seed)
    sampler = run.sampler(weights)
    given = sampler.given(len(real), seed)
    generated = InMemory(sampler.sample(len(real), given=given, seed=seed), given, kind=sampler.kind)
    about = f"{against or 'held out'}, {pool.digest()[:12]}"
    changed = _told({"real": changes(pool), "training": "" if training is None else changes(training)})
    return Material(sampler.kind, generated, real, other, about, changed, run, training, absent)


def of_files(what: Path, against: str | None, n: int | None, seed: int, size: Sequence[int] = ()) -> Material:
    """Samples made elsewhere, such as a folder of pictures, and real ones.

    Raises:
        FileNotFoundError: One of them is not there.
        ValueError: They are unlike, or too few.
    """
    from sparring.cli.held_out import some
    from sparring.data.alike import changes, open_alike

    if against is None:
        if not what.exists():
            raise FileNotFoundError(f"{str(what)!r} does not exist: give the directory of a run, or pictures")
        raise ValueError(f"{str(what)!r} is not a run: give the real pictures to compare with, --against DATA")
    real, generated = open_alike([against, what], tuple(size))
    _check_alike(generated, real, what, against)
    n = min(1000, len(real) // 2, len(generated)) if n is None else n
    if n < 1:
        raise ValueError(f"--n is {n}; expected 1 or more, and at least twice as many real {real.kind.name}")
    if len(real) < 2 * n or len(generated) < n:
        raise ValueError(
            f"there are {len(generated)} generated {real.kind.name} and {len(real)} real ones; --n {n} needs {n} and "
            f"{2 * n}: give a smaller --n"
        )
    first, second = _split(some(real, 2 * n, seed), n)
    changed = _told({"generated": changes(generated), "real": changes(real)})
    about = f"{against}, {real.digest()[:12]}"
    return Material(real.kind, some(generated, n, seed), first, second, about, changed)


def _check_alike(generated: InMemory, real: InMemory, what: Path, against: str) -> None:
    shapes = [list(data.x.shape[1:]) for data in (real, generated)]
    if shapes[0] != shapes[1] or type(real.kind) is not type(generated.kind):
        raise ValueError(
            f"--against {against} holds {real.kind.name} of shape {shapes[0]}, {str(what)!r} {generated.kind.name} of "
            f"shape {shapes[1]}; expected the same. To resize pictures, give --size"
        )


def _training(run: Run, against: str | None) -> tuple[InMemory | None, str]:
    """What a run was trained on; or None, and why, where something else to compare with was given."""
    from sparring.cli.held_out import trained_on
    from sparring.machine.files import explained

    try:
        return trained_on(run), ""
    except (OSError, ValueError) as error:
        if against is None:
            raise
        return None, explained(error) if isinstance(error, OSError) else str(error)


def _halves(pool: InMemory, n: int | None, seed: int) -> tuple[InMemory, InMemory]:
    """Real examples to compare with, and as many others for the floor."""
    from sparring.cli.held_out import some

    n = min(1000, len(pool) // 2) if n is None else n
    if len(pool) < 2 * n:
        raise ValueError(
            f"there are {len(pool):,} real examples and no training data; --n {n} needs {2 * n:,} real ones: give a "
            "smaller --n"
        )
    return _split(some(pool, 2 * n, seed), n)


def _split(data: InMemory, n: int) -> tuple[InMemory, InMemory]:
    """The first `n` of twice as many, and the others."""
    import torch

    return data.view(torch.arange(n)), data.view(torch.arange(n, 2 * n))


def _told(changes: dict[str, str]) -> str:
    return "; ".join(f"{name}: {words}" for name, words in changes.items() if words)
