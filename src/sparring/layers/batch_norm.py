"""Batch norm over the whole batch, however many ranks share it (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167).

torch's own gives wrong derivatives from the third on (seen with torch 2.13.0). A gradient penalty takes one, its
gradient the second, and rules that look through a step of such a player one more. So derivatives that are
differentiated again are made of the equations here. Values and first derivatives are torch's, bit for bit.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from sparring.game import playing
from sparring.round import Round

__all__ = ["BatchNorm1d", "BatchNorm2d", "tiny"]


class _Normalise(torch.autograd.Function):
    """Batch norm of rows [B, C, ...] by their own statistics, for derivatives of every order."""

    @staticmethod
    def forward(
        norm: _BatchNorm, x: Tensor, weight: Tensor | None, bias: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The values, and the means and inverse deviations; the running statistics move by the norm's momentum."""
        running, momentum = (norm.running_mean, norm.running_var), norm.momentum
        if norm.num_batches_tracked is not None and running[0] is not None:
            norm.num_batches_tracked.add_(1)
            momentum = 1.0 / norm.num_batches_tracked.item() if momentum is None else momentum
        return torch.native_batch_norm(x, weight, bias, *running, True, momentum or 0.0, norm.eps)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """What the slopes need."""
        (norm, x, weight, _), (_, mean, scale) = inputs, output
        ctx.mark_non_differentiable(mean, scale)
        ctx.save_for_backward(x, weight, mean, scale)
        ctx.eps, ctx.running = norm.eps, (norm.running_mean, norm.running_var)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor | None, ...]:
        """The slopes in x, weight and bias."""
        (slope, *_), (x, weight, mean, scale) = slopes, ctx.saved_tensors
        if torch.is_grad_enabled():  # they will be differentiated
            return (None, *_slopes(slope, x, weight, ctx.eps))
        wanted = list(ctx.needs_input_grad[1:])
        return (None, *torch.ops.aten.native_batch_norm_backward(
            slope, x, weight, *ctx.running, mean, scale, True, ctx.eps, wanted
        ))  # fmt: skip


def _slopes(slope: Tensor, x: Tensor, weight: Tensor | None, eps: float) -> tuple[Tensor | None, ...]:
    """The derivatives in x, weight and bias of what has this slope, as functions of slope, x and weight."""
    dtype, over, shape = x.dtype, [0, *range(2, x.ndim)], (1, -1, *[1] * (x.ndim - 2))
    slope, x = (part.to(torch.promote_types(part.dtype, torch.float32)) for part in (slope, x))
    centred = x - x.mean(over, keepdim=True)
    scale = torch.rsqrt(centred.square().mean(over, keepdim=True) + eps)
    y = centred * scale
    inner = slope if weight is None else slope * weight.view(shape)
    own = scale * (inner - inner.mean(over, keepdim=True) - y * (inner * y).mean(over, keepdim=True))
    if weight is None:
        return own.to(dtype), None, None
    return own.to(dtype), (slope * y).sum(over).to(weight.dtype), slope.sum(over).to(weight.dtype)


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


class _Ours(_BatchNorm):
    """What both norms do where statistics are the batch's."""

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, ...] to the same shape."""
        round = playing()
        if not self.training:
            return super().forward(x)
        if round is not None and round.chance.share[1] > 1:  # ranks or parts share the batch
            return normalised(self, x, round)
        if not (torch.is_grad_enabled() and (x.requires_grad or self.affine)) or x.numel() == x.shape[1]:
            return super().forward(x)
        self._check_input_dim(x)  # type: ignore[no-untyped-call]
        y: Tensor = _Normalise.apply(self, x, self.weight, self.bias)[0]  # type: ignore[no-untyped-call]
        return y


class BatchNorm1d(_Ours, nn.BatchNorm1d):
    """As `torch.nn.BatchNorm1d`, of [B, C] or [B, C, L]."""


class BatchNorm2d(_Ours, nn.BatchNorm2d):
    """As `torch.nn.BatchNorm2d`, of [B, C, H, W]."""


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    picture = nn.Sequential(BatchNorm2d(2), nn.Flatten(), nn.Linear(18, 3))
    return [(nn.Sequential(BatchNorm1d(4), nn.Linear(4, 3)), (4,), (3,)), (picture, (2, 3, 3), (3,))]
