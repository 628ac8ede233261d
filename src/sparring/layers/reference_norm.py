"""Reference and virtual batch norm: statistics of a batch that is fixed, so that examples do not depend on each other.

Salimans et al. (2016), https://arxiv.org/abs/1606.03498, section 3.4; tutorial (Goodfellow 2016), section 4.3. The
reference batch is normalised by its own statistics. With reference batch norm examples are normalised by the same
ones, with virtual batch norm each by those of the reference batch and itself together. There this is in the generator.

`Referenced` runs the reference batch along, at the present weights: a gradient goes through its statistics too. Every
rank, and every part of a batch, has the whole reference batch, so that nothing is gathered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from sparring.methods import TUTORIAL, Method, Paper

__all__ = ["METHODS", "ReferenceBatchNorm", "Referenced", "ReferringNorm", "VirtualBatchNorm", "tiny"]


class ReferringNorm(nn.Module, ABC):
    """What both norms have in common. They are used in a network that is `Referenced`.

    Args:
        channels: Channels C, each with a gain and a bias, which begin at 1 and 0.
        eps: Added to variances.

    Attributes:
        rows: The size R of the reference batch, which comes first; `Referenced` sets it.
    """

    def __init__(self, channels: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps, self.rows = eps, 0
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    @abstractmethod
    def statistics(self, x: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """Means and variances by which examples are normalised.

        Args:
            x: Examples [B, C, places].
            mean: Of the reference batch, [1, C, 1].
            variance: The same.
        """

    def forward(self, x: Tensor) -> Tensor:
        """The reference batch and examples, [R + B, C, ...], to the same shape.

        Raises:
            RuntimeError: There is no reference batch.
        """
        if not self.rows:
            raise RuntimeError(
                f"{type(self).__name__} has no reference batch: put the network into "
                "layers.reference_norm.Referenced(network, batch)"
            )
        flat = x.reshape(*x.shape[:2], -1).to(torch.promote_types(x.dtype, torch.float32))
        parts = self.rows, len(x) - self.rows
        reference, examples = flat[: self.rows], flat[self.rows :]
        variance, mean = torch.var_mean(reference, (0, 2), correction=0, keepdim=True)
        pairs = zip((mean, variance), self.statistics(examples, mean, variance), strict=True)
        means, variances = (torch.cat([s.expand(n, -1, -1) for s, n in zip(p, parts, strict=True)]) for p in pairs)
        y = (flat - means) * torch.rsqrt(variances + self.eps)
        return (y * self.weight[:, None] + self.bias[:, None]).view_as(x).to(x.dtype)


class ReferenceBatchNorm(ReferringNorm):
    """Batch norm with the statistics of the reference batch."""

    def statistics(self, x: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """Those of the reference batch, [1, C, 1]."""
        return mean, variance


class VirtualBatchNorm(ReferringNorm):
    """Batch norm of each example with the statistics of itself and the reference batch."""

    def statistics(self, x: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor]:
        """Those of R + 1 examples, [B, C, 1]: of both parts, and how far their means are apart."""
        share = 1 / (self.rows + 1)
        spread, own = torch.var_mean(x, 2, correction=0, keepdim=True)
        apart = own - mean
        return mean + share * apart, (1 - share) * variance + share * spread + share * (1 - share) * apart.square()


class Referenced(nn.Module):
    """A network, and the reference batch that is run along with whatever it is given.

    No other layer of it may look across examples or draw numbers: use no batch norm and no dropout in it.

    Args:
        network: With norms of this file, from [B, ...] to [B, ...].
        *reference: What the network is called with, R examples [R, ...]: latents for a generator, real examples for a
            discriminator. They are saved with the weights and never move.

    Raises:
        ValueError: There is no such norm in it, or the reference batch has fewer than two examples.

    Example:
        >>> network = Referenced(nn.Sequential(nn.Linear(3, 4), VirtualBatchNorm(4)), torch.randn(64, 3))
        >>> network(torch.randn(5, 3)).shape
        torch.Size([5, 4])
    """

    def __init__(self, network: nn.Module, *reference: Tensor) -> None:
        super().__init__()
        norms = [part for part in network.modules() if isinstance(part, ReferringNorm)]
        self.network, self.rows, self.count = network, len(reference[0]) if reference else 0, len(reference)
        if not norms or self.rows < 2:
            raise ValueError(
                f"got {len(norms)} reference or virtual batch norms and {self.rows} reference examples; expected a "
                "norm in the network, and 2 examples or more"
            )
        for norm in norms:
            norm.rows = self.rows
        for i, part in enumerate(reference):
            self.register_buffer(f"reference_{i}", part.detach().clone())

    def forward(self, *inputs: Tensor) -> Tensor:
        """What the network gives for examples, [B, ...] each."""
        references = (self.get_buffer(f"reference_{i}") for i in range(self.count))
        pairs = zip(references, inputs, strict=True)
        y: Tensor = self.network(*(torch.cat([part.to(x), x]) for part, x in pairs))[self.rows :]
        return y


METHODS = (
    Method(
        name="reference and virtual batch norm",
        python="layers.reference_norm.Referenced(network, batch)",
        papers=(Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"), TUTORIAL),
        section="4.3",
        figure="21",
        command="sparring train norms --generator-norm virtual",
        record="tips",
        measured="virtual batch norm in G",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    generator = torch.Generator().manual_seed(0)
    batch, pictures = torch.randn(6, 4, generator=generator), torch.randn(6, 2, 3, 3, generator=generator)
    flat = [nn.Sequential(norm(4), nn.Linear(4, 3)) for norm in (ReferenceBatchNorm, VirtualBatchNorm)]
    deep = [nn.Sequential(norm(2), nn.Flatten(), nn.Linear(18, 3)) for norm in (ReferenceBatchNorm, VirtualBatchNorm)]
    cases = [(Referenced(network, batch), (4,), (3,)) for network in flat]
    return [*cases, *((Referenced(network, pictures), (2, 3, 3), (3,)) for network in deep)]
