"""Pictures that occur more than once, exactly or nearly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor

__all__ = ["ALIKE", "equal", "near"]

ALIKE = 0.995
"""Correlation of two thumbnails from which on pictures count as nearly the same."""


def equal(digests: Iterable[bytes]) -> list[list[int]]:
    """Groups of two or more places that have the same digest, each in order."""
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for i, digest in enumerate(digests):
        places[digest].append(i)
    return [group for group in places.values() if len(group) > 1]


def near(thumbnails: Tensor, alike: float = ALIKE, block: int = 128, most: int = 20_000) -> list[tuple[int, int]]:
    """Pairs (i, j) of a picture i and the first j > i that correlates with it to more than `alike`.

    Brightness and contrast do not matter, nor, at the size of thumbnails, compression and small changes of size. Plain
    pictures, without any contrast, are like nothing. Every pair is compared but for those that a projection already
    tells apart: on unit vectors a correlation of `alike` is a distance of sqrt(2 - 2 alike), and projections are no
    longer.

    Args:
        thumbnails: Grey values [N, D].
        alike: The least correlation, below 1.
        block: Rows compared at a time.
        most: A picture is compared with so many others at most, those next to it on the projection, so that the time
            grows with N and not its square. In larger sets of very unlike pictures a few twins may be missed.
    """
    vectors = thumbnails.float()  # worked on in place: it is the largest thing here
    vectors -= vectors.mean(dim=1, keepdim=True)
    lengths = vectors.norm(dim=1, keepdim=True)
    vectors /= lengths.clamp_min(1e-12)
    kept = torch.nonzero(lengths.flatten() > 1e-3 * thumbnails.shape[1] ** 0.5 * 255).flatten()
    if len(kept) < 2:
        return []
    place = (vectors @ torch.linalg.eigh(vectors.T @ vectors).eigenvectors[:, -1])[kept]
    order = place.argsort()
    kept, place = kept[order], place[order].contiguous()
    vectors = vectors[kept]
    reach = (2 - 2 * alike) ** 0.5 + 1e-5
    kept, none = kept.int(), len(thumbnails)
    first = torch.full_like(kept, none)
    for start in range(0, len(kept), block):
        end = int(torch.searchsorted(place, place[start : start + block][-1:] + reach)[0])
        end = min(end, start + block + most)
        rows, columns = slice(start, start + block), slice(start, end)
        # As matrices, not as a list of pairs: where all are alike there are millions.
        found = (vectors[rows] @ vectors[columns].T > alike).fill_diagonal_(False)
        if not (some := found.any(dim=1)).any():
            continue
        found, i, j = found[some], kept[rows][some, None], kept[None, columns]
        after = torch.where(found & (j > i), j, none).amin(dim=1)
        first[rows][some] = torch.minimum(first[rows][some], after)
        before = torch.where(found & (i > j), i, none).amin(dim=0)
        first[columns] = torch.minimum(first[columns], before)
    return sorted((i, j) for i, j in zip(kept.tolist(), first.tolist(), strict=True) if j < none)
