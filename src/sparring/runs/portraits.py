"""Portraits of a run: what its data are like, and the pictures of its end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from sparring.data.report import lines
from sparring.data.sheet import sheet
from sparring.data.streams import Data
from sparring.kinds import drawing
from sparring.looks.curves import curves
from sparring.machine.files import write_atomically
from sparring.runs import files, reference
from sparring.runs.writers import frames
from sparring.samplers import Sampler

__all__ = ["course", "describe", "finish"]


def describe(path: Path, data: Data) -> None:
    """Keeps the report on the data, which may change after the run, in words and in a picture."""
    picture, reports = path / files.DATA, data.reports
    if not reports or picture.exists():
        return
    words = (line for report in reports.values() for line in lines(report, most=20))
    write_atomically(picture.with_suffix(".txt"), "".join(f"{line}\n" for line in words).encode())
    sheets = {name: sheet(data.streams[name], report) for name, report in reports.items()}
    write_atomically(picture, drawing.encode(drawing.beside(sheets)))


def finish(path: Path, data: Data, sampler: Sampler, most: int) -> list[Path]:
    """Draws generated samples, beside real ones, curves, and a time-lapse; returns where.

    Args:
        path: The directory of the run.
        data: What it was trained on.
        sampler: Settled.
        most: Half of the frames that a time-lapse may have.
    """
    kind, generated = data.kind, sampler.sheet(data.kind.shown, seed=0)
    given, heads = sampler.condition.sheet(kind.shown), sampler.condition.heads(kind.shown)
    places = None if given is None else data.main.labelled(given)  # each real one is of the class beside it
    n = min(len(generated), len(data)) if places is None else len(places)
    real = data.main.examples(torch.linspace(0, len(data) - 1, n).long() if places is None else places)
    samples = _written(path, {"samples.png": drawing.encode(kind.show_columns({"generated": generated}, heads))})
    both = {"real": real, "generated": generated[:n]}
    beside = drawing.encode(kind.show(both) if places is None else kind.show_columns(both, heads))
    return [*samples, *course(path, most, kind.name), *_written(path, {files.END: beside})]


def course(path: Path, most: int, of: str) -> list[Path]:
    """Draws what is known of the way there: curves, and a time-lapse; returns where."""
    made = {}
    if log := files.read_history(path):
        made[files.CURVES] = drawing.encode(curves(log, of=of, band=reference.band(path)))
    if shown := frames(path / files.SAMPLES):
        made["timelapse.gif"] = drawing.timelapse(shown[:: -(-len(shown) // (2 * most))])
    return _written(path, made)


def _written(path: Path, made: Mapping[str, bytes]) -> list[Path]:
    for name, content in made.items():
        write_atomically(path / name, content)
    return [path / name for name in made]
