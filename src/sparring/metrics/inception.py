"""The inception score: how sure a classifier is of each sample, and how varied its answers are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from sparring.metrics.features import checked

__all__ = ["InceptionScore", "inception_score"]


@dataclass(frozen=True)
class InceptionScore:
    """What `inception_score` found.

    Attributes:
        mean: Of the scores of the splits, from 1 to the number of classes.
        std: Their standard deviation, the square root of the mean squared deviation as in the authors' code.
    """

    mean: float
    std: float


def inception_score(probabilities: Tensor, *, splits: int = 10) -> InceptionScore:
    """The exponential of E KL(p(y|x) || p(y)), with p(y) the mean of p(y|x) over a split.

    Salimans et al. (2016, https://arxiv.org/abs/1606.03498, section 4). It does not look at real data: a generator of
    one perfect example a class has the highest score, and one that repeats its training data a high one. A split of n
    samples cannot score more than n, so few samples score less. Splits are consecutive rows: shuffle sorted samples.

    Args:
        probabilities: A classifier's p(y|x), [n, K]: the softmax of its logits, not the logits.
        splits: Parts of equal size, up to one sample.

    Raises:
        ValueError: Rows are no probabilities, or there are fewer than two samples a split.
    """
    if splits < 1:
        raise ValueError(f"splits is {splits}; expected 1 or more")
    p = checked(probabilities, "classified", 2 * splits, "fewer splits")
    if probabilities.ndim != 2 or p.shape[1] < 2:
        raise ValueError(
            f"the probabilities have shape {list(probabilities.shape)}; expected [n, K], 2 classes or more"
        )
    if (p < 0).any() or ((p.sum(dim=1) - 1).abs() > 1e-4).any():
        raise ValueError("rows are not probabilities, 0 or more with a sum of 1: give logits.double().softmax(dim=1)")
    edges = [i * len(p) // splits for i in range(splits + 1)]
    scores = torch.stack([_score(p[a:b]) for a, b in pairwise(edges)])
    return InceptionScore(scores.mean().item(), scores.std(correction=0).item())


def _score(p: Tensor) -> Tensor:
    divergences: Tensor = torch.special.xlogy(p, p) - torch.special.xlogy(p, p.mean(dim=0))
    return divergences.sum(dim=1).mean().exp()
