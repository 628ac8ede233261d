"""Prepared pictures in the cache: decoded, of one shape, one after the other in a file.

pictures.bin   bytes [N, C, H, W]
partners.bin   the same of what they are paired with, if anything
labels.npy     int64 [N], if there are labels
about.json     the report, names of classes, captions, and the SHA-256 of pictures and labels
seal.json      the SHA-256 of each chunk of these files, checked whenever they are opened
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import shutil
import warnings
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sparring.data import cache, duplicates, memory, others, rows, seals
from sparring.data.listing import Labels, Listing, shown
from sparring.data.parallel import parallel
from sparring.data.picture import BadPictureError, Header, Target
from sparring.data.preparation import Preparation
from sparring.data.report import Report
from sparring.data.source import InMemory
from sparring.machine import devices
from sparring.machine.files import read_npy
from sparring.machine.plain import read_json
from sparring.machine.typed import fits, sound

__all__ = ["VERSION", "digest_of", "load", "make"]

VERSION = 4
"""Raised whenever the same pictures would be prepared otherwise, or more is told of them."""

OWN_SIZE, FALLBACK = 128, (64, 64)
"""The largest side at which pictures keep their own size, and the size they get instead."""

_AHEAD = 2**22
"""Bytes of a block of decoded pictures; a few blocks a thread wait to be written."""

_WAITING = 2**27
"""Bytes of all blocks that wait, but for the two that always may."""

_WORKING = 12
"""Bytes a pixel while a picture is made alike."""


def digest_of(*facts: object) -> str:
    """SHA-256 of plain values."""
    return hashlib.sha256(repr(facts).encode("utf-8", "surrogatepass")).hexdigest()


def load(entry: Path, found: Listing) -> InMemory | None:
    """An entry of the cache, as pictures found at a path; None if it is not there, not whole or another user's."""
    if not seals.whole(entry):
        return None
    try:
        about = read_json(entry.joinpath("about.json").read_bytes())
        tuples = {name: tuple(about["report"][name]) for name in ("shape", "range")}
        report = Report(**{**about["report"], **tuples})
        x, partners = (_mapped(entry / f"{part}.bin", report.shape) for part in ("pictures", "partners"))
        y = torch.from_numpy(read_npy(entry / "labels.npy")) if about["classes"] else partners
        named = {name: about[name] for name in ("classes", "captions", "sha256")}
        texts = fits(Sequence[str], named["classes"]) and fits(Sequence[str], named["captions"])
        if (
            x is None
            or not texts
            or not sound(report)
            or len(x) != report.count
            or about["paired"] != (partners is not None)
        ):
            return None
        here = dataclasses.replace(report, path=str(found.path), kind=found.kind, ignored=found.ignored)
        data = InMemory(x, y, **named, report=here)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - NumPy raises almost anything on what is broken
        return None
    data.fresh = found.fresh
    return data


def _mapped(file: Path, shape: Sequence[int]) -> Tensor | None:
    """The bytes of a file as a tensor [N, ...], read when they are looked at; None without the file."""
    if not file.exists():
        return None
    # Copy on write, because torch has no tensors that cannot be written to.
    return torch.from_numpy(np.memmap(file, np.uint8, mode="c").reshape(-1, *shape))


def make(found: Listing, preparation: Preparation) -> Path:
    """Decodes pictures into the cache, unless the same content is there; returns the entry.

    Raises:
        ValueError: More than half of the pictures are bad, or fewer than two are good.
        OSError: The cache cannot be written.
    """
    headers = list(parallel(found.header, range(len(found.names)), "reading", BadPictureError))
    bad = {i: str(header) for i, header in enumerate(headers) if isinstance(header, BadPictureError)}
    good = {i: header for i, header in enumerate(headers) if isinstance(header, Header)}
    _check(found, len(good), bad)
    target = _target(preparation, list(good.values()))
    facts = [(name, good[i].digest if i in good else bad[i]) for i, name in enumerate(found.names)]
    labels = found.labels
    told = [found.skipped, list(found.notes), list(labels.y), list(labels.classes), list(labels.captions)]
    key = digest_of(VERSION, target, found.limits, facts, told)
    entry = cache.place(cache.home() / "prepared" / key)
    if load(entry, found) is None:
        if seals.broken(entry):
            warnings.warn(
                f"the pictures in the cache were damaged or changed ({str(entry)!r}): made again", stacklevel=2
            )
        shutil.rmtree(entry, ignore_errors=True)
        with cache.staged(entry) as folder:
            _decode(found, good, bad, target, folder)
            seals.seal(folder, key)
    return entry


def _check(found: Listing, good: int, bad: Mapping[int, str]) -> None:
    """Refuses a listing with too many bad pictures or too few good ones."""
    reasons = " and ".join(
        f"{len(names)} ({reason}, {shown(names[0])!r} first)" for reason, names in _skipped(found, bad).items()
    )
    if len(bad) > good:
        raise ValueError(
            f"{len(bad)} of the {good + len(bad)} pictures in {shown(found.path)!r} cannot be used, more than half: "
            f"{reasons}; repair or remove them"
        )
    if good < 2:
        raise ValueError(
            f"{shown(found.path)!r} holds only one picture that can be used"
            f"{f', {reasons} cannot' if reasons else ''}; expected at least 2, and better hundreds: add more"
        )


def _skipped(found: Listing, bad: Mapping[int, str]) -> dict[str, list[str]]:
    reasons = defaultdict(list, {reason: list(names) for reason, names in found.skipped.items()})
    for i, reason in sorted(bad.items()):
        reasons[reason].append(found.names[i])
    return dict(reasons)


def _target(preparation: Preparation, headers: Sequence[Header]) -> Target:
    """The shape at which pictures with these headers are trained on."""
    sizes = {header.size for header in headers}
    own = next(iter(sizes)) if len(sizes) == 1 else None
    wanted = (preparation.size[0], preparation.size[-1]) if preparation.size else None
    size = wanted or (own if own and max(own) <= OWN_SIZE else FALLBACK)
    grey = preparation.colour == "grey" or (preparation.colour == "auto" and all(header.grey for header in headers))
    mode = ("L" if grey else "RGB") + ("A" if preparation.alpha == "keep" else "")
    return Target(mode, size, preparation.fit, preparation.background())


def _decode(found: Listing, good: Mapping[int, Header], bad: dict[int, str], target: Target, folder: Path) -> None:
    """Fills an entry."""
    size = math.prod(target.shape)
    block = max(1, min(64, _AHEAD // size))
    ahead = max(2, min(3 * devices.cores(), _WAITING // (block * size)))

    def decode(i: int) -> rows.Row:
        with memory.reserved(good[i].memory + _WORKING * math.prod(target.size)):
            return rows.row(found, i, target)

    with rows.Writer(folder) as writer:
        decoded = parallel(decode, list(good), "decoding", BadPictureError, block, ahead=ahead)
        for i, one in zip(good, decoded, strict=True):
            if isinstance(one, BadPictureError):
                bad[i] = str(one)
            else:
                writer.add(i, one)
    _check(found, len(writer.kept), bad)
    labels = found.labels
    y = [labels.y[i] for i in writer.kept] if labels.y else []
    if y:
        np.save(folder / "labels.npy", np.asarray(y, np.int64))
    captions = [labels.captions[i] for i in writer.kept] if labels.captions else []
    report = _report(found, {i: good[i] for i in writer.kept}, bad, target, writer)
    digest = digest_of(target.shape, writer.sha256.hexdigest(), y)
    about = {
        "report": report.json(),
        "paired": "partners" in writer.files,
        "classes": list(labels.classes),
        "captions": captions,
        "sha256": digest,
    }
    folder.joinpath("about.json").write_text(json.dumps(about))


def _report(
    found: Listing, headers: Mapping[int, Header], bad: Mapping[int, str], target: Target, writer: rows.Writer
) -> Report:
    """What is known after decoding."""
    names = [found.names[i] for i in writer.kept]
    groups = duplicates.equal(writer.digests)
    again = {i for group in groups for i in group[1:]}
    single = [i for i in range(len(names)) if i not in again]
    pairs = duplicates.near(torch.from_numpy(np.stack([writer.thumbnails[i] for i in single])))
    sizes = Counter(header.size for header in headers.values())
    return Report(
        path=str(found.path),
        kind=found.kind,
        count=len(names),
        shape=target.shape,
        range=(writer.low, writer.high, round(writer.mean, 3)),
        sizes={f"{height} x {width}": count for (height, width), count in sizes.most_common()},
        modes=dict(Counter(header.mode for header in headers.values()).most_common()),
        cropped=_cropped(sizes, target) if target.fit == "crop" else 0.0,
        enlarged=sum(n for size, n in sizes.items() if size[0] < target.size[0] or size[1] < target.size[1]),
        classes=_per_class(found.labels, writer.kept),
        captions=len(names) if found.labels.captions else 0,
        skipped=_skipped(found, bad),
        ignored=found.ignored,
        notes=[*found.notes, *_said(found), *_notes(headers, target, writer)],
        equal=[[names[i] for i in group] for group in groups],
        near=[[names[single[i]], names[single[j]]] for i, j in pairs],
        fit=target.fit,
        transparent=_covered(headers, target),
        background=target.behind,
    )


def _covered(headers: Mapping[int, Header], target: Target) -> int:
    """How many pictures have transparent parts that are put on a colour."""
    return 0 if target.mode.endswith("A") else sum(header.alpha for header in headers.values())


def _cropped(sizes: Mapping[tuple[int, int], int], target: Target) -> float:
    """The share of the area outside of the largest part that has the target's shape, a mean over pictures."""
    shape = target.size[0] / target.size[1]
    lost = sum(n * (1 - min(h / w / shape, shape * w / h)) for (h, w), n in sizes.items())
    return lost / sum(sizes.values())


def _per_class(labels: Labels, kept: Sequence[int]) -> dict[str, int]:
    counts = Counter(labels.y[i] for i in kept) if labels.y else Counter()
    return {name: counts[k] for k, name in enumerate(labels.classes)}


def _said(found: Listing) -> list[str]:
    """What somebody said of the pictures' values."""
    return [f"{found.limits[0]:g} is taken as black, {found.limits[1]:g} as white (--range)"] if found.limits else []


def _notes(headers: Mapping[int, Header], target: Target, writer: rows.Writer) -> list[str]:
    odd = Counter(note for header in headers.values() for note in header.note.split("; ") if note)
    notes = [f"{count:,} pictures {note}" for note, count in odd.most_common()]
    notes += others.side_by_side({header.size for header in headers.values()})
    if count := _covered(headers, target):
        notes.append(f"{count:,} pictures have transparent parts, put on {target.behind} (--alpha COLOUR, or keep)")
    notes += [note for values in writer.values.values() if (note := values.note())]
    if target.mode.startswith("RGB") and not writer.coloured:
        notes.append("stored in colour, but all grey: --colour grey is three times smaller")
    return notes
