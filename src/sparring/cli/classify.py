"""`sparring classify RUN FILES`: the classes of pictures, as a run's classifier sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from sparring.cli.options import parsed
from sparring.cli.table import table
from sparring.machine.files import explained
from sparring.machine.words import printable

if TYPE_CHECKING:
    from sparring.runs.run import Run
    from sparring.samplers import Sampler

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Name the classes of pictures with the classifier of a run, or count its errors on held-out pictures.

    Recipes with a classifier: semi. A file that is no picture is named, and the others are classified.
    """

    run: Annotated[Path, tyro.conf.Positional]
    """Directory of the run."""
    files: Annotated[tuple[Path, ...], tyro.conf.Positional] = ()
    """Files of pictures. Without any, the held-out pictures of the run are classified and errors are counted."""
    data: str | None = None
    """New path of the run's data, if they have moved. They are checked."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the weights. raw: the last weights."""
    device: str = "cpu"
    """Device to compute on."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""
    json: bool = False
    """Print JSON."""


def main(words: list[str]) -> int:
    """Classifies."""
    options = parsed(Options, words, "classify")
    from sparring.machine import devices
    from sparring.runs.run import Run

    run = Run.open(options.run, options.recipe).at(options.data)
    sampler = run.sampler(options.weights, devices.resolve(options.device))
    if sampler.classify(run.spec.stand_in().main.examples()) is None:
        raise ValueError(f"the run {str(options.run)!r} has no classifier: train one with sparring train semi")
    if not options.files:
        found = counted(run, sampler)
        print(json.dumps(found, indent=2) if options.json else printable(said(found)))
        return 0
    rows = list(classified(options.files, run, sampler))
    lines = [(str(row["file"]), row.get("class", "not classified"), row.get("error") or f"{row['probability']:.1%}")
             for row in rows]  # fmt: skip
    print(json.dumps(rows, indent=2) if options.json else printable(table("<<<", lines)))
    return 2 if any("error" in row for row in rows) else 0


def classified(files: tuple[Path, ...], run: Run, sampler: Sampler) -> Iterator[dict[str, Any]]:
    """For each file its class with probabilities, or what is wrong with it."""
    from sparring.data.preparation import Preparation
    from sparring.data.single import open_picture
    from sparring.kinds.drawing import from_bytes

    names, preparation = run.spec.condition.choices(), getattr(run.config, "pictures", Preparation())
    for file in files:
        try:
            x = open_picture(file, run.spec.shape, preparation)
        except (OSError, ValueError) as error:
            yield {"file": str(file), "error": explained(error) if isinstance(error, OSError) else str(error)}
            continue
        found = sampler.classify(from_bytes(x[None]))
        assert found is not None, "`main` made sure"
        each = dict(zip(names, found[0].tolist(), strict=True))
        first = max(each, key=each.__getitem__)
        yield {"file": str(file), "class": first, "probability": each[first], "probabilities": each}


def counted(run: Run, sampler: Sampler) -> dict[str, Any]:
    """How many held-out pictures are taken for another class.

    Raises:
        ValueError: None were held out, or they have no classes.
    """
    from sparring.cli.held_out import all_held_out
    from sparring.metrics.wilson import wilson

    batch = all_held_out(run, None).batch()
    found = sampler.classify(batch.x)
    if batch.y is None or found is None:
        raise ValueError(f"the held-out pictures of {str(run.path)!r} have no classes: give files of pictures")
    wrong = int((found.argmax(1) != batch.y).sum())
    low, high = wilson(wrong, len(batch.x))
    return {"errors": wrong, "of": len(batch.x), "rate": wrong / len(batch.x), "low": low, "high": high}


def said(found: dict[str, Any]) -> str:
    """The same in a sentence."""
    ends = f"{found['low']:.1%} to {found['high']:.1%}"
    return f"{found['errors']} of {found['of']:,} held-out pictures are misclassified: {found['rate']:.1%} ({ends})."
