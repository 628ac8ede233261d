"""The losses of the first GANs: the zero-sum game, the heuristic one that is played instead, maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import softplus

from sparring.losses.reading import LOGITS, Reading
from sparring.methods import Method, Paper

__all__ = ["METHODS", "MaximumLikelihood", "Minimax", "NonSaturating"]


@dataclass(frozen=True)
class Minimax:
    """The zero-sum game (Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661; tutorial, equations 8 and 10).

    D: -E log D(x) - E log(1 - D(G(z))). G: E log(1 - D(G(z))), whose gradient vanishes where D is sure.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 8."""
        self.reads.check(real, fake)
        return softplus(-real).mean() + softplus(fake).mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The part of twice equation 10 that depends on G."""
        self.reads.check(real, fake)
        return -softplus(fake).mean()


@dataclass(frozen=True)
class NonSaturating:
    """The heuristic game (Goodfellow et al. 2014; tutorial, section 3.2.3, equation 13).

    D as in `Minimax`. G: -E log D(G(z)), whose gradient is strong where D is sure.

    Example:
        >>> import torch
        >>> round(NonSaturating().discriminator(torch.zeros(4), torch.zeros(4)).item(), 4)
        1.3863
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 8."""
        return Minimax().discriminator(real, fake)

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 13."""
        self.reads.check(real, fake)
        return softplus(-fake).mean()


@dataclass(frozen=True)
class MaximumLikelihood:
    """The game whose generator descends KL(p_data, p_model) (Goodfellow 2014; tutorial, section 3.2.4, equation 14).

    D as in `Minimax`. G: -E exp(a) with the logit a, which is -E D / (1 - D): few samples have most of the gradient.
    At the best D its gradient is that of KL; equation 14 as printed, with a factor 1/2, gives half of it.
    """

    reads: ClassVar[Reading] = LOGITS
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 80.0
    log_ratio: ClassVar[bool] = True

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 8."""
        return Minimax().discriminator(real, fake)

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Twice equation 14."""
        self.reads.check(real, fake)
        return -fake.exp().mean()


GOODFELLOW = Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661")
METHODS = (
    Method(
        name="GAN, minimax",
        python="GAN(..., losses.Minimax())",
        papers=(GOODFELLOW,),
        section="3.2.2",
        figure="16",
        in_readme=True,
        command="sparring train minimax",
        record="costs",
        measured="minimax, best",
    ),
    Method(
        name="GAN, non-saturating",
        python="GAN(..., losses.NonSaturating())",
        papers=(GOODFELLOW,),
        section="3.2.3",
        figure="16",
        command="sparring train nsgan",
        record="costs",
        measured="non-saturating",
        in_readme=True,
    ),
    Method(
        name="GAN, maximum likelihood",
        python="GAN(..., losses.MaximumLikelihood())",
        papers=(Paper("Goodfellow", 2014, "https://arxiv.org/abs/1412.6515"),),
        section="3.2.4, 7.3, 8.3",
        figure="16",
    ),
)
