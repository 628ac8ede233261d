"""What a data set is like: a report to read before training on it, in words, numbers and one picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparring.data.listing import shown

if TYPE_CHECKING:
    from torch import Tensor
from sparring.machine.words import counted

__all__ = ["Report", "lines", "points"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """Facts about a set. Examples are named as in their folder, archive or array.

    Attributes:
        path: Where it is, or its name.
        kind: What is there.
        count: Examples that can be used.
        shape: Of one, as it would be trained on.
        range: Least and greatest value, and the mean.
        sizes: How many pictures there are of each height and width, most frequent first.
        modes: The same of Pillow's colour modes.
        cropped: The share of the pictures' area that cropping cuts off.
        enlarged: Pictures that are smaller than what they are resized to.
        classes: How many examples there are of each class.
        captions: How many examples have a caption.
        skipped: Names of pictures that cannot be used, by reason.
        ignored: Names of other files, by reason.
        notes: What was decided by itself, or looks odd.
        equal: Groups of pictures that are the same.
        near: Pairs that are nearly the same.
        fit: Crop or pad.
        transparent: Pictures whose transparent parts are put on a colour.
        background: That colour: white, black, or such as #8090a0.
    """

    path: str
    kind: str
    count: int
    shape: tuple[int, ...]
    range: tuple[float, float, float]
    sizes: Mapping[str, int] = field(default_factory=dict)
    modes: Mapping[str, int] = field(default_factory=dict)
    cropped: float = 0.0
    enlarged: int = 0
    classes: Mapping[str, int] = field(default_factory=dict)
    captions: int = 0
    skipped: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ignored: Mapping[str, Sequence[str]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    equal: Sequence[Sequence[str]] = ()
    near: Sequence[Sequence[str]] = ()
    fit: str = "crop"
    transparent: int = 0
    background: str = "white"

    def json(self) -> dict[str, Any]:
        """All of it as dicts, lists, numbers and strings."""
        return asdict(self)


def points(path: str, kind: str, x: Tensor) -> Report:
    """The report on examples [N, ...] that are no pictures."""
    figures = (x.min().item(), x.max().item(), round(x.float().mean().item(), 3))
    return Report(path=path, kind=kind, count=len(x), shape=tuple(x.shape[1:]), range=figures)


def lines(report: Report, most: int = 3) -> Iterator[str]:
    """The report in words, at most `most` names for each reason."""
    yield f"{shown(Path(report.path))} ({shown(report.kind)}): {report.count:,} examples"
    if report.sizes:
        yield f"  sizes (height x width): {_counts(report.sizes)}"
        yield f"  colour modes: {_counts(report.modes)}"
    low, high, mean = report.range
    yield f"  values: {low:.4g} to {high:.4g}, mean {mean:.4g}"
    yield f"  labels: {_balance(report.classes)}" if report.classes else "  labels: none"
    if report.captions:
        yield f"  captions: {report.captions:,}"
    yield from _problems(report, most)
    for note in report.notes:
        yield f"  note: {note}"
    yield f"  trained at: {_shape(report)}"


def _problems(report: Report, most: int) -> Iterator[str]:
    for title, reasons in (("skipped", report.skipped), ("ignored", report.ignored)):
        for reason, names in reasons.items():
            yield f"  {title}: {len(names):,} ({reason}): {_names(names, most)}"
    if report.equal:
        extra = sum(len(group) - 1 for group in report.equal)
        yield f"  duplicates: {counted(extra, 'picture')} equal to another, such as {_names(report.equal[0], most)}"
    if report.near:
        pair = _names(report.near[0], most)
        yield f"  near duplicates: {counted(len(report.near), 'picture')} nearly equal to another, such as {pair}"
    if not report.skipped:
        yield "  bad files: none"


def _names(names: Sequence[str], most: int) -> str:
    return ", ".join(shown(name) for name in names[:most]) + (" ..." if len(names) > most else "")


def _counts(counts: Mapping[str, int], most: int = 5) -> str:
    parts = [f"{name} ({count:,})" for name, count in list(counts.items())[:most]]
    rest = len(counts) - len(parts)
    return ", ".join(parts) + (f" and {rest:,} others" if rest > 0 else "")


def _balance(classes: Mapping[str, int]) -> str:
    fewest, most = min(classes, key=classes.__getitem__), max(classes, key=classes.__getitem__)
    if classes[fewest] == classes[most]:
        return f"{len(classes):,} classes of {classes[most]:,} examples each"
    return (
        f"{len(classes):,} classes, from {classes[fewest]:,} ({shown(fewest)}) to {classes[most]:,} ({shown(most)}) "
        "examples each"
    )


def _shape(report: Report) -> str:
    if len(report.shape) != 3:
        return f"shape {list(report.shape)}"
    channels, height, width = report.shape
    text = f"{height} x {width}, {channels} channel{'s' if channels > 1 else ''}"
    if report.cropped >= 0.005:
        text += f"; cropping in the middle cuts off {report.cropped:.0%} of the area (--fit pad keeps it)"
    if report.enlarged:
        text += f"; {report.enlarged:,} pictures are enlarged"
    return text
