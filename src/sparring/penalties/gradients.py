"""Penalties on the gradient of the critic in its samples, at the samples themselves."""

from __future__ import annotations

import torch
from torch import Tensor

from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique

__all__ = ["METHODS", "r1", "r2", "slopes"]


def r1(critique: Critique) -> Tensor:
    """||grad_x D(x)||^2 at real samples, [B] (R1 of Mescheder et al. 2018, https://arxiv.org/abs/1801.04406).

    The paper's regularizer has the factor gamma / 2: weight this with gamma / 2.
    """
    return slopes(critique.real_logits, critique.real).square().sum(1)


def r2(critique: Critique) -> Tensor:
    """||grad_x D(x)||^2 at generated samples, [B] (R2 of Mescheder et al. 2018); weight it with gamma / 2."""
    return slopes(critique.fake_logits, critique.fake).square().sum(1)


def slopes(logits: Tensor, points: Tensor) -> Tensor:
    """The gradient of each logit at its own point, [B, D], in at least float32 and differentiable."""
    with torch.autocast(points.device.type, enabled=False):  # it would run the backward pass in low precision
        gradient: Tensor = torch.autograd.grad(logits.sum(), points, create_graph=True)[0]
    return gradient.flatten(1).to(torch.promote_types(gradient.dtype, torch.float32))


METHODS = (
    Method(
        name="GAN with R1",
        python="GAN(..., penalties={penalties.r1: 0.5})",
        papers=(Paper("Mescheder et al.", 2018, "https://arxiv.org/abs/1801.04406"),),
        record="ais_mnist",
    ),
)
