"""A study: all that can be found out about samples, from figures to copies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.cli.findings import Finding
    from sparring.cli.material import Material
    from sparring.data.source import InMemory
    from sparring.evaluation.measures import Evaluation
    from sparring.kinds.kind import Kind
    from sparring.metrics.extractors import Extractor

__all__ = ["Plan", "Searched", "Study", "examined"]

AT_ONCE = 2**26
"""Numbers of examples that are floats at the same time."""

MOST = 2**27
"""Numbers of a set that is compared without features, at most: a gigabyte."""


MOST_TAUGHT = 10_000
"""Examples that a classifier is trained on, at most."""


@dataclass(frozen=True)
class Plan:
    """What is to be found out.

    Attributes:
        extractor: Makes the features that are compared.
        measures: Names of figures; those of the kind without any.
        training: So many training examples are searched for copies.
        quick: Copies are sought by pixels where a network would take long.
        seed: Of all samples.
        weights: Of the generator.
    """

    extractor: Extractor
    measures: Sequence[str]
    training: int
    quick: bool
    seed: int
    weights: Literal["average", "raw"]


@dataclass(frozen=True)
class Study:
    """What was found out.

    Attributes:
        findings: One thing after the other.
        evaluation: The figures, and the features that they are of.
        searched: Where copies were searched for, if anywhere.
    """

    findings: Sequence[Finding]
    evaluation: Evaluation
    searched: Searched | None = None


@dataclass(frozen=True)
class Searched:
    """Training examples among which copies were searched for.

    Attributes:
        training: The examples.
        features: Theirs, [N, D].
        real: Those of held-out real ones, [n, D].
        generated: Those of samples, [n, D].
        name: What these features are called.
    """

    training: InMemory
    features: Tensor
    real: Tensor
    generated: Tensor
    name: str


def examined(plan: Plan, material: Material) -> Study:
    """All that can be found out about such samples."""
    from sparring.cli import judgement as judge
    from sparring.evaluation import measures

    kind, run, shape = material.kind, material.run, material.shape
    evaluation = figures(plan, material)
    searched = search(plan, material, evaluation)
    copies = copied(searched)
    doubts = [words for words in (measures.doubt(kind, shape, plan.extractor),) if words]
    verdict, words = judge.judgement(evaluation.lines, doubts, copies)
    found = [judge.scores(evaluation.lines, words), verdict, copies]
    found += [judge.not_searched(material.absent)] if run and not (material.training and plan.training) else []
    found += [of_classes(plan, material, evaluation), *of_examples(plan, material)]
    return Study([each for each in found if each], evaluation, searched)


def figures(plan: Plan, material: Material) -> Evaluation:
    """Figures on features of all three sets."""
    from sparring.evaluation import measures
    from sparring.recipes import labels_of

    kind, sets = material.kind, (material.real, material.generated, material.other)
    names = plan.measures or kind.measures
    measures.check(*sets, names)
    check_memory(plan.extractor, kind, material.shape, len(material.real))
    x, y, z = (of_all(plan.extractor, part, "features") for part in sets)
    about: dict[str, Any] = {
        "extractor": plan.extractor.identity,
        "data": material.about,
        "seed": plan.seed,
        "weights": plan.weights if material.run else "average",
        "size": kind.size(material.shape),
        "changed": material.changed,
        "labels": labels_of(material.run.parts, material.run.data) if material.run else "unknown",
    }
    return measures.compared(x, y, z, names, **about)


def of_examples(plan: Plan, material: Material) -> list[Finding | None]:
    """What is found by looking at the examples themselves."""
    from sparring.cli import findings as find
    from sparring.game import Batch

    kind, run, training = material.kind, material.run, material.training
    classified = kind.classified(material.shape)
    if not (run or classified or kind.summarised):
        return []  # large pictures take much memory as floats
    parts = (material.real, material.generated, material.other)
    real, generated, other = (Batch(kind.clean(part.x), part.y) for part in (each.batch() for each in parts))
    found = [find.classes(real.x, generated.x) if classified else None]
    if kind.summarised:
        seen = kind.clean(sought(plan, training).examples()) if training and plan.training else None
        found.append(find.summary(kind, generated.x, real.x, other.x, seen))
    if run is not None and training is not None:
        found.append(find.known(run.sampler(plan.weights), training, plan.seed))
        found.append(find.overfitted(run, other, real, generated))
    return found


def of_classes(plan: Plan, material: Material, evaluation: Evaluation) -> Finding | None:
    """Whether samples are of the classes asked for; None where none were, or where real examples have others."""
    from sparring.cli import findings as find
    from sparring.evaluation.asked import asked_for

    real, other, generated = material.real, material.other, material.generated
    names = material.run.sampler(plan.weights).condition.choices() if material.run else ()
    known = all(tuple(part.classes) in {(), names} for part in (real, other))
    c, y, z = map(labels, (generated, real, other))
    if not names or not known or c is None or y is None or z is None:
        return None
    sees = classifier(plan, material, names)
    seen = sees.names(generated, evaluation.generated), sees.names(real, evaluation.real)
    sets = (evaluation.generated, c), (evaluation.real, y), (evaluation.other, z)
    return find.asked(asked_for(names, *sets, seen), sees.words)


def labels(data: InMemory) -> Tensor | None:
    """The labels [n] of the examples in use, without opening these; None if they have none."""
    return data.y if data.y is None or data.rows is None else data.y[data.rows]


@dataclass(frozen=True)
class Sees:
    """A classifier of real examples.

    Attributes:
        words: What it is.
        names: The classes [n] of examples, or of their features [n, D].
    """

    words: str
    names: Callable[[InMemory, Tensor], Tensor]


def classifier(plan: Plan, material: Material, names: Sequence[str]) -> Sees:
    """The one that ships, for its digits or garments; else one that is trained on features of real examples.

    Without the training data these are the other real examples.
    """
    from sparring.cli.findings import probabilities
    from sparring.cli.held_out import some
    from sparring.evaluation.asked import trained

    kind = material.kind
    if kind.classified(material.shape):
        real = kind.clean(material.real.examples())
        if tuple(probabilities(real, real)[1]) == names:
            ours = lambda data, _: probabilities(kind.clean(data.examples()), real)[0].argmax(dim=1)  # noqa: E731
            return Sees("the one that ships with sparring", ours)
    training = material.other if material.training is None else material.training
    taught = some(training, min(MOST_TAUGHT, len(training)), plan.seed)
    y, features = labels(taught), of_all(plan.extractor, taught, "features to learn classes by")
    assert y is not None, "the training data have labels, as the examples held out from them do"
    sees = trained(features, y, len(names), seed=plan.seed)
    words = f"trained on {len(taught):,} real examples, by {plan.extractor.identity.name}"
    return Sees(words, lambda _, features: sees(features))


def sought(plan: Plan, training: InMemory) -> InMemory:
    """The training examples that are searched for copies."""
    from sparring.cli.held_out import some

    return some(training, min(plan.training, len(training)), plan.seed)


def search(plan: Plan, material: Material, evaluation: Evaluation) -> Searched | None:
    """Features of training examples, held-out ones and samples; None where none are to be searched by features."""
    from sparring.metrics.extractors import Network, Reduced

    if material.training is None or not plan.training or not material.kind.continuous:
        return None
    training, title = sought(plan, material.training), "features of the training data"
    if not plan.quick or not isinstance(plan.extractor, Network):
        features, name = of_all(plan.extractor, training, title), plan.extractor.identity.name
        return Searched(training, features, evaluation.real, evaluation.generated, name)
    pixels = Reduced()
    x, y, z = (of_all(pixels, part, title) for part in (training, material.real, material.generated))
    return Searched(training, x, y, z, pixels.identity.name)


def copied(searched: Searched | None) -> Finding | None:
    """Whether samples are copies; None where nobody searched."""
    from sparring.cli.findings import memorised

    if searched is None:
        return None
    return memorised(searched.features, searched.real, searched.generated, searched.name)


def of_all(extractor: Extractor, data: InMemory, title: str) -> Tensor:
    """Features of all examples, which as floats may not fit into memory at once."""
    import torch

    from sparring.machine import progress
    from sparring.metrics.extractors import extract

    parts, block = [], max(1, min(1024, AT_ONCE // math.prod(data.x.shape[1:])))
    with progress.steps(title, len(data)) as advance:
        for start in range(0, len(data), block):
            index = torch.arange(start, min(start + block, len(data)))
            parts.append(extract(extractor, data.kind.clean(data.examples(index))))
            advance(len(index))
    return torch.cat(parts)


def check_memory(extractor: Extractor, kind: Kind, shape: tuple[int, ...], n: int) -> None:
    """Refuses to compare by what would not fit into memory."""
    numbers = math.prod(shape)
    if extractor.identity.name == kind.vector and n * numbers > MOST:
        raise ValueError(
            f"each of {n:,} {kind.name} has {numbers:,} numbers, too many to compare by {kind.vector}. For features: "
            "pip install 'sparring[metrics]'. Or give --size 64 or a smaller --n"
        )
