"""Projections: what takes a player's parameters back into the set they must stay in, after each of its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from sparring.methods import Method, Paper

__all__ = ["METHODS", "Clip"]


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


METHODS = (
    Method(
        name="WGAN with clipping",
        python="GAN(..., losses.Wasserstein(), project=projections.Clip(0.01))",
        papers=(Paper("Arjovsky et al.", 2017, "https://arxiv.org/abs/1701.07875"),),
        in_readme=True,
    ),
)
