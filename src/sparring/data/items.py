"""Pictures in a data set of a program, each decoded by it when it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from sparring.data.listing import Labels, Listing, numbered
from sparring.data.picture import BadPictureError, Header
from sparring.data.pixels import upright

__all__ = ["Items"]

_LABELS, _CAPTIONS = ("label", "labels", "class", "category", "target", "fine_label"), ("caption", "text", "prompt")


@dataclass(frozen=True, kw_only=True)
class Items(Listing):
    """Pictures by number.

    Attributes:
        picture: Gives one.
    """

    picture: Callable[[int], Any]

    def header(self, i: int) -> Header:
        """What the picture is like; its pixels are its content."""
        image = self._picture(i)
        if min(image.size) < 2:
            raise BadPictureError("a side of one pixel")
        content = repr((image.mode, image.size)).encode() + image.tobytes()
        size = (image.height, image.width)
        return Header(image.mode, size, image.has_transparency_data, hashlib.sha256(content).hexdigest())

    def image(self, i: int, size: tuple[int, int]) -> Image.Image:
        """Decodes."""
        return self._picture(i, max(size))

    def _picture(self, i: int, side: int | None = None) -> Image.Image:
        image = self.picture(i)
        if not isinstance(image, Image.Image):
            raise BadPictureError(f"not a picture of bytes but a {type(image).__name__}")
        return upright(image.copy(), self.limits, side)  # a copy, since the data set may keep its own

    @classmethod
    def of_pairs(cls, data: Any) -> Items:
        """Of a data set of pictures, or of pairs of a picture and a label."""
        paired = isinstance(data[0], tuple | list) and len(data[0]) > 1
        labels = Labels(*Labels.of([str(_plain(data[i][1])) for i in range(len(data))])) if paired else Labels()
        single = isinstance(data[0], Image.Image)
        return cls(**_about(data), labels=labels, picture=lambda i: data[i] if single else data[i][0])

    @classmethod
    def of_table(cls, data: Any) -> Items:
        """Of a data set of Hugging Face.

        Raises:
            TypeError: The column gives no pictures.
        ValueError: It has no column of pictures, or several.
        """
        kinds = {name: type(data.features[name]).__name__ for name in data.column_names}
        columns = [name for name, kind in kinds.items() if kind == "Image"]
        if len(columns) != 1 or not len(data):
            raise ValueError(
                f"the data set of {len(data)} rows has the columns {kinds}; expected rows and one column of type "
                "Image: use its select_columns and cast_column"
            )
        (column,) = columns
        if not isinstance(first := data[0][column], Image.Image):
            raise TypeError(
                f"the column {column!r} gives a {type(first).__name__}; expected PIL pictures: write "
                "open_data(data.with_format(None))"
            )
        return cls(**_about(data), labels=_labels(data, kinds), picture=lambda i: data[i][column])


def _about(data: Any) -> dict[str, Any]:
    """What every listing is told; without a stamp, since nobody knows when such data change."""
    kind = type(data).__name__
    return {"path": Path(kind), "kind": "given in Python", "names": numbered(len(data)), "stamp": ""}


def _labels(data: Any, kinds: dict[str, str]) -> Labels:
    """Labels and captions of the columns that are called so."""
    label = _first(kinds, lambda name: kinds[name] == "ClassLabel") or _first(kinds, lambda name: name in _LABELS)
    caption = _first(kinds, lambda name: name in _CAPTIONS)
    captions = [str(text) for text in data[caption]] if caption else []
    if label is None:
        return Labels(captions=captions)
    values = list(data[label])
    if not all(value is not None and value != -1 for value in values):  # as where they are kept secret
        return Labels(captions=captions)
    if names := getattr(data.features[label], "names", None):
        return Labels([int(value) for value in values], list(names), captions)
    return Labels(*Labels.of([str(value) for value in values]), captions)


def _first(names: Sequence[str] | dict[str, str], wanted: Callable[[str], bool]) -> str | None:
    return next(filter(wanted, names), None)


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label
