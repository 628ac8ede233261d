"""Recurrent networks that make windows of a time series, and tell real ones from made ones.

After RGAN (Esteban et al. 2017, https://arxiv.org/abs/1706.02633): new noise at every step, tanh at the end, and a
logit at every step. Departures: gated recurrent units for LSTM. A part of the noise is the same at all steps, and
starts the state. The discriminator's units see pieces of the window, by two convolutions. Its logit of the window is
the mean over the steps, where the authors take the mean of the steps' losses.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = ["Discriminator", "Generator", "Judge", "tiny"]


class Generator(nn.Module):
    """Noise [B, (1 + T) Z] to windows [B, T, C] in (-1, 1).

    Args:
        length: Steps T.
        channels: Numbers C of a step.
        noise: Numbers Z of the noise of a window, and of that of each step.
        width: Of the state.
    """

    def __init__(self, length: int, channels: int, noise: int, width: int) -> None:
        super().__init__()
        self.length, self.noise, self.latent = length, noise, (1 + length) * noise
        self.start, self.cells = nn.Linear(noise, width), nn.GRU(2 * noise, width, batch_first=True)
        self.head = nn.Linear(width, channels)

    def forward(self, z: Tensor) -> Tensor:
        """[B, (1 + T) Z] to [B, T, C]."""
        whole, each = z[:, : self.noise], z[:, self.noise :].reshape(-1, self.length, self.noise)
        both = torch.cat([each, whole[:, None].expand_as(each)], dim=2)
        x: Tensor = self.head(self.cells(both, self.start(whole).tanh()[None])[0]).tanh()
        return x


class Judge(nn.Module):
    """Gated recurrent units, from windows [B, T, C] to logits [B], the mean over the steps.

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


class Discriminator(nn.Module):
    """Two convolutions along time, and a judge of the pieces they see; [B, T, C] to logits [B], of 8 steps or more.

    Args:
        channels: Numbers C of a step.
        width: Channels of the convolutions and size of the state.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        first, second = nn.Conv1d(channels, width, 5), nn.Conv1d(width, width, 4, stride=2)
        self.pieces = nn.Sequential(first, nn.LeakyReLU(0.2), second, nn.LeakyReLU(0.2))
        self.judge = Judge(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, T, C] to [B]."""
        logits: Tensor = self.judge(self.pieces(x.transpose(1, 2)).transpose(1, 2))
        return logits


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [
        (Generator(4, 2, 3, 5), (15,), (4, 2)),
        (Judge(2, 5), (4, 2), ()),
        (Discriminator(2, 5), (10, 2), ()),
    ]
