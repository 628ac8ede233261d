"""f-divergences by their variational bound, with a discriminator whose logit is the log ratio.

Of the data p and the model q, with a convex f: D_f(p, q) = integral q f(p / q). It is at least F = E_p T - E_q f*(T)
for any T, and equal to it at T = f'(p / q). (Nguyen et al. 2010, https://doi.org/10.1109/TIT.2010.2068870; Nowozin et
al. 2016, https://arxiv.org/abs/1606.00709.)

Nowozin et al. give each f an output activation, which keeps T where f* is finite. We write T(v) = f'(exp v) instead,
with the logit v = log p / q: the bound is the same, every v is allowed, and the logit of each f is the log ratio.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from torch import Tensor

from sparring.losses.reading import LOGITS, Reading

__all__ = ["FDivergence"]


@dataclass(frozen=True)
class FDivergence(ABC):
    """The loss of an f-GAN.

    D: -F = E_q f*(T(v)) - E_p T(v). G: -E_q f*(T(v)), the part of F that depends on it: with the best D its gradient
    is that of the divergence which the class is named after.

    Attributes:
        heuristic: Let G minimise -E_q T(v) instead, as Nowozin et al. do in practice. That descends *another*
            divergence: with the best D, `KL(heuristic=True)` descends the reverse KL divergence. One Gaussian between
            modes at -3 and 3, nearer to the second, then ends there (mean 2.984, deviation 1.023); by `KL()` it covers
            both (0, 3.162). `GANDivergence(heuristic=True)` is `NonSaturating`.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    log_ratio: ClassVar[bool] = True
    name: ClassVar[str]
    """What the command line calls it."""

    heuristic: bool = field(default=False, kw_only=True)

    @property
    @abstractmethod
    def exact(self) -> float:
        """Logits of up to this size are right in float32: exponentials reach exp(80) = 6e34, of 3.4e38."""

    @abstractmethod
    def f(self, u: Tensor) -> Tensor:
        """The convex function of the ratio u = p / q > 0."""

    @abstractmethod
    def slope(self, v: Tensor) -> Tensor:
        """T(v) = f'(exp v), of logits [B]."""

    @abstractmethod
    def conjugate(self, v: Tensor) -> Tensor:
        """f*(T(v)) = exp(v) f'(exp v) - f(exp v), of logits [B]."""

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-F: the negative estimates the divergence from below."""
        self.reads.check(real, fake)
        return self.conjugate(fake).mean() - self.slope(real).mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The part of F that depends on G."""
        self.reads.check(real, fake)
        return -(self.slope if self.heuristic else self.conjugate)(fake).mean()
