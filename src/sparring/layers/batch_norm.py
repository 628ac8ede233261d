"""Batch norm over the whole batch, however many ranks share it (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from sparring.game import playing
from sparring.round import Round

__all__ = ["BatchNorm1d", "BatchNorm2d", "tiny"]


def normalised(norm: _BatchNorm, x: Tensor, round: Round) -> Tensor:
    """What `norm` makes of this rank's rows [B, C, ...], with the means and variances of all ranks' rows.

    Both are differentiable, any number of times. The running statistics move as those of one process do.
    """
    dtype, x = x.dtype, x.to(torch.promote_types(x.dtype, torch.float32))
    over = [0, *range(2, x.ndim)]
    shape = (1, -1, *[1] * (x.ndim - 2))
    mean = round.gather(x.mean(over)[None]).mean(0)
    centred = x - mean.view(shape)
    variance = round.gather(centred.square().mean(over)[None]).mean(0)
    count = x.numel() // x.shape[1] * round.ranks.size
    track(norm, mean.detach(), variance.detach() * count / (count - 1))
    y = centred * torch.rsqrt(variance + norm.eps).view(shape)
    return (y * norm.weight.view(shape) + norm.bias.view(shape) if norm.affine else y).to(dtype)


@torch.no_grad()
def track(norm: _BatchNorm, mean: Tensor, variance: Tensor) -> None:
    """Moves the running statistics."""
    if norm.running_mean is None or norm.running_var is None or norm.num_batches_tracked is None:
        return
    norm.num_batches_tracked.add_(1)
    weight = 1.0 / norm.num_batches_tracked.item() if norm.momentum is None else norm.momentum
    norm.running_mean.lerp_(mean.to(norm.running_mean), weight)
    norm.running_var.lerp_(variance.to(norm.running_var), weight)


def together(norm: _BatchNorm) -> Round | None:
    """The round whose ranks or parts share the batch, if any do."""
    round = playing()
    return round if norm.training and round is not None and round.chance.share[1] > 1 else None


class BatchNorm1d(nn.BatchNorm1d):
    """As `torch.nn.BatchNorm1d`."""

    def forward(self, x: Tensor) -> Tensor:
        """[B, C] or [B, C, L] to the same shape."""
        round = together(self)
        return super().forward(x) if round is None else normalised(self, x, round)


class BatchNorm2d(nn.BatchNorm2d):
    """As `torch.nn.BatchNorm2d`."""

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to the same shape."""
        round = together(self)
        return super().forward(x) if round is None else normalised(self, x, round)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    picture = nn.Sequential(BatchNorm2d(2), nn.Flatten(), nn.Linear(18, 3))
    return [(nn.Sequential(BatchNorm1d(4), nn.Linear(4, 3)), (4,), (3,)), (picture, (2, 3, 3), (3,))]
