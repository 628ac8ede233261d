"""Energy-based GANs: the discriminator gives energies, small for real samples, such as an autoencoder's error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import torch
from torch import Tensor, nn

from sparring.game import playing
from sparring.losses.across import everywhere
from sparring.losses.reading import ENERGIES, Reading
from sparring.methods import Method, Paper

__all__ = ["BEGAN", "EBGAN", "METHODS"]


@dataclass(frozen=True)
class EBGAN:
    """Energies with a margin (Zhao et al. 2016, https://arxiv.org/abs/1609.03126).

    D: E D(x) + E max(0, m - D(G(z))), so that energies above the margin no longer matter. G: E D(G(z)).

    Attributes:
        margin: m, in the unit of the energies.

    Raises:
        ValueError: The margin is not positive.
    """

    reads: ClassVar[Reading] = ENERGIES
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    margin: float = 1.0

    def __post_init__(self) -> None:
        if not self.margin > 0:
            raise ValueError(f"the margin is {self.margin}; expected a positive number")

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Small energies for real samples, and up to the margin for generated ones."""
        self.reads.check(real, fake)
        return real.mean() + (self.margin - fake).relu().mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The energy of generated samples."""
        self.reads.check(real, fake)
        return fake.mean()


class BEGAN(nn.Module):
    """Energies in a balance that is kept (Berthelot et al. 2017, https://arxiv.org/abs/1703.10717).

    D: E D(x) - k E D(G(z)). G: E D(G(z)). After each turn of D, k becomes k + rate (gamma E D(x) - E D(G(z))), kept
    within 0 and 1: it grows while generated samples have less energy than the share gamma of the real ones'. We take
    both energies of D's turn; in the paper the second is of G's. Outside a game k stays; call `move` there.

    Args:
        gamma: The energy of generated samples over that of real ones, above 0 and at most 1; less asks for samples
            that look better and are less diverse.
        rate: How fast k moves, a turn.

    Attributes:
        k: The weight of generated samples, a scalar in [0, 1], which begins at 0; part of the state of the game.

    Raises:
        ValueError: An argument is out of its range.
    """

    reads: ClassVar[Reading] = ENERGIES
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = False
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    k: Tensor

    def __init__(self, gamma: float = 0.5, rate: float = 0.001) -> None:
        super().__init__()
        if not 0 < gamma <= 1 or not rate > 0:
            raise ValueError(f"got gamma {gamma} and rate {rate}; expected gamma in (0, 1] and a positive rate")
        self.gamma, self.rate = gamma, rate
        self.register_buffer("k", torch.zeros(()))

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Small energies for real samples, and larger ones, as far as k says, for generated samples."""
        self.reads.check(real, fake)
        if round := playing():
            round.later(self, partial(self.move, self.gap(real, fake)))
        return real.mean() - self.k * fake.mean()

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """The energy of generated samples."""
        self.reads.check(real, fake)
        return fake.mean()

    def gap(self, real: Tensor, fake: Tensor) -> Tensor:
        """Gamma E D(x) - E D(G(z)) over all ranks, a scalar: 0 in balance."""
        return everywhere((self.gamma * real - fake).detach()).mean()

    @torch.no_grad()
    def move(self, gap: Tensor) -> None:
        """Moves k by a gap."""
        self.k.add_(self.rate * gap).clamp_(0, 1)

    def convergence(self, real: Tensor, fake: Tensor) -> Tensor:
        """E D(x) + |gap|, a scalar, the smaller the better: for `GAN(..., watch={"convergence": ...})`."""
        return everywhere(real).mean() + self.gap(real, fake).abs()


METHODS = (
    Method(
        name="energy-based GAN (EBGAN)",
        python="GAN(generator, networks.autoencoder.perceptron((2,)), Normal(64), losses.EBGAN(margin=1.0))",
        papers=(Paper("Zhao et al.", 2016, "https://arxiv.org/abs/1609.03126"),),
    ),
    Method(
        name="boundary equilibrium GAN (BEGAN)",
        python="GAN(generator, networks.autoencoder.perceptron((2,)), Normal(64), losses.BEGAN(gamma=0.5))",
        papers=(Paper("Berthelot et al.", 2017, "https://arxiv.org/abs/1703.10717"),),
    ),
)
