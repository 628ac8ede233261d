"""Projections: what takes a player's parameters back into the set they must stay in, after each of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from sparring.methods import Method, Paper

__all__ = ["METHODS", "Clip", "UnitNorm"]


@dataclass(frozen=True)
class Clip:
    """Every parameter into [-bound, bound].

    Weight clipping (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875), whose bound is .01.
    """

    bound: float

    def __post_init__(self) -> None:
        if not self.bound > 0:
            raise ValueError(f"the bound is {self.bound}; expected a positive number, such as 0.01")

    def __call__(self, parameters: Sequence[nn.Parameter]) -> None:
        """Clips in place."""
        torch._foreach_clamp_min_(list(parameters), -self.bound)
        torch._foreach_clamp_max_(list(parameters), self.bound)


@dataclass(frozen=True)
class UnitNorm:
    """Every weight onto the sphere: all numbers of a weight together have the Euclidean norm 1.

    Arjovsky et al. (2017) tried a projection on a sphere; which weights make one vector is not said there.
    Here it is each weight of two or more dimensions, so that no linear layer makes a difference larger. Biases and
    gains, which have one dimension, stay as they are.
    """

    def __call__(self, parameters: Sequence[nn.Parameter]) -> None:
        """Projects in place; a weight of zeros stays."""
        for weight in parameters:
            if weight.ndim > 1:
                weight.div_(torch.linalg.vector_norm(weight).clamp_min(torch.finfo(weight.dtype).tiny))


METHODS = (
    Method(
        name="WGAN with clipping",
        python="GAN(..., losses.Wasserstein(), project=projections.Clip(0.01))",
        papers=(Paper("Arjovsky et al.", 2017, "https://arxiv.org/abs/1701.07875"),),
        in_readme=True,
        command="sparring train wgan",
        record="costs",
        measured="wgan, best",
    ),
    Method(
        name="WGAN on the sphere",
        python="GAN(..., losses.Wasserstein(), project=projections.UnitNorm())",
        papers=(Paper("Arjovsky et al.", 2017, "https://arxiv.org/abs/1701.07875"),),
    ),
)
