"""Losses that compare: a sample should look more real than others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import softplus

from sparring.losses.across import everywhere
from sparring.losses.reading import LOGITS, Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Relativistic", "RelativisticAverage"]


@dataclass(frozen=True)
class Relativistic:
    """Pairing each real sample with a fake (Jolicoeur-Martineau 2018, https://arxiv.org/abs/1807.00734).

    D: E softplus(D(G(z)) - D(x)). G: E softplus(D(x) - D(G(z))). The loss of R3GAN (Huang et al. 2024,
    https://arxiv.org/abs/2501.05441) with the penalties r1 and r2.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = True
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The real picture should look more real than the fake it is paired with."""
        self.reads.check(real, fake)
        return softplus(fake - real).mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The other way round."""
        self.reads.check(real, fake)
        return softplus(real - fake).mean()


@dataclass(frozen=True)
class RelativisticAverage:
    """Each sample against the mean of the other side (Jolicoeur-Martineau 2018, https://arxiv.org/abs/1807.00734).

    D: E softplus(E D(G(z)) - D(x)) + E softplus(D(G(z)) - E D(x)). G: the same with real and fake exchanged. The inner
    means are over the whole batch, however many ranks share it.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = True
    across: ClassVar[bool] = True
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Real samples should look more real than the mean fake, and fakes less real than the mean real sample."""
        self.reads.check(real, fake)
        above, below = everywhere(fake).mean() - real, fake - everywhere(real).mean()
        return softplus(above).mean() + softplus(below).mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The other way round."""
        return self.discriminator(fake, real)


METHODS = (
    Method(
        name="relativistic GAN with R1 and R2 (R3GAN)",
        python="GAN(..., losses.Relativistic(), {penalties.r1: 0.5, penalties.r2: 0.5})",
        papers=(
            Paper("Jolicoeur-Martineau", 2018, "https://arxiv.org/abs/1807.00734"),
            Paper("Mescheder et al.", 2018, "https://arxiv.org/abs/1801.04406"),
            Paper("Huang et al.", 2024, "https://arxiv.org/abs/2501.05441"),
        ),
        command="sparring train ring",
        record="ring",
        in_readme=True,
    ),
    Method(
        name="relativistic average GAN (RaGAN)",
        python="GAN(..., losses.RelativisticAverage())",
        papers=(Paper("Jolicoeur-Martineau", 2018, "https://arxiv.org/abs/1807.00734"),),
    ),
)
