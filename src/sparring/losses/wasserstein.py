"""The loss of a Wasserstein GAN, which penalties or projections make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from sparring.losses.reading import LOGITS, Reading

__all__ = ["Wasserstein"]


@dataclass(frozen=True)
class Wasserstein:
    """The dual of the Wasserstein-1 distance (Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875).

    The critic must be kept Lipschitz: by `penalties.interpolated` or `projections.clip`.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """E f(G(z)) - E f(x); its negative estimates the distance, up to the critic's Lipschitz constant."""
        self.reads.check(real, fake)
        return fake.mean() - real.mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-E f(G(z))."""
        self.reads.check(real, fake)
        return -fake.mean()
