"""A discriminator of pairs: features of a sample beside its code, then a perceptron of both.

As in figure 1 of Donahue et al. (2017), https://arxiv.org/abs/1605.09782, and table 4 of Dumoulin et al. (2017),
https://arxiv.org/abs/1606.00704, where codes have layers of their own too.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.networks.dcgan import Discriminator
from sparring.networks.mlp import MLP

__all__ = ["Pairs", "tiny"]


class Pairs(nn.Module):
    """From samples [B, ...] and codes [B, Z] to logits [B].

    Args:
        features: From samples to features [B, F].
        size: F + Z.
        units: Of the two layers behind them.
    """

    def __init__(self, features: nn.Module, size: int, units: int = 256) -> None:
        super().__init__()
        self.features = features
        self.joint = MLP(size, units, units, 1, activation=lambda: nn.LeakyReLU(0.2), logits=True)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """[B, ...] and [B, Z] to [B]."""
        logits: Tensor = self.joint(torch.cat([self.features(x), z.to(x)], 1))
        return logits


class Paired(nn.Module):
    """A network of pairs that is given a code of ones, for tests."""

    def __init__(self, network: nn.Module, latent: int) -> None:
        super().__init__()
        self.network, self.latent = network, latent

    def forward(self, x: Tensor) -> Tensor:
        """What the network gives."""
        output: Tensor = self.network(x, x.new_ones(len(x), self.latent))
        return output


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [
        (Paired(Pairs(MLP(4, 8, 3), 3 + 2, 6), 2), (4,), ()),
        (Paired(Pairs(Discriminator((1, 9, 9), 4, outputs=3), 3 + 2, 6), 2), (1, 9, 9), ()),
    ]
