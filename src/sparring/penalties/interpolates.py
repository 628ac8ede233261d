"""Penalties on the gradient of the critic between real and generated samples.

Each sample has its own point on its own line, and all of these penalties have the same points in one turn. Batch norm
in the critic would tie the gradients of a batch together: use another normalisation.
"""

from __future__ import annotations

import torch
from torch import Tensor

from sparring.methods import Method, Paper
from sparring.penalties.critique import Critique
from sparring.penalties.gradients import slopes

__all__ = ["METHODS", "interpolated", "interpolated_one_sided", "zero_centred"]


def interpolated(critique: Critique) -> Tensor:
    """(||grad_x D(x)|| - 1)^2 between real and generated samples, [B].

    WGAN-GP's (Gulrajani et al. 2017, https://arxiv.org/abs/1704.00028), whose weight is 10.
    """
    return (_lengths(critique) - 1.0).square()


def interpolated_one_sided(critique: Critique) -> Tensor:
    """max(0, ||grad_x D(x)|| - 1)^2 between real and generated samples, [B]: slopes below 1 are free.

    WGAN-LP's (Petzka et al. 2018, https://arxiv.org/abs/1709.08894); Gulrajani et al. (2017) name it in section 4.
    """
    return torch.relu(_lengths(critique) - 1.0).square()


def zero_centred(critique: Critique) -> Tensor:
    """||grad_x D(x)||^2 between real and generated samples, [B].

    The 0-GP of Thanh-Tung et al. (2019), https://arxiv.org/abs/1902.03984. D is the logit here; in their code for toys
    it is the probability.
    """
    return _between(critique).square().sum(1)


def _lengths(critique: Critique) -> Tensor:
    """The norms [B] of the gradients at the points between."""
    lengths: Tensor = torch.linalg.vector_norm(_between(critique), dim=1)
    return lengths


def _between(critique: Critique) -> Tensor:
    """The gradients [B, D] at points between real and generated samples, uniform on each line."""
    real, fake = critique.real, critique.fake
    weight = critique.round.chance.uniform("interpolated").to(real)
    points = torch.lerp(real, fake, weight.reshape(-1, *[1] * (real.ndim - 1))).requires_grad_()
    return slopes(critique.critic(points), points)


METHODS = (
    Method(
        name="WGAN-GP",
        python="GAN(..., losses.Wasserstein(), {penalties.interpolated: 10.0})",
        papers=(Paper("Gulrajani et al.", 2017, "https://arxiv.org/abs/1704.00028"),),
        in_readme=True,
        command="sparring train wgan-gp",
        record="costs",
        measured="wgan-gp, best",
    ),
    Method(
        name="WGAN-LP",
        python="GAN(..., losses.Wasserstein(), {penalties.interpolated_one_sided: 10.0})",
        papers=(Paper("Petzka et al.", 2018, "https://arxiv.org/abs/1709.08894"),),
    ),
    Method(
        name="zero-centred penalty on interpolates",
        python="GAN(..., penalties={penalties.zero_centred: 10.0})",
        papers=(Paper("Thanh-Tung et al.", 2019, "https://arxiv.org/abs/1902.03984"),),
    ),
)
