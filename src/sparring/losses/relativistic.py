"""Losses that compare: a sample should look more real than others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import softplus

from sparring.losses.reading import LOGITS, Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Relativistic"]


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
)
