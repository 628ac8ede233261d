"""Sets of examples made alike, to be compared: pictures keep their size, or somebody says to which they are resized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sparring.data import readers
from sparring.data.listing import shown
from sparring.data.opening import open_data
from sparring.data.parallel import parallel
from sparring.data.picture import BadPictureError, Header
from sparring.data.preparation import Preparation
from sparring.data.source import InMemory

__all__ = ["Looks", "changes", "looks", "open_alike"]

Size = tuple[int, int]


@dataclass(frozen=True)
class Looks:
    """What pictures are like before anything is done to them.

    Attributes:
        sizes: How many there are of each height and width, most frequent first.
        grey: Whether all are stored without colour.
    """

    sizes: Mapping[Size, int]
    grey: bool

    def __str__(self) -> str:
        return _counted({f"{height} x {width}": count for (height, width), count in self.sizes.items()})


def looks(path: str | Path) -> Looks | None:
    """What the pictures at a path are like; None where examples are used as they are, such as points.

    Raises:
        FileNotFoundError: There is nothing.
        ValueError: It cannot be read.
    """
    found = readers.read(path, "none")
    if isinstance(found, InMemory):
        return None
    headers = parallel(found.header, range(len(found.names)), "reading", BadPictureError)
    good = [header for header in headers if isinstance(header, Header)]
    sizes = Counter(header.size for header in good)
    return Looks(dict(sizes.most_common()), all(header.grey for header in good))


def open_alike(paths: Sequence[str | Path], size: tuple[int, ...] = ()) -> list[InMemory]:
    """Sets of pictures of one size and colour, or of other examples as they are.

    Pictures are grey only where all sets are. Transparent parts are put on white.

    Args:
        paths: Where the sets are.
        size: Height and width to which pictures are resized; none keeps their own.

    Raises:
        FileNotFoundError: One of them is not there.
        ValueError: The pictures are of unlike sizes, and no size is given.
    """
    found = {path: looks(path) for path in paths}
    pictures = {path: one for path, one in found.items() if one is not None}
    if size and not pictures:
        raise ValueError(f"--size is {' '.join(map(str, size))}, but there are no pictures: leave it out")
    wanted = size or _common(pictures)
    grey = all(one.grey for one in pictures.values())
    preparation = Preparation(size=wanted or None, colour="grey" if grey else "colour", labels="none")
    plain = Preparation(labels="none")
    return [open_data(path, preparation if path in pictures else plain) for path in paths]


def _common(pictures: Mapping[str | Path, Looks]) -> tuple[int, ...]:
    """The size of all pictures; none without pictures."""
    sizes = {size for one in pictures.values() for size in one.sizes}
    if len(sizes) > 1:
        told = "; ".join(f"{shown(Path(path))!r} has {one}" for path, one in pictures.items())
        raise ValueError(
            f"the pictures have different sizes ({told}): crop and resize all of them, for example with --size 64"
        )
    return next(iter(sizes), ())


def changes(data: InMemory) -> str:
    """What was done to pictures of another size or colour, or with transparent parts, in words; "" if nothing was."""
    report = data.report
    if report is None or not report.sizes:
        return ""
    to = " x ".join(map(str, report.shape[-2:]))
    others = {size: count for size, count in report.sizes.items() if size != to}
    coloured = sum(count for mode, count in report.modes.items() if not _header(mode).grey)
    cropped = "cropped in the middle and " if report.cropped else ""
    fitted = f"{'padded and ' if report.fit == 'pad' else cropped}resized"
    said = [f"{_counted(others)} {fitted} to {to} (Lanczos)"] if others else []
    if report.shape[0] < 3 and coloured:
        said.append(f"{coloured:,} in colour made grey")
    if report.transparent:
        said.append(f"transparent parts of {report.transparent:,} put on {report.background}")
    return ", ".join(said)


def _header(mode: str) -> Header:
    return Header(mode, (1, 1), alpha=False, digest="")


def _counted(counts: Mapping[str, int], most: int = 3) -> str:
    """Sizes, and how many pictures have each."""
    few = [f"{count:,} of {size}" for size, count in list(counts.items())[:most]]
    rest = sum(list(counts.values())[most:])
    return ", ".join([*few, *([f"{rest:,} of other sizes"] if rest else [])])
