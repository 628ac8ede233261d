"""How well clusters without names agree with classes: the accuracy after the best one-to-one matching.

As Chen et al. (2016), https://arxiv.org/abs/1606.03657, section 7.2, match the categories of InfoGAN with digits; the
best matching is that of the assignment problem.
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["best_matching", "matched_accuracy"]


def best_matching(found: Tensor, y: Tensor) -> dict[int, int]:
    """The class of each cluster, for which most examples agree; no two clusters have the same class.

    Args:
        found: Clusters [n], 0 or more.
        y: Classes [n], 0 or more; of more clusters than classes some get none.

    Raises:
        ValueError: There are no examples, or not as many of one as of the other.
    """
    if found.shape != y.shape or found.ndim != 1 or not len(y):
        raise ValueError(f"got {list(found.shape)} clusters and {list(y.shape)} classes; expected [n] twice")
    from scipy.optimize import linear_sum_assignment

    table = torch.zeros(int(found.max()) + 1, int(y.max()) + 1, dtype=torch.int64)
    table.index_put_((found.cpu(), y.cpu()), torch.ones(len(y), dtype=torch.int64), accumulate=True)
    rows, columns = linear_sum_assignment(-table.numpy())
    return dict(zip(rows.tolist(), columns.tolist(), strict=True))


def matched_accuracy(found: Tensor, y: Tensor) -> float:
    """The share of examples whose cluster [n] has their class [n] under the best matching, 0 to 1."""
    matching = best_matching(found, y)
    meant = torch.tensor([matching.get(cluster, -1) for cluster in found.tolist()])
    return (meant == y.cpu()).double().mean().item()
