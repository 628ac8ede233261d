"""The figures on the page of an evaluation, a function for each, with what there is to see in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sparring.cli.report_page import Figure

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.data.source import InMemory
    from sparring.kinds.kind import Kind
    from sparring.looks.band import Band

__all__ = ["beside", "classes", "copies", "course"]


def beside(kind: Kind, real: Tensor, generated: Tensor, count: int) -> Figure:
    """Real and generated examples [n, ...], the first of `count` each."""
    text = f"Real samples that were not trained on, and generated samples. The first {count:,} of each, unselected."
    return Figure("Real and generated", text, kind.show({"real": real, "generated": generated}))


def copies(
    training: InMemory, of_training: Tensor, generated: Tensor, of_generated: Tensor, seed: int, features: str
) -> Figure:
    """Generated pictures beside their nearest training examples.

    Args:
        training: What the generator was trained on.
        of_training: Features of all of it, [N, D].
        generated: Samples [n, C, H, W] in [-1, 1].
        of_generated: Their features, [n, D].
        seed: Decides which are drawn at random.
        features: What they are called.
    """
    from sparring.chance import Key
    from sparring.evaluation.pictures import Neighbours, neighbours

    found = Neighbours.find(of_training, of_generated, min(5, len(training)))
    text = (
        f"The nearest of {len(training):,} training pictures, compared by {features}. A generated picture that "
        "equals its neighbour in every detail is a copy. One that resembles all of them a little is not a copy. Look "
        "for copies in the first rows: they are most likely there."
    )
    image = neighbours(generated, training, found, Key(seed, ("page", "neighbours")))
    return Figure("Nearest training pictures", text, image)


def classes(real: Tensor, generated: Tensor) -> Figure:
    """Grey pictures [n, 1, 28, 28] by the digit or garment that the shipped classifier takes them for."""
    from sparring.cli.findings import probabilities
    from sparring.evaluation.pictures import by_class

    (theirs, names), (ours, _) = (probabilities(part, real) for part in (real, generated))
    text = (
        "Generated pictures by the class that the shipped classifier gives them. The first of each class, not a "
        "selection. The classifier always chooses one of ten classes, even for a picture of none of them."
    )
    image = by_class(generated, ours.argmax(dim=1), theirs.argmax(dim=1), names)
    return Figure("Class by class", text, image)


def course(history: Sequence[Mapping[str, float]], kind: Kind, band: Band | None = None) -> Figure:
    """The curves of a run's log, as `sparring.runs.files.read_history` gives it, before the band of healthy runs."""
    from sparring.looks.curves import curves

    text = "Values logged in training. Thin: the values. Thick: their running mean, with the last value beside it."
    grey = " The grey band shows healthy runs of this recipe. Check curves that stay far from it." if band else ""
    return Figure("The course of training", text + grey, curves(history, of=kind.name, band=band, columns=1))
