"""Pictures of an evaluation: generated samples beside their nearest training examples, and class by class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from sparring.kinds import drawing
from sparring.looks.plots import INK, QUIET, font
from sparring.metrics.features import pair
from sparring.metrics.neighbours import nearest

if TYPE_CHECKING:
    from sparring.chance import Key
    from sparring.data.source import InMemory

__all__ = ["Neighbours", "below", "by_class", "neighbours"]

WIDTH = 720
"""Pixels across, at most: a page shows no more."""

SHOWN = 10
"""Pictures of a class."""


@dataclass(frozen=True)
class Neighbours:
    """The `k` nearest training examples of each generated sample.

    Attributes:
        index: Their places in the training data, the nearest first, [n, k].
        distance: Euclidean, in the units of the features, [n, k].
    """

    index: Tensor
    distance: Tensor

    @staticmethod
    def find(training: Tensor, generated: Tensor, k: int = 5) -> Neighbours:
        """Those of generated features [n, D] among training features [N, D], a block at a time.

        Raises:
            ValueError: There are fewer than `k` training examples, no samples, sizes differ, or values are not finite.
        """
        x, y = pair(training, generated, 1)
        if not 0 < k <= len(x):
            raise ValueError(f"got {len(x)} training examples; expected at least {k}, or a smaller k than {k}")
        squared, index = nearest(y, x, k)
        return Neighbours(index, squared.sqrt())

    def rows(self, key: Key, count: int = 5) -> tuple[Tensor, Tensor]:
        """Up to `count` samples nearest to the training examples, the nearest first, and as many random others."""
        order = self.distance[:, 0].argsort(stable=True)
        others = order[count:]
        return order[:count], others[key.permutation("rows", len(others))[:count]]


def neighbours(generated: Tensor, training: InMemory, found: Neighbours, key: Key) -> Image.Image:
    """Rows of a generated picture and, after a gap, its nearest training examples with their distances below them.

    First those samples that are nearest to the training examples, where copies would be; then samples drawn at random.

    Args:
        generated: Samples [n, C, H, W] in [-1, 1].
        training: What the generator was trained on.
        found: The nearest of these for each of those.
        key: Decides which samples are drawn at random.

    Raises:
        ValueError: There are not as many samples as have neighbours.
    """
    if len(generated) != len(found.index):
        raise ValueError(
            f"got {len(generated)} pictures and the neighbours of {len(found.index)}; expected the same number"
        )
    k = found.index.shape[1]
    parts = []
    titles = "The nearest to the training data", "Drawn at random"
    for title, rows in zip(titles, found.rows(key), strict=True):
        parts += [_words(title, 15, "Sans-Bold")] if len(rows) else []
        for row in rows.tolist():
            near = training.examples(found.index[row])
            left, right = (training.kind.row(x) for x in (generated[row][None], near))
            assert left is not None, "there is a picture of neighbours only of what can be seen in a row"
            assert right is not None
            parts.append(_neighbours(left, right, found.distance[row].tolist()))
    return _below([_words(f"Left: generated. Right: {k} nearest training pictures, with distances.", 13), *parts])


def _neighbours(left: Image.Image, right: Image.Image, distances: Sequence[float]) -> Image.Image:
    gap = left.width // 4
    row = Image.new("RGB", (left.width + gap + right.width, left.height), "white")
    row.paste(_opaque(left), (0, 0))
    row.paste(_opaque(right), (left.width + gap, 0))
    middles = [left.width + gap + right.width * (i + 0.5) / len(distances) for i in range(len(distances))]
    scale, row = min(1.0, WIDTH / row.width), _fitting(row)
    labelled = Image.new("RGB", (row.width, row.height + 16), "white")
    labelled.paste(row)
    for middle, distance in zip(middles, distances, strict=True):
        place = (middle * scale, row.height - 1)
        ImageDraw.Draw(labelled).text(place, f"{distance:.3g}", QUIET, font(12), anchor="ma")
    return labelled


def by_class(generated: Tensor, classes: Tensor, real: Tensor, names: Sequence[str]) -> Image.Image:
    """A row for each class: up to ten generated pictures of it, and its share among generated and among real pictures.

    The pictures are the first of each class, not the best: samples are in random order.

    Args:
        generated: Samples [n, C, H, W] in [-1, 1].
        classes: What each of them is of, in 0..K - 1, [n].
        real: What real pictures are of, [m].
        names: Of the K classes.

    Raises:
        ValueError: A class has no name, there are no real pictures, or not as many classes as samples.
    """
    if len(classes) != len(generated) or not len(real) or not len(classes):
        raise ValueError(
            f"got {len(generated)} pictures, {len(classes)} classes of them and {len(real)} of real pictures; expected "
            "one for each picture, and 1 or more of both"
        )
    if int(max(classes.max(), real.max())) >= len(names) or int(min(classes.min(), real.min())) < 0:
        raise ValueError(f"classes are not all in 0..{len(names) - 1}, those of the {len(names)} names")
    parts = []
    for i, name in enumerate(names):
        ours, theirs = ((part == i).double().mean().item() for part in (classes, real))
        parts.append(_words(f"{_short(name)}: {ours:.1%} of generated, {theirs:.1%} of real", 14))
        shown = generated[classes == i][:SHOWN]
        parts += [_fitting(_opaque(drawing.grid(_padded(shown), SHOWN)))] if len(shown) else []
    return _below(parts)


def _padded(x: Tensor) -> Tensor:
    """Followed by white pictures up to ten, so that all rows are of one scale."""
    return torch.cat([x, x.new_ones(SHOWN - len(x), *x.shape[1:])])


def _words(text: str, size: int, style: str = "Sans") -> Image.Image:
    """A line of text with some room above it."""
    letters = font(size, style)
    line = Image.new("RGB", (min(WIDTH, round(letters.getlength(text)) + 8), round(2 * size)), "white")
    ImageDraw.Draw(line).text((4, 1.8 * size), text, INK, letters, anchor="ld")
    return line


def _opaque(image: Image.Image) -> Image.Image:
    """In colour, on white where it is transparent."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _fitting(image: Image.Image) -> Image.Image:
    """Not wider than `WIDTH`."""
    height = round(image.height * WIDTH / image.width)
    return image if image.width <= WIDTH else image.resize((WIDTH, height), Image.Resampling.LANCZOS)


def below(rows: Iterable[tuple[str, Image.Image]]) -> Image.Image:
    """Pictures, each below its name, one below the other."""
    return _below([part for name, image in rows for part in (_words(_short(name), 14), _fitting(_opaque(image)))])


def _short(name: str) -> str:
    """In one line, of at most 32 letters."""
    line = " ".join(name.split())
    return line if len(line) <= 32 else f"{line[:31]}…"


def _below(parts: Sequence[Image.Image]) -> Image.Image:
    """One below the other."""
    sheet = Image.new("RGB", (max(part.width for part in parts), sum(part.height for part in parts) + 8), "white")
    top = 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    return sheet
