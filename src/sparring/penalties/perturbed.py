"""DRAGAN: a penalty on the gradient of the critic around real samples.

Kodali et al. (2017), https://arxiv.org/abs/1705.07215.
"""

from __future__ import annotations

import torch
from torch import Tensor

from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique
from sparring.penalties.gradients import slopes

__all__ = ["METHODS", "dragan"]


def dragan(critique: Critique) -> Tensor:
    """(||grad_x D(x + noise)|| - 1)^2 at real samples with noise, [B].

    The paper writes normal noise of a variance to be chosen. This is the noise of the authors' code and of those after
    it: in each dimension .5 s U(0, 1), where s is the standard deviation of all numbers of the real batch, times one
    U(0, 1) for each sample. So samples depend on each other through s; several ranks share one s, and the gradient of
    a batch is not the mean of those of its parts.
    """
    real, chance = critique.real, critique.round.chance
    gather = critique.round.gather  # ranks have equal shares: a mean of their means is that of all
    mean = gather(real.mean()[None]).mean()
    deviation = gather((real - mean).square().mean()[None]).mean().sqrt()
    noise = 0.5 * deviation * chance.uniform("dragan", *real.shape[1:]).to(real)
    share = chance.uniform("dragan share").to(real).reshape(-1, *[1] * (real.ndim - 1))
    points = (real + share * noise).requires_grad_()
    lengths: Tensor = torch.linalg.vector_norm(slopes(critique.critic(points), points), dim=1)
    return (lengths - 1.0).square()


METHODS = (
    Method(
        name="DRAGAN",
        python="GAN(..., penalties={penalties.dragan: 10.0})",
        papers=(Paper("Kodali et al.", 2017, "https://arxiv.org/abs/1705.07215"),),
    ),
)
