"""Dropout whose masks come from the round (Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.game import playing

__all__ = ["Dropout", "tiny"]


class Dropout(nn.Dropout):
    """As `torch.nn.Dropout`, but several ranks together have the masks that one would have.

    Outside a round it is `torch.nn.Dropout`.

    Args:
        p: The probability that an element becomes 0.
        spatial: Whether all of a channel's places share one decision, as in `torch.nn.Dropout2d`.
        always: Whether it acts in evaluation too, as noise inside a generator (Isola et al. 2017, section 3.2).
    """

    def __init__(self, p: float = 0.5, *, spatial: bool = False, always: bool = False) -> None:
        super().__init__(p)
        self.spatial, self.always = spatial, always

    def forward(self, x: Tensor) -> Tensor:
        """[m B, ...] to the same shape."""
        round = playing()
        if not (self.training or self.always) or not self.p:
            return x
        if self.p == 1:
            return 0 * x
        one = x[(slice(None), slice(None), *[slice(0, 1)] * (x.ndim - 2))] if self.spatial else x
        chance = torch.rand_like(one) if round is None else round.chance.like(one)
        return x * (chance >= self.p).to(x.dtype).div_(1 - self.p)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    picture = nn.Sequential(Dropout(0.3, spatial=True), nn.Flatten(), nn.Linear(18, 3))
    return [(nn.Sequential(Dropout(0.3), nn.Linear(4, 3)), (4,), (3,)), (picture, (2, 3, 3), (3,))]
