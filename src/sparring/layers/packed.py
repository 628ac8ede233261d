"""Packing: a discriminator judges several samples at once, all real or all generated.

PacGAN (Lin et al. 2018, https://arxiv.org/abs/1712.04086): a generator that leaves out modes makes packs that are less
varied than real ones, which shows more than in single samples. As in the authors' code
(https://github.com/fjxmlzn/PacGAN) samples are joined along their channels.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from sparring.methods import Method, Paper

__all__ = ["METHODS", "Packed", "packs", "tiny"]


class Packed(nn.Module):
    """A discriminator of m samples at once: rows 0 .. m - 1 are one pack, and so on.

    It gives an output for each pack, and losses are means over packs. Departures: a batch of B samples makes B / m
    packs, where the authors have B packs of B m samples. Penalties on slopes look at each sample of a pack for itself.

    Args:
        network: From packs [B, m C, ...] to what the loss reads: for pictures of C channels it takes m C of them, for
            points of C numbers m C numbers.
        m: Samples in a pack; with 1 this is the network.

    Raises:
        ValueError: m is less than 1.

    Example:
        >>> import torch
        >>> Packed(nn.Sequential(nn.Linear(6, 1), nn.Flatten(0)), 3)(torch.zeros(12, 2)).shape
        torch.Size([4])
    """

    def __init__(self, network: nn.Module, m: int = 2) -> None:
        super().__init__()
        if m < 1:
            raise ValueError(f"m is {m}; expected 1 sample or more in a pack")
        self.network, self.m = network, m

    def forward(self, x: Tensor, *given: Tensor) -> Any:
        """What the network gives, [B / m, ...], for samples [B, C, ...] and what else is told of each, [B, K, ...]."""
        return self.network(*map(self.pack, (x, *given)))

    def pack(self, x: Tensor) -> Tensor:
        """Rows [B, C, ...] m at a time, [B / m, m C, ...].

        Raises:
            ValueError: They do not make whole packs.
        """
        if len(x) % self.m:
            raise ValueError(
                f"got {len(x)} samples; expected a multiple of {self.m}, the samples of a pack. Choose such a batch, "
                "also for each rank"
            )
        return x.reshape(len(x) // self.m, -1, *x.shape[2:])


def packs(network: nn.Module) -> bool:
    """Whether a network gives one output for several samples."""
    return any(isinstance(part, Packed) and part.m > 1 for part in network.modules())


METHODS = (
    Method(
        name="PacGAN (packing)",
        python="GAN(..., discriminator=layers.packed.Packed(discriminator, 2))",
        papers=(Paper("Lin et al.", 2017, "https://arxiv.org/abs/1712.04086"),),
        record="stacked",
        measured="packs",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """None, as it has a row for several: the game in `tests/contract_games` keeps the contract of games."""
    return []
