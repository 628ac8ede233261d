"""What every metric asks of the features it is given."""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["checked", "pair"]


def checked(x: Tensor, name: str, least: int = 2, instead: str = "") -> Tensor:
    """Features [n, D] in float64.

    Args:
        x: Features, or samples [n, ...] that are flattened.
        name: What they are called in messages: real, generated.
        least: As many are needed.
        instead: What to do with fewer.

    Raises:
        ValueError: There are fewer, they have no or different sizes, or hold NaN or infinity.
    """
    if x.ndim < 2 or not x.numel():
        raise ValueError(f"the {name} features have shape {list(x.shape)}; expected [n, D], n and D of 1 or more")
    if len(x) < least:
        hint = f", or {instead}" if instead else ""
        raise ValueError(f"got {len(x)} {name} samples; expected at least {least}{hint}")
    x = x.flatten(1).double()
    if not torch.isfinite(x).all():
        bad = int((~torch.isfinite(x)).any(dim=1).nonzero()[0])
        raise ValueError(f"the {name} features hold NaN or infinity, first in row {bad}: look at that sample")
    return x


def pair(real: Tensor, generated: Tensor, least: int = 2, instead: str = "") -> tuple[Tensor, Tensor]:
    """Two sets of features of the same size in float64; see `checked`.

    Raises:
        ValueError: As `checked`, or the sizes differ.
    """
    x, y = checked(real, "real", least, instead), checked(generated, "generated", least, instead)
    if x.shape[1] != y.shape[1]:
        raise ValueError(
            f"real features have {x.shape[1]} dimensions, generated ones {y.shape[1]}; expected the same: use one "
            "extractor for both"
        )
    return x, y
