"""Maximum mean discrepancy: moment matching with a fixed kernel, or with one that is learnt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from sparring.losses.across import everywhere
from sparring.losses.pairs import Pairs, differences, distinct
from sparring.losses.reading import Features, Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "MMD"]


@dataclass(frozen=True)
class MMD:
    """The squared maximum mean discrepancy of features h, for a sum of Gaussian kernels; a zero-sum game.

    E k(X, X') + E k(Y, Y') - 2 E k(X, Y), where k(x, y) is the sum of exp(-||h(x) - h(y)||^2 / 2 s^2) over the
    bandwidths s. With h learnt it is the MMD GAN (Li et al. 2017, https://arxiv.org/abs/1705.08584), here without that
    paper's autoencoder and feasible set; `penalties.interpolated` on the witness is that of Binkowski et al. (2018),
    https://arxiv.org/abs/1801.01401. All pairs of different samples are taken, over all ranks.

    With samples as their own features (`torch.nn.Flatten()`), and no steps of the critic, it is the moment matching of
    Li et al. (2015), https://arxiv.org/abs/1502.02761, who minimise the root; that needs large batches.

    Attributes:
        bandwidths: Of the kernels, in the features' unit.
        pairs: The mean over pairs of one batch, `pairs.distinct` (unbiased) or `pairs.every` (never negative).

    Raises:
        ValueError: There is no bandwidth, or one is not positive.
    """

    needs_real: ClassVar[bool] = True
    across: ClassVar[bool] = True
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    bandwidths: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    pairs: Pairs = distinct

    def __post_init__(self) -> None:
        if not self.bandwidths or min(self.bandwidths) <= 0:
            raise ValueError(f"the bandwidths are {self.bandwidths}; expected one or more positive numbers")

    @property
    def reads(self) -> Reading:
        """Features, with the witness as their critic."""
        return Features(self.witness)

    def kernel(self, x: Tensor, y: Tensor) -> Tensor:
        """K of the rows of `x` [n, K] and those of `y` [m, K], [n, m]."""
        squares = differences(x, y)
        return torch.stack([(squares / (-2 * s**2)).exp() for s in self.bandwidths]).sum(0)

    def witness(self, points: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """f(x) = E k(x, X) - E k(x, Y), [B], which is largest where there are more real than generated samples."""
        return self.kernel(points, everywhere(real)).mean(1) - self.kernel(points, everywhere(fake)).mean(1)

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Minus the discrepancy."""
        return -self.generator(real, fake)

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discrepancy of the features [B, K]."""
        self.reads.check(real, fake)
        x, y = everywhere(real), everywhere(fake)
        return self.pairs(self.kernel(x, x)) + self.pairs(self.kernel(y, y)) - 2 * self.kernel(x, y).mean()


METHODS = (
    Method(
        name="generative moment matching (GMMN)",
        python="GAN(..., losses.MMD(pairs=losses.pairs.every)); Alternating({'discriminator': 0})",
        papers=(Paper("Li et al.", 2015, "https://arxiv.org/abs/1502.02761"),),
    ),
    Method(
        name="MMD GAN",
        python="GAN(generator, MLP(2, 64, 16), Normal(64), losses.MMD(), {penalties.interpolated: 10.0})",
        papers=(
            Paper("Li et al.", 2017, "https://arxiv.org/abs/1705.08584"),
            Paper("Binkowski et al.", 2018, "https://arxiv.org/abs/1801.01401"),
        ),
    ),
)
