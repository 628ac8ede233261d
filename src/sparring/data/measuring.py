"""Numbers that can be measured of every picture, or stand in the names of its classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from sparring.data.source import InMemory

__all__ = ["MEASURES", "aspect", "brightness", "measured", "slant"]

Measure = Callable[[Tensor], Tensor]
"""From pictures [n, C, H, W] in [-1, 1] to numbers [n]."""

_PART = 4096


def brightness(x: Tensor) -> Tensor:
    """The mean over the picture, 0 is black and 1 is white."""
    return (x.flatten(1).mean(1) + 1) / 2


def slant(x: Tensor) -> Tensor:
    """How many pixels bright parts lean to the right for each pixel up: the slope of the regression of x on y."""
    _, height, both = _spread(x)
    return -both / height.clamp(min=1e-6)


def aspect(x: Tensor) -> Tensor:
    """How much wider than high bright parts are: the ratio of their deviations."""
    width, height, _ = _spread(x)
    return (width.clamp(min=1e-6) / height.clamp(min=1e-6)).sqrt()


MEASURES: Mapping[str, Measure] = {"aspect": aspect, "brightness": brightness, "slant": slant}
"""By their names."""


def _spread(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Variances of columns and of rows, and their covariance, each pixel weighing as much as it is bright, [n]."""
    weight = (x.mean(1) + 1).double()
    weight = weight / weight.sum((1, 2), keepdim=True).clamp(min=1e-9)
    rows, columns = (torch.arange(size, dtype=torch.float64) for size in weight.shape[1:])
    row = rows - (weight.sum(2) @ rows)[:, None]
    column = columns - (weight.sum(1) @ columns)[:, None]
    width, height = (weight.sum(1) * column.square()).sum(1), (weight.sum(2) * row.square()).sum(1)
    both = torch.einsum("nhw,nh,nw->n", weight, row, column)
    return width.float(), height.float(), both.float()


def measured(pictures: InMemory, names: Sequence[str]) -> Tensor:
    """Numbers [N, K] of pictures, by the names in `MEASURES`; `label` is the number that is the name of the class.

    Raises:
        ValueError: There is no such measure, or the names of the classes are no numbers.
    """
    columns = []
    for name in names:
        if name == "label":
            columns.append(_labels(pictures))
        elif name in MEASURES:
            parts = torch.split(torch.arange(len(pictures)), _PART)
            columns.append(torch.cat([MEASURES[name](pictures.examples(part)) for part in parts]))
        else:
            raise ValueError(f"there is no measure {name!r}; there are {', '.join(MEASURES)}, and label")
    return torch.stack(columns, 1)


def _labels(pictures: InMemory) -> Tensor:
    try:
        values = torch.tensor([float(name.replace(",", ".")) for name in pictures.classes])
    except ValueError:
        values = torch.zeros(0)
    y = pictures.batch().y
    if y is None or y.ndim != 1 or not len(values):
        raise ValueError(
            f"the labels are {', '.join(pictures.classes[:5]) or 'none'}; expected a number for each picture"
        )
    return values[y]
