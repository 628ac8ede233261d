"""Conditional generators: how varied the outputs for one condition are, and whether they are what was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from sparring.metrics.features import checked, pair
from sparring.metrics.wilson import wilson

__all__ = ["Diversity", "Fidelity", "diversity", "fidelity", "mean_distance"]

BLOCK = 2**22


def mean_distance(x: Tensor) -> float:
    """The mean Euclidean distance of all pairs of different samples [n, ...], in their units.

    0 where all are the same. Its expectation does not depend on n.

    Raises:
        ValueError: There are fewer than 2, or values are not finite.
    """
    x = checked(x, "given")
    exact = "donot_use_mm_for_euclid_dist"  # the other way finds small distances between twins
    blocks = torch.split(x, max(1, BLOCK // len(x)))
    total: float = sum(torch.cdist(rows, x, compute_mode=exact).sum().item() for rows in blocks)
    return total / (len(x) * (len(x) - 1))


@dataclass(frozen=True)
class Diversity:
    """What `diversity` found.

    Attributes:
        generated: The mean distance of two outputs, by condition.
        real: The mean distance of two real samples, by condition.
    """

    generated: Mapping[int, float]
    real: Mapping[int, float]

    @property
    def ratios(self) -> dict[int, float]:
        """Generated over real, by condition: 1 is right, 0 means one output for the condition."""
        return {label: self.generated[label] / self.real[label] for label in self.real}

    @property
    def ratio(self) -> float:
        """The mean of the ratios."""
        return sum(self.ratios.values()) / len(self.real)


def diversity(real: Tensor, labels: Tensor, generated: Tensor, asked: Tensor) -> Diversity:
    """Compares the spread of outputs for each condition that was asked with that of the data's own class.

    Noise is diverse too: read it beside `fidelity` or a distance of distributions.

    Args:
        real: Samples or features [N, ...].
        labels: Their classes, integers [N].
        generated: Outputs [n, ...], features by the same extractor.
        asked: The class each was asked for, integers [n]: at least two a class.

    Raises:
        ValueError: Shapes do not fit, a class has fewer than two samples, or all its real samples are the same.
    """
    x, y = pair(real, generated)
    _check_labels(labels, len(x), "labels of the real samples")
    _check_labels(asked, len(y), "asked classes")
    spread_x, spread_y = {}, {}
    for label in torch.unique(asked).tolist():
        mine, theirs = x[labels == label], y[asked == label]
        if min(len(mine), len(theirs)) < 2:
            raise ValueError(
                f"class {label} has {len(mine)} real samples and {len(theirs)} outputs; expected at least 2 of each"
            )
        spread_x[label], spread_y[label] = mean_distance(mine), mean_distance(theirs)
        if not spread_x[label]:
            raise ValueError(f"all real samples of class {label} are the same: there is no spread to compare with")
    return Diversity(spread_y, spread_x)


@dataclass(frozen=True)
class Fidelity:
    """What `fidelity` found.

    Attributes:
        share: Of all outputs, those that are classified as what was asked for.
        interval: Wilson's, of the share.
        classes: The share by class that was asked for.
    """

    share: float
    interval: tuple[float, float]
    classes: Mapping[int, float]


def fidelity(predicted: Tensor, asked: Tensor, *, confidence: float = 0.95) -> Fidelity:
    """How often a classifier sees in an output the class that was asked for.

    Print the classifier's accuracy on real samples beside it, which is what a perfect generator gets.

    Args:
        predicted: The classifier's classes, integers [n].
        asked: What was asked for, integers [n].
        confidence: Of the interval.

    Raises:
        ValueError: Both are not integers of the same length, 1 or more.
    """
    _check_labels(predicted, len(predicted), "predicted classes")
    _check_labels(asked, len(predicted), "asked classes")
    right = predicted == asked
    classes = {label: right[asked == label].double().mean().item() for label in torch.unique(asked).tolist()}
    count = int(right.sum())
    return Fidelity(count / len(right), wilson(count, len(right), confidence), classes)


def _check_labels(labels: Tensor, n: int, name: str) -> None:
    if labels.shape != (n,) or not n or labels.is_floating_point() or labels.is_complex():
        raise ValueError(
            f"the {name} are {labels.dtype} of shape {list(labels.shape)}; "
            f"expected integers, one for each of {n} samples"
        )
