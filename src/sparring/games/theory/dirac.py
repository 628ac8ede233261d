"""The Dirac-GAN: data at 0, a generator at t, a discriminator that is a line through 0, D(x) = psi x as a logit.

Mescheder et al. (2018), "Which training methods for GANs do actually converge?", https://arxiv.org/abs/1801.04406. The
equilibrium is t = psi = 0. Without help, gradient play goes round it: the eigenvalues are +-i/2. With R1 or R2 of
weight gamma / 2 they are -gamma/2 +- sqrt(gamma^2/4 - 1/4): play converges. The paper's psi has the other sign.

Example:
    >>> from sparring.equilibrium import examine, round_of
    >>> from sparring.penalties import r1
    >>> for penalties in ({}, {r1: 0.3}):
    ...     game = DiracGAN(0.0, 0.0, penalties=penalties)
    ...     print(examine(game, round_of(game, {"real": data()})).motion)
    gradient play circles: steps of any size lead away; eigenvalues of its motion: 0 ± 0.5i
    gradient play converges with steps below 2.4; eigenvalues of its motion: -0.3 ± 0.4i
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from sparring.data.source import InMemory
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.layers.instance_noise import InstanceNoise
from sparring.losses import AdversarialLoss, Minimax
from sparring.methods import Method, Paper
from sparring.penalties import Penalty, Weight, r1
from sparring.schedules import Schedule

__all__ = ["METHODS", "DiracGAN", "Line", "Spike", "data", "tiny"]


class Spike(nn.Module):
    """A generator whose samples are all at t."""

    def __init__(self, t: float) -> None:
        super().__init__()
        self.t = nn.Parameter(torch.tensor([[t]], dtype=torch.float64))

    def forward(self, z: Tensor) -> Tensor:
        """[B, 1], whatever the latents [B, 1] are."""
        return self.t.expand(len(z), 1)


class Line(nn.Module):
    """A discriminator that is a line through 0."""

    def __init__(self, psi: float) -> None:
        super().__init__()
        self.psi = nn.Parameter(torch.tensor(psi, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """The logits psi x [B] of points [B, 1]."""
        return self.psi * x[:, 0]


class DiracGAN(GAN):
    """The game, in float64. Its one stream is `real`: zeros, such as `data()`.

    Args:
        t: Where the generator begins.
        psi: The slope with which the discriminator begins.
        loss: What the players minimise.
        penalties: As in `GAN`.
        noise: The standard deviation of instance noise, or a schedule of it. It is drawn: take a large batch.
    """

    def __init__(
        self,
        t: float = 1.0,
        psi: float = 1.0,
        loss: AdversarialLoss = Minimax(),  # noqa: B008 - a frozen value
        penalties: Mapping[Penalty, Weight] | None = None,
        *,
        noise: float | Schedule = 0.0,
    ) -> None:
        super().__init__(Spike(t), InstanceNoise(Line(psi), noise), Normal(1), loss, penalties)

    @property
    def point(self) -> tuple[float, float]:
        """Where it is: t and psi."""
        t, psi = (p.item() for p in self.parameters())
        return t, psi


def data(n: int = 64) -> InMemory:
    """The data: n zeros [n, 1]."""
    return InMemory(torch.zeros(n, 1, dtype=torch.float64))


METHODS = (
    Method(
        name="Dirac-GAN",
        category="theory",
        python="games.theory.dirac.DiracGAN(penalties={penalties.r1: 0.5})",
        papers=(Paper("Mescheder et al.", 2018, "https://arxiv.org/abs/1801.04406"),),
    ),
)


def tiny() -> tuple[DiracGAN, dict[str, InMemory]]:
    """The game with R1 and a little noise, and its stream, for the contract tests."""
    return DiracGAN(1.0, 0.5, penalties={r1: 0.1}, noise=0.1), {"real": data()}
