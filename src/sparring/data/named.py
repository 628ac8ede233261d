"""Data that have a name: what ships with the package, toys, and sets that `sparring data get` fetched."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from sparring import data
from sparring.data import fetching
from sparring.data.sets import SETS
from sparring.machine.words import shown

if TYPE_CHECKING:
    from sparring.data.listing import Listing
    from sparring.data.source import InMemory

    Found = Listing | InMemory

__all__ = ["NAMED", "Named", "absolute"]

TOYS = ("ring", "grid", "swiss-roll", "parallel-lines", "gaussians")
"""The keys of `toys.TOYS`, which takes torch to be imported."""


@dataclass(frozen=True)
class Named:
    """Data with a name.

    Attributes:
        title: What they are.
        read: Opens them, with labels as in `Preparation`; where a set has to be fetched, given its folder.
        fetched: The set to fetch.
    """

    title: str
    read: Callable[[str, Path], Found]
    fetched: str = ""

    def open(self, labels: str = "auto") -> Found:
        """Opens them.

        Raises:
            FileNotFoundError: They have not been fetched.
        """
        return self.read(labels, fetching.fetched(self.fetched) if self.fetched else Path())


def _embedded(labels: str, _: Path) -> Found:
    pictures, name = data.embedded.fashion_mnist(), "fashion-mnist-10k"
    assert pictures.y is not None
    y = None if labels == "none" else pictures.y.numpy()
    classes = () if y is None else data.embedded.FASHION_CLASSES
    listing = data.arrays.of_array(Path(name), name, pictures.x.squeeze(1).numpy(), y, classes)
    stamped = data.listing.stamp([Path(str(files("sparring.data") / "fashion_mnist.npz"))])
    fresh = partial(data.embedded.fashion_mnist, "held_out")
    return dataclasses.replace(listing, kind="ships with sparring", stamp=stamped, fresh=fresh)


def _toy(name: str, labels: str, _: Path) -> Found:
    found = data.toys.toy(name)
    found.report = data.report.points(name, "toy data", found.x)
    return found


def _penguins(labels: str, _: Path) -> Found:
    return data.spreadsheet.penguins()


def _series(name: str, labels: str, _: Path) -> Found:
    return data.series.named(name)


def _mnist(labels: str, folder: Path) -> Listing:
    return data.idx.read_idx(folder / "train-images-idx3-ubyte", labels)


def _garments(labels: str, folder: Path) -> Found:
    listing = _mnist(labels, folder)
    known = data.listing.Labels(listing.labels.y, data.embedded.FASHION_CLASSES)
    return dataclasses.replace(listing, labels=known) if known.y else listing


def _pictures(labels: str, folder: Path) -> Found:
    table = folder / "captions.csv"
    return data.archive.read_archive(
        folder / "pictures.zip", str(table) if labels == "auto" and table.exists() else labels
    )


def _drawings(
    looks: tuple[str, ...], size: int, keep: Callable[[Mapping[str, str]], bool], labels: str, folder: Path
) -> Found:
    rows = _captions(folder, keep)
    listing = data.drawings.read_drawings(folder / "drawings.zip", rows, looks, (size, size))
    return dataclasses.replace(listing, labels=data.listing.Labels()) if labels == "none" else listing


def _captions(folder: Path, keep: Callable[[Mapping[str, str]], bool]) -> list[tuple[str, str]]:
    """Names and captions of the rows to keep."""
    try:
        table = csv.DictReader(io.StringIO(folder.joinpath("captions.csv").read_text(encoding="utf-8")))
        return [(str(row["file"]), str(row["caption"])) for row in table if keep(row)]
    except (ValueError, csv.Error, KeyError, TypeError) as error:
        raise ValueError(
            f"{shown(folder / 'captions.csv')!r} is damaged: remove its folder, and get the set again"
        ) from error


def _plain(row: Mapping[str, str]) -> bool:
    """No flag, and no skin tone but the yellow of all: the others are nearly the same again."""
    return not row["skintone"] and "flags" not in row["group"]


def _words(labels: str, folder: Path) -> Found:
    return data.strings.captions(caption for _, caption in _captions(folder, _plain))


def _molecules(labels: str, folder: Path) -> Found:
    return data.strings.molecules(folder)


def _stacked(labels: str, folder: Path) -> Found:
    import torch

    both = [data.digits.read(folder, part) for part in ("train", "t10k")]
    x, y = (torch.cat(parts) for parts in zip(*both, strict=True))
    found = data.digits.stacked(x, y)
    report = data.report.points("stacked-mnist", "three digits as colours, drawn from all 70,000", found.x)
    known = None if labels == "none" else found.y
    return data.source.InMemory(found.x, known, report=report, name="stacked-mnist")


def _moving(labels: str, folder: Path) -> Found:
    x = data.digits.moving_digits(data.digits.read(folder, "train")[0], 2000)
    return data.source.InMemory(x, report=data.report.points("moving-digits", "videos [T, C, H, W]", x))


_MOJI, _ICONS, _ALL = ("color", "black"), ("filled", "outline"), bool

NAMED: Mapping[str, Named] = {
    "fashion-mnist-10k": Named("10,000 of Fashion-MNIST's training pictures; ships with sparring", _embedded),
    **{name: Named("toy points [N, 2]", partial(_toy, name)) for name in TOYS},
    "penguins": Named("342 rows of a table; ships with sparring", _penguins),
    "sines": Named("10,000 windows of two sines: 24 steps, random frequency and phase", partial(_series, "sines")),
    "seattle-weather": Named(
        "windows of 24 days: rain, highest and lowest temperature, wind",
        partial(_series, "seattle-weather"),
        "seattle-weather",
    ),
    "mnist": Named("60,000 handwritten digits, 28 x 28, 10 classes", _mnist, "mnist"),
    "fashion-mnist": Named("60,000 garments, 28 x 28, 10 classes", _garments, "fashion-mnist"),
    "stacked-mnist": Named("128,000 triples of digits, a thousand modes", _stacked, "mnist"),
    "moving-digits": Named("2,000 videos of two digits that bounce", _moving, "mnist"),
    "openmoji": Named(
        "OpenMoji in colour with captions, without skin tones and flags",
        partial(_drawings, _MOJI[:1], 72, _plain),
        "openmoji",
    ),
    "openmoji-pairs": Named(
        "the same, each paired with its outline", partial(_drawings, _MOJI, 72, _plain), "openmoji"
    ),
    "openmoji-captions": Named("its captions alone, as sequences of words", _words, "openmoji"),
    "smiles": Named("50,000 molecules as SMILES strings, at most 54 characters", _molecules, "smiles"),
    "icons": Named("Material icons with captions", partial(_drawings, _ICONS[:1], 24, _ALL), "icons"),
    "icons-pairs": Named("the same, each paired with its outline", partial(_drawings, _ICONS, 24, _ALL), "icons"),
    **{
        name: Named(SETS[name].title, _pictures, name)
        for name in ("emoji-noto", "emoji-twitter", "fluent-3d", "photographs")
        if name in SETS
    },
}
"""Everything that `open_data` opens by name."""


def absolute(path: str) -> str:
    """A path that means the same in any folder. A name is always the set; `./name` is a folder of that name."""
    return path if path in NAMED else str(Path(path).absolute())
