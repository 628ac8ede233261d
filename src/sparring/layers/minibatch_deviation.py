"""Minibatch standard deviation: a discriminator is told how much the samples of its batch differ.

Karras et al. (2018), https://arxiv.org/abs/1710.10196, section 3: over the whole batch. The authors' code
(https://github.com/tkarras/progressive_growing_of_gans) has groups of 4, of rows that are a quarter of the batch apart.
Here a group is 4 rows in succession, so that ranks and parts of a batch have whole groups.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.losses.across import everywhere
from sparring.methods import Method, Paper

__all__ = ["METHODS", "MinibatchDeviation", "tiny"]


class MinibatchDeviation(nn.Module):
    """The features of each sample, and one more: how much features differ in its group.

    That is the standard deviation of each feature over the group, averaged over features and places. A logit depends on
    the others of the group, in evaluation too.

    Args:
        group: Rows in a group; None for all of the batch, on all ranks. Then a gradient cannot be computed in parts.

    Raises:
        ValueError: A group has fewer than two rows.

    Example:
        >>> MinibatchDeviation()(torch.randn(8, 16, 4, 4)).shape
        torch.Size([8, 17, 4, 4])
    """

    def __init__(self, group: int | None = 4) -> None:
        super().__init__()
        if group is not None and group < 2:
            raise ValueError(f"the group is {group}; expected 2 rows or more, or None for the whole batch")
        self.group = group

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, ...] to [B, C + 1, ...].

        Raises:
            ValueError: The rows are not a multiple of a group's.
        """
        if self.group and len(x) % self.group:
            raise ValueError(
                f"got {len(x)} rows; expected a multiple of {self.group}, the rows of a group. Choose such a batch, "
                "also for each rank, or another group"
            )
        deviation = self.deviation(x.to(torch.promote_types(x.dtype, torch.float32))).to(x.dtype)
        return torch.cat([x, deviation.view(-1, 1, *[1] * (x.ndim - 2)).expand(-1, 1, *x.shape[2:])], 1)

    def deviation(self, x: Tensor) -> Tensor:
        """The mean standard deviation in each row's group, [B], of [B, C, ...]."""
        if self.group:
            grouped = x.reshape(-1, self.group, x[0].numel())
            return spread(grouped.var(1, correction=0)).repeat_interleave(self.group)
        mean = everywhere(x.mean(0)[None]).mean(0)
        return spread(everywhere((x - mean).square().mean(0).flatten()[None]).mean(0)).expand(len(x))


def spread(variances: Tensor) -> Tensor:
    """The mean along the last axis of the roots, with the 1e-8 of the authors' code."""
    return (variances + 1e-8).sqrt().mean(-1)


METHODS = (
    Method(
        name="minibatch standard deviation",
        python="layers.minibatch_deviation.MinibatchDeviation()",
        papers=(Paper("Karras et al.", 2017, "https://arxiv.org/abs/1710.10196"),),
        command="sparring train tips --tip minibatch-deviation",
        record="tips",
        measured="minibatch standard deviation in D",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """None, as its rows mix: the games in `tests/contract_games` keep the contract of games."""
    return []
