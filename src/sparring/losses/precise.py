"""Functions of logits that keep their precision, and that of their derivatives, near 0 and far from it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["apart", "expm1"]


def apart(v: Tensor, near: Callable[[Tensor], Tensor], far: Callable[[Tensor], Tensor]) -> Tensor:
    """One function in two forms: `near` for |v| < 1, where the other cancels, and `far` beyond.

    PyTorch takes the derivatives of expm1 and tanh from their values, which round to -1 or 1 when v is large.
    """
    return torch.where(v.abs() < 1, near(v.clamp(-1, 1)), far(v))


def expm1(v: Tensor) -> Tensor:
    """exp(v) - 1."""
    return apart(v, torch.expm1, lambda v: v.exp() - 1)
