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

import torch
from torch import Tensor

from sparring.data import digits, fetching
from sparring.data.archive import read_archive
from sparring.data.arrays import of_array
from sparring.data.drawings import read_drawings
from sparring.data.embedded import FASHION_CLASSES, fashion_mnist
from sparring.data.idx import read_idx
from sparring.data.listing import Labels, Listing, stamp
from sparring.data.report import points
from sparring.data.sets import SETS
from sparring.data.source import InMemory
from sparring.data.spreadsheet import penguins
from sparring.data.toys import TOYS, toy

__all__ = ["NAMED", "Named"]

Found = Listing | InMemory


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
        folder = fetching.find(self.fetched) if self.fetched else Path()
        if folder is None:
            raise FileNotFoundError(f"{self.fetched!r} is not here yet: sparring data get {self.fetched}")
        return self.read(labels, folder)


def _embedded(labels: str, _: Path) -> Found:
    data, name = fashion_mnist(), "fashion-mnist-10k"
    assert data.y is not None
    y = None if labels == "none" else data.y.numpy()
    listing = of_array(Path(name), name, data.x.squeeze(1).numpy(), y, () if y is None else FASHION_CLASSES)
    stamped = stamp([Path(str(files("sparring.data") / "fashion_mnist.npz"))])
    fresh = partial(fashion_mnist, "held_out")
    return dataclasses.replace(listing, kind="ships with sparring", stamp=stamped, fresh=fresh)


def _toy(name: str, labels: str, _: Path) -> Found:
    data = toy(name)
    data.report = points(name, "toy data", data.x)
    return data


def _penguins(labels: str, _: Path) -> Found:
    return penguins()


def _idx(classes: tuple[str, ...], labels: str, folder: Path) -> Found:
    listing = read_idx(folder / "train-images-idx3-ubyte", labels)
    known = listing.labels
    return dataclasses.replace(listing, labels=Labels(known.y, classes)) if known.y and classes else listing


def _pictures(labels: str, folder: Path) -> Found:
    table = folder / "captions.csv"
    return read_archive(folder / "pictures.zip", str(table) if labels == "auto" and table.exists() else labels)


def _drawings(
    looks: tuple[str, ...], size: int, keep: Callable[[Mapping[str, str]], bool], labels: str, folder: Path
) -> Found:
    table = csv.DictReader(io.StringIO(folder.joinpath("captions.csv").read_text(encoding="utf-8")))
    rows = [(row["file"], row["caption"]) for row in table if keep(row)]
    listing = read_drawings(folder / "drawings.zip", rows, looks, (size, size))
    return dataclasses.replace(listing, labels=Labels()) if labels == "none" else listing


def _plain(row: Mapping[str, str]) -> bool:
    """No flag, and no skin tone but the yellow of all: the others are nearly the same again."""
    return not row["skintone"] and "flags" not in row["group"]


def _mnist(part: str, folder: Path) -> tuple[Tensor, Tensor]:
    """Digits [N, 1, 28, 28] as bytes and labels [N] of a part, train or t10k."""
    listing = read_idx(folder / f"{part}-images-idx3-ubyte")
    return torch.from_numpy(listing.pixels.copy()).permute(0, 3, 1, 2), torch.tensor(listing.labels.y)


def _stacked(labels: str, folder: Path) -> Found:
    x, y = (torch.cat(parts) for parts in zip(*(_mnist(part, folder) for part in ("train", "t10k")), strict=True))
    data = digits.stacked(x, y)
    report = points("stacked-mnist", "three digits as colours, drawn from all 70,000", data.x)
    return InMemory(data.x, None if labels == "none" else data.y, report=report, name="stacked-mnist")


def _moving(labels: str, folder: Path) -> Found:
    x = digits.moving_digits(_mnist("train", folder)[0], 2000)
    return InMemory(x, report=points("moving-digits", "videos [T, C, H, W]", x))


_MOJI, _ICONS, _ALL = ("color", "black"), ("filled", "outline"), bool

NAMED: Mapping[str, Named] = {
    "fashion-mnist-10k": Named("10,000 of Fashion-MNIST's training pictures; ships with sparring", _embedded),
    **{name: Named("toy points [N, 2]", partial(_toy, name)) for name in TOYS},
    "penguins": Named("342 rows of a table; ships with sparring", _penguins),
    "mnist": Named("60,000 handwritten digits, 28 x 28, 10 classes", partial(_idx, ()), "mnist"),
    "fashion-mnist": Named("60,000 garments, 28 x 28, 10 classes", partial(_idx, FASHION_CLASSES), "fashion-mnist"),
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
    "icons": Named("Material icons with captions", partial(_drawings, _ICONS[:1], 24, _ALL), "icons"),
    "icons-pairs": Named("the same, each paired with its outline", partial(_drawings, _ICONS, 24, _ALL), "icons"),
    **{
        name: Named(SETS[name].title, _pictures, name)
        for name in ("emoji-noto", "emoji-twitter", "fluent-3d", "photographs")
        if name in SETS
    },
}
"""Everything that `open_data` opens by name."""
