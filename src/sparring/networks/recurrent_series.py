"""Recurrent networks that make windows of a time series, and tell real ones from made ones.

The generator is that of RGAN (Esteban et al. 2017, https://arxiv.org/abs/1706.02633): new noise at every step, tanh at
the end. The discriminator gives a logit at every step, as theirs; the mean over the steps is the logit of the window.
The authors take the mean of the steps' losses instead. Both have gated recurrent units in the place of their LSTM.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Discriminator", "Generator", "tiny"]


class Generator(nn.Module):
    """Noise at every step, [B, T Z], to windows [B, T, C] in (-1, 1).

    Args:
        length: Steps T.
        channels: Numbers C of a step.
        noise: Numbers Z of noise at each step.
        width: Of the state.
    """

    def __init__(self, length: int, channels: int, noise: int, width: int) -> None:
        super().__init__()
        self.shape = (length, noise)
        self.cells, self.head = nn.GRU(noise, width, batch_first=True), nn.Linear(width, channels)

    def forward(self, z: Tensor) -> Tensor:
        """[B, T Z] to [B, T, C]."""
        x: Tensor = self.head(self.cells(z.view(-1, *self.shape))[0]).tanh()
        return x


class Discriminator(nn.Module):
    """Windows [B, T, C] to logits [B], the mean over the steps.

    Args:
        channels: Numbers C of a step.
        width: Of the state.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.cells, self.head = nn.GRU(channels, width, batch_first=True), nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, C] to [B]."""
        with torch.backends.cudnn.flags(enabled=False):  # of cuDNN's there are no second derivatives, for R1
            states, _ = self.cells(x)
        logits: Tensor = self.head(states).mean(dim=(1, 2))
        return logits


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [(Generator(4, 2, 3, 5), (12,), (4, 2)), (Discriminator(2, 5), (4, 2), ())]
