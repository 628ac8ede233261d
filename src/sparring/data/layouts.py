"""How the files of a named set are laid out for use: pictures in one zip, captions in a table."""

from __future__ import annotations

import csv
import hashlib
import heapq
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sparring.data.archives import stored_zip

__all__ = ["Files", "Layout", "described", "emoji", "icons", "loose", "openmoji", "pictures", "smiles"]

Files = Mapping[str, bytes]
Layout = Callable[[Files], Files]

TONES = dict(
    zip(
        ("1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"),
        ("light skin tone", "medium-light skin tone", "medium skin tone", "medium-dark skin tone", "dark skin tone"),
        strict=True,
    )
)


def loose(files: Files) -> Files:
    """The files as they are."""
    return files


def pictures(files: Files) -> Files:
    """`pictures.zip`."""
    return {"pictures.zip": stored_zip(files)}


def emoji(files: Files) -> Files:
    """`pictures.zip`, and `captions.csv` from the names in the `emoji.json` of the emoji-datasource packages.

    Raises:
        ValueError: The names of the pictures are not those that `emoji.json` lists.
    """
    captions: dict[str, str] = {}
    for entry in json.loads(files["emoji.json"]):
        name = entry["name"].lower()
        captions[entry["image"]] = name
        for tones, variant in entry.get("skin_variations", {}).items():
            captions[variant["image"]] = f"{name}: {', '.join(TONES[tone] for tone in tones.split('-'))}"
    shown = {name: content for name, content in files.items() if name != "emoji.json"}
    if odd := sorted(shown.keys() ^ captions.keys()):
        raise ValueError(f"{len(odd)} pictures and entries of emoji.json do not match, {odd[0]!r} among them")
    return {**pictures(shown), "captions.csv": _table(("file", "caption"), sorted(captions.items()))}


def described(files: Files) -> Files:
    """`pictures.zip`, and `captions.csv` from the annotations in OpenMoji's `openmoji.json`, by code points."""
    annotations = {_points(entry["hexcode"]): entry["annotation"] for entry in json.loads(files["openmoji.json"])}
    shown = {name: content for name, content in files.items() if name != "openmoji.json"}
    rows = [(name, annotations[_points(name.partition(".")[0])].lower()) for name in sorted(shown)]
    return {**pictures(shown), "captions.csv": _table(("file", "caption"), rows)}


def openmoji(files: Files) -> Files:
    """`drawings.zip` of color/HEX.svg and black/HEX.svg, and `captions.csv` from `openmoji.json`.

    Raises:
        ValueError: A drawing has no entry in `openmoji.json`, or the other way round.
    """
    entries: list[dict[str, Any]] = sorted(json.loads(files["openmoji.json"]), key=lambda entry: entry["hexcode"])
    drawings = {name: content for name, content in files.items() if name != "openmoji.json"}
    listed = {f"{look}/{entry['hexcode']}.svg" for entry in entries for look in ("color", "black")}
    if odd := sorted(listed ^ drawings.keys()):
        raise ValueError(f"{len(odd)} drawings and entries of openmoji.json do not match, {odd[0]!r} among them")
    fields = ("hexcode", "annotation", "tags", "openmoji_tags", "group", "subgroups", "skintone")
    table = _table(("file", "caption", *fields[2:]), ([entry[field] for field in fields] for entry in entries))
    return {"drawings.zip": stored_zip(drawings), "captions.csv": table}


def icons(files: Files) -> Files:
    """`drawings.zip` of filled/NAME.svg and outline/NAME.svg for the icons that come both ways, and `captions.csv`."""
    names = sorted(name.removesuffix(".svg") for name in files if name.replace(".svg", "-outline.svg") in files)
    drawings = {f"filled/{name}.svg": files[f"{name}.svg"] for name in names}
    drawings |= {f"outline/{name}.svg": files[f"{name}-outline.svg"] for name in names}
    rows = [(name, name.replace("-", " ")) for name in names]
    return {"drawings.zip": stored_zip(drawings), "captions.csv": _table(("file", "caption"), rows)}


def smiles(files: Files) -> Files:
    """The tables, and strings of two of them: 50,000 to train on, `molecules.txt`, and 10,000 to test, `fresh.txt`.

    These are the ones whose SHA-256 is least, in its order: a choice that anybody can make again, in any language.
    """
    parts = {"molecules.txt": ("train.csv", 50_000), "fresh.txt": ("test.csv", 10_000)}
    return {**files, **{name: _least(files[table], count) for name, (table, count) in parts.items()}}


def _least(table: bytes, count: int) -> bytes:
    """The lines with the least SHA-256 below the head of a table of one column."""
    lines = table.split()[1:]
    return b"".join(line + b"\n" for line in heapq.nsmallest(count, lines, lambda line: hashlib.sha256(line).digest()))


def _points(code: str) -> tuple[int, ...]:
    """Code points without the ones that some sets leave out of names: a variation selector, and the end of tags."""
    points = (int(part, 16) for part in code.replace("_", "-").split("-"))
    return tuple(point for point in points if point not in {0xFE0F, 0xE007F})


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([columns, *rows])
    return text.getvalue().encode()
