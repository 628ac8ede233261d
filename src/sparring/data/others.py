"""Folders as other tools lay them out: parts for testing, shards, domains, and notes on boxes and masks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sparring.data.listing import shown

__all__ = ["are_shards", "container", "domains", "explained", "refuse_parts", "side_by_side"]

_TAIL = r"([-_ ]?(set|data|images?|imgs?)|[-_ ]?[ab]|[-_]?(1|\d{4}))?"
_TRAIN = re.compile(f"train(ing)?{_TAIL}", re.IGNORECASE)
_TEST = re.compile(f"(test(ing)?|val(id(ation)?)?|dev|eval(uation)?){_TAIL}", re.IGNORECASE)
_IMAGES = re.compile("images?|imgs?|jpegimages", re.IGNORECASE)
_MASKS = re.compile("masks?|labels?|annotations?|gt|ground[-_ ]?truth|segmentation(class|object)?", re.IGNORECASE)

_PARTS = (
    (_TRAIN, _TEST, "pictures for testing are not trained on"),
    (_IMAGES, _MASKS, "masks are not trained on"),
)
"""Folders to train on, those beside them that are not, and why."""

_FORMATS = {
    re.compile(pattern, re.IGNORECASE): what
    for pattern, what in {
        r"(.*/)?(labels|annotations)/(.*/)?[^/]*\.txt|(.*/)?(data|dataset)\.ya?ml": "boxes, as YOLO has them,",
        r"(.*/)?((instances|captions|person_keypoints|panoptic)_[^/]*|[^/]*coco)\.json": "COCO's annotations",
        r"(.*/)?annotations/(.*/)?[^/]*\.xml": "Pascal VOC's annotations",
        r"[^/]*\.(xlsx?|ods|numbers)": "workbooks",
    }.items()
}
"""Files of other tools, and what they are."""

_CONTAINERS = {
    ".arrow": "In Python write open_data(datasets.load_from_disk(FOLDER))",
    ".parquet": "If the pictures are in it, in Python write open_data(datasets.load_dataset('parquet', "
    "data_files=FILE, split='train'))",
    ".mdb": "It is an LMDB: write its pictures to a folder first",
    ".tfrecord": "It is TensorFlow's: write its pictures to a folder first",
}
"""Files that hold pictures and are not read, and what to do."""


def refuse_parts(path: Path, names: Sequence[str]) -> None:
    """Refuses pictures for testing, or masks, among others.

    Raises:
        ValueError: Which folder to give instead.
    """
    for folder, entries in _entries(names).items():
        for wanted, unwanted, reason in _PARTS:
            apart = {entry for entry in entries if unwanted.fullmatch(entry)}
            good = sorted(entry for entry in entries - apart if wanted.fullmatch(entry))
            if apart and (good or (unwanted is _TEST and len(entries) > 1)):
                here, parts = path / folder, sorted(filter(None, entries))
                give = f"give the one to train on, such as {shown(here / good[0])}" if good else ""
                move = f"move {shown(min(apart))} elsewhere, or give it another name"
                raise ValueError(f"{shown(here)!r} holds the parts {parts}, and {reason}: {give or move}")


def _entries(names: Sequence[str]) -> Mapping[str, set[str]]:
    """The folders in each folder, "" standing for pictures."""
    entries: defaultdict[str, set[str]] = defaultdict(set)
    for folder in {name.rpartition("/")[0] for name in names}:
        entries[folder].add("")
        parts = folder.split("/") if folder else []
        for depth, part in enumerate(parts):
            entries["/".join(parts[:depth])].add(part)
    return entries


def are_shards(parts: Sequence[Sequence[str]]) -> bool:
    """Whether folders only split a numbered set: 00000/img00000012.png of StyleGAN, 01000/01012.png of FFHQ.

    Args:
        parts: Folders and name of each picture.
    """
    return all(len(part) == 2 and _in_shard(*part) for part in parts)


def _in_shard(folder: str, name: str) -> bool:
    number = re.match(r"(?:img)?(\d+)\.", name)
    if not number or not re.fullmatch(r"\d{5}", folder):
        return False
    thousand = folder.endswith("000") and len(number[1]) == 5 and number[1].startswith(folder[:2])
    return thousand or (len(number[1]) > 5 and number[1].startswith(folder))


def domains(folders: Collection[str]) -> list[str]:
    """A note on CycleGAN's folders, which become classes."""
    if sorted(folders) != ["trainA", "trainB"]:
        return []
    return ["trainA and trainB, two domains as CycleGAN has them, are two classes: to train on one, give its folder"]


def explained(files: Sequence[str]) -> list[str]:
    """Notes on files of other tools, which are not read."""
    found = {what: [name for name in files if pattern.fullmatch(name)] for pattern, what in _FORMATS.items()}
    todo = "for labels put a CSV with the columns file and label beside the pictures"
    return [f"{what} are not read ({shown(min(names))}): {todo}" for what, names in found.items() if names]


def container(files: Sequence[str]) -> str:
    """What to do with files that hold pictures in a way that is not read; "" if there are none."""
    return next((todo for ending, todo in _CONTAINERS.items() for name in files if name.lower().endswith(ending)), "")


def side_by_side(sizes: Collection[tuple[int, int]]) -> list[str]:
    """A note if all pictures [height, width] are twice as wide as high, as the pairs of pix2pix are."""
    what = (
        "all pictures are twice as wide as high: if each is a pair side by side, as pix2pix has them, cut them in two"
    )
    return [what] if all(width == 2 * height for height, width in sizes) else []
