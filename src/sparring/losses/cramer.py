"""The Cramér GAN: the energy distance of features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from sparring.losses.across import everywhere
from sparring.losses.pairs import Pairs, distances, distinct
from sparring.losses.reading import Features, Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Cramer", "witness"]


def witness(points: Tensor, real: Tensor, fake: Tensor) -> Tensor:
    """f(x) = E ||h(x) - h(G(z))|| - E ||h(x) - h(X)||, [B]: the larger, the nearer to real samples than to others."""
    return distances(points, everywhere(fake)).mean(1) - distances(points, everywhere(real)).mean(1)


@dataclass(frozen=True)
class Cramer:
    """The energy distance of features h (Bellemare et al. 2017, https://arxiv.org/abs/1705.10743), a zero-sum game.

    2 E ||h(X) - h(Y)|| - E ||h(X) - h(X')|| - E ||h(Y) - h(Y')||, with X, X' real and Y, Y' generated samples; twice
    the Cramér distance where there is one feature. The critic needs a slope of about 1: `penalties.interpolated` sees
    the witness. Independent pairs are all pairs of different samples, over all ranks, and not those of two halves.

    The paper's algorithm puts ||h(x)|| in the place of the second term of f, for data of which there is one sample
    only. We keep the distance itself, so that it is 0 for equal distributions alone.

    Attributes:
        pairs: The mean over pairs of one batch, `pairs.distinct` (unbiased) or `pairs.every`.
    """

    reads: ClassVar[Reading] = Features(witness)
    needs_real: ClassVar[bool] = True
    across: ClassVar[bool] = True
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    pairs: Pairs = distinct

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Minus the distance."""
        return -self.generator(real, fake)

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The distance of the features [B, K]."""
        self.reads.check(real, fake)
        x, y = everywhere(real), everywhere(fake)
        return 2 * distances(x, y).mean() - self.pairs(distances(x, x)) - self.pairs(distances(y, y))


METHODS = (
    Method(
        name="Cramér GAN",
        python="GAN(generator, MLP(2, 64, 16), Normal(64), losses.Cramer(), {penalties.interpolated: 10.0})",
        papers=(Paper("Bellemare et al.", 2017, "https://arxiv.org/abs/1705.10743"),),
        command="sparring train cramer",
        record="costs",
        measured="cramer, best",
    ),
)
