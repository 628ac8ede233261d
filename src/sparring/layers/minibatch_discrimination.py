"""Minibatch discrimination: a discriminator is told how near each sample is to the others of its batch.

Salimans et al. (2016), https://arxiv.org/abs/1606.03498, section 3.2, with the scale, the bias and their first values
of the authors' code (https://github.com/openai/improved-gan, `MinibatchLayer` in `nn.py`). There a sample's distance to
itself is raised by 1e6; here its closeness to itself, 1, is taken off the sum. Both leave it out.
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from sparring.losses.across import everywhere
from sparring.methods import Method, Paper

__all__ = ["METHODS", "MinibatchDiscrimination", "initialise", "tiny"]

N = TypeVar("N", bound=nn.Module)


class MinibatchDiscrimination(nn.Module):
    """The features f(x_i) of each sample, and how near it is to the others in each of B learned spaces.

    M_i = f(x_i) T, [B, C]; c_b(x_i, x_j) = exp(-||M_ib - M_jb||_1); o(x_i)_b = the sum of c_b(x_i, x_j) over j other
    than i, plus a bias. T is `theta`, of unit length along the features, times exp(`log_scale`).

    The samples it compares are those of one call, real ones or generated ones, on all ranks. So a logit depends on the
    others of its batch, in evaluation too, and a gradient cannot be computed in parts.

    Args:
        features: The size A of f(x_i).
        kernels: The number B of spaces.
        dimensions: The size C of each.

    Raises:
        ValueError: A number is not positive.

    Example:
        >>> MinibatchDiscrimination(8, kernels=3)(torch.randn(5, 8)).shape
        torch.Size([5, 11])
    """

    def __init__(self, features: int, kernels: int = 100, dimensions: int = 5) -> None:
        super().__init__()
        if min(features, kernels, dimensions) < 1:
            raise ValueError(
                f"features, kernels, dimensions are {features}, {kernels}, {dimensions}; expected 1 or more"
            )
        self.theta = nn.Parameter(0.05 * torch.randn(features, kernels, dimensions))
        self.log_scale = nn.Parameter(torch.zeros(kernels, dimensions))
        self.bias = nn.Parameter(-torch.ones(kernels))

    def forward(self, x: Tensor) -> Tensor:
        """Features [n, A], or [n, ...] of as many numbers, to [n, A + B]."""
        x = x.flatten(1)
        matrices = self.matrices(x)
        return torch.cat([x, (closeness(matrices, everywhere(matrices)) + self.bias).to(x.dtype)], 1)

    def matrices(self, x: Tensor) -> Tensor:
        """M_i of features [n, A], in at least float32: [n, B, C]."""
        tensor = normalize(self.theta, dim=0) * self.log_scale.exp()
        m: Tensor = torch.tensordot(x, tensor, 1)
        return m.to(torch.promote_types(m.dtype, torch.float32))

    @torch.no_grad()
    def fit(self, x: Tensor) -> None:
        """Makes the mean distance to the nearest other sample 2 in each space, and the mean output 0.

        Args:
            x: Features [n, A] of data.

        Raises:
            ValueError: In a space each sample has the same place as another, or there is one sample only.
        """
        own = torch.eye(len(x), dtype=torch.bool, device=x.device)[:, :, None]
        gaps = distances(*2 * (self.matrices(x.flatten(1)),)).masked_fill(own, torch.inf)
        nearest = gaps.amin(1).mean(0)
        if not (nearest.isfinite() & (nearest > 0)).all():
            raise ValueError(f"got {len(x)} features that do not differ; expected two or more different ones")
        self.log_scale.sub_((nearest / 2).log()[:, None])
        self.bias.copy_(-torch.exp(-gaps * 2 / nearest).sum(1).mean(0))


def distances(m: Tensor, others: Tensor) -> Tensor:
    """||M_ib - M_jb||_1 between M [n, B, C] and others [m, B, C], [n, m, B]."""
    return (m[:, None] - others).abs().sum(3)


def closeness(m: Tensor, others: Tensor) -> Tensor:
    """The sum of exp(-distance) from each of M [n, B, C] to the others [m, B, C], less one for itself: [n, B]."""
    return torch.exp(-distances(m, others)).sum(1) - 1


def initialise(network: N, x: Tensor) -> N:
    """The network itself, whose layers of this kind have first been fitted to a batch of data.

    The authors' code does this before training, with real samples.

    Args:
        network: With layers of this kind in it.
        x: What it takes, [n, ...].
    """
    layers = [layer for layer in network.modules() if isinstance(layer, MinibatchDiscrimination)]
    handles = [layer.register_forward_pre_hook(lambda layer, given: layer.fit(*given)) for layer in layers]
    try:
        with torch.no_grad():
            network(x)
    finally:
        for handle in handles:
            handle.remove()
    return network


METHODS = (
    Method(
        name="minibatch discrimination",
        python="layers.minibatch_discrimination.MinibatchDiscrimination(features)",
        papers=(Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"),),
        section="5.1.1",
        record="stacked",
        measured="minibatch",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """None, as its rows mix: the game in `tests/contract_games` keeps the contract of games."""
    return []
