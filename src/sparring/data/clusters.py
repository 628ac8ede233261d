"""Clusters of pictures as labels, for a conditional model of pictures that have none.

k-means (Lloyd 1982, https://doi.org/10.1109/TIT.1982.1056489) of the means of small squares of pixels, from centres
that are drawn far apart (k-means++: Arthur and Vassilvitskii 2007, https://dl.acm.org/doi/10.5555/1283383.1283494).
"""

from __future__ import annotations

import copy
import hashlib
import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import avg_pool2d

from sparring.chance import Key
from sparring.data.source import InMemory

__all__ = ["centres", "clustered", "first_centres", "reduced"]

Points = NDArray[np.float64]
"""Rows [N, D]."""

_FIT, _PART = 10_000, 4096
"""So many pictures decide the centres, and so many are looked at together."""


def clustered(pictures: InMemory, k: int, seed: int) -> InMemory:
    """The same pictures [N, C, H, W], labelled [N] by the cluster they are in.

    Labels are in 0..K - 1, where K is `min(k, N // 2)`, or less if fewer pictures differ. Pictures that a run holds out
    later are clustered with the others. The digest is that of the pictures, k and the seed.

    Raises:
        ValueError: There are fewer than two clusters.
    """
    k = min(k, len(pictures) // 2)
    if k < 2:
        raise ValueError(f"{len(pictures)} pictures in {k} clusters; expected 4 pictures or more, and 2 clusters")
    from scipy.cluster.vq import vq

    key = Key(seed, ("clusters",))
    some = key.permutation("some", len(pictures))[:_FIT].sort().values
    middles = centres(reduced(pictures, some), first_centres(reduced(pictures, some), k, key))
    parts = torch.split(torch.arange(len(pictures)), _PART)
    nearest = torch.from_numpy(np.concatenate([vq(reduced(pictures, part), middles)[0] for part in parts])).long()
    there = copy.copy(pictures)
    there.classes = ()
    there.y = torch.zeros(len(pictures.x), dtype=torch.int64)
    there.y[slice(None) if pictures.rows is None else pictures.rows] = torch.unique(nearest, return_inverse=True)[1]
    there.sha256 = hashlib.sha256(f"{pictures.digest()} {k} clusters {seed}".encode()).hexdigest()
    return there


def reduced(pictures: InMemory, index: torch.Tensor) -> Points:
    """Means over squares of 2 x 2 pixels, or larger ones where sides would be above 31, of these pictures: [n, D]."""
    x = pictures.examples(index).double()
    return avg_pool2d(x, max(2, max(x.shape[2:]) // 16), ceil_mode=True).flatten(1).numpy()


def first_centres(x: Points, k: int, key: Key) -> Points:
    """Up to k of the rows [N, D], no two alike: each drawn by its squared distance from those before it."""
    places = [int(key.integers("first", (1,), len(x)))]
    far = ((x - x[places[0]]) ** 2).sum(1)
    for u in key.uniform("others", (k - 1,), torch.float64).tolist():
        if not far.any():
            break  # every row is a centre
        places.append(int(np.searchsorted(far.cumsum(), u * far.sum(), side="right").clip(max=len(x) - 1)))
        far = np.minimum(far, ((x - x[places[-1]]) ** 2).sum(1))
    return x[places]


def centres(x: Points, first: Points, steps: int = 20) -> Points:
    """The centres [k, D] of clusters of rows [N, D], after some of Lloyd's steps; one without rows stays in place."""
    from scipy.cluster.vq import kmeans2

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One of the clusters is empty")
        middles: Points = kmeans2(x, first, iter=steps, minit="matrix")[0]
    return middles
