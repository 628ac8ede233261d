"""A GAN between Gaussians on the line: data from N(0, 1), a generator m + s z, and a logit that is a parabola.

A parabola can be the best logit, log p/q, exactly: `best`. So costs, gradients and divergences have closed forms. With
a small network in its place the game is that of exercise 7.1 of the tutorial (Goodfellow 2016,
https://arxiv.org/abs/1701.00160) and of Goodfellow et al. (2014), https://arxiv.org/abs/1406.2661, figure 1.

Example:
    >>> game = GaussianGAN(mean=1.0)
    >>> game.best()
    >>> [round(w, 3) for w in game.discriminator.w.tolist()]  # the logit 1/2 - x
    [0.5, -1.0, 0.0]
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.losses import AdversarialLoss, Minimax
from sparring.methods import Method, Paper
from sparring.penalties import Penalty, Weight

__all__ = ["METHODS", "Affine", "GaussianGAN", "Parabola", "data", "tiny"]


class Affine(nn.Module):
    """A generator of N(m, s^2)."""

    def __init__(self, mean: float, std: float) -> None:
        super().__init__()
        self.m = nn.Parameter(torch.tensor(mean, dtype=torch.float64))
        self.s = nn.Parameter(torch.tensor(std, dtype=torch.float64))

    def forward(self, z: Tensor) -> Tensor:
        """Latents [B, 1] to samples m + s z [B, 1]."""
        return self.m + self.s * z


class Parabola(nn.Module):
    """A discriminator whose logit is w0 + w1 x + w2 x^2, zero at the start."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(3, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Points [B, 1] to logits [B]."""
        return torch.cat([torch.ones_like(x), x, x.square()], dim=1) @ self.w


class GaussianGAN(GAN):
    """The game. Its one stream is `real`: points of N(0, 1), such as `data()`.

    Args:
        mean: The generator's m at the start.
        std: Its s at the start, not 0.
        discriminator: From points [B, 1] to logits [B], such as `MLP(1, 32, 1, logits=True).double()`; a parabola
            without.
        loss: What the players minimise.
        penalties: As in `GAN`.
    """

    def __init__(
        self,
        mean: float = 1.0,
        std: float = 1.0,
        discriminator: nn.Module | None = None,
        loss: AdversarialLoss = Minimax(),  # noqa: B008 - a frozen value
        penalties: Mapping[Penalty, Weight] | None = None,
    ) -> None:
        judge = Parabola() if discriminator is None else discriminator
        super().__init__(Affine(mean, std), judge, Normal(1), loss, penalties)

    @torch.no_grad()
    def best(self) -> None:
        """Makes the discriminator the best one against the generator: log N(x; 0, 1) - log N(x; m, s^2).

        Raises:
            TypeError: It is not a parabola.
        """
        if not isinstance(self.discriminator, Parabola):
            raise TypeError(f"the discriminator is a {type(self.discriminator).__name__}; only a parabola is exact")
        m, s = (p.item() for p in self.generator.parameters())
        w = (math.log(abs(s)) + m**2 / (2 * s**2), -m / s**2, 1 / (2 * s**2) - 0.5)
        self.discriminator.w.copy_(torch.tensor(w, dtype=torch.float64))


def data(n: int = 10_000, seed: int = 0) -> InMemory:
    """Points of N(0, 1), [n, 1]."""
    return InMemory(Key(seed, ("gaussian",)).normal("data", (n, 1), torch.float64))


METHODS = (
    Method(
        name="GAN between Gaussians",
        category="theory",
        python="games.theory.gaussian.GaussianGAN(mean=1.0)",
        papers=(Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661"),),
        section="7.1, 8.1",
        figure="35",
    ),
)


def tiny() -> tuple[GaussianGAN, dict[str, InMemory]]:
    """The game and its stream, for the contract tests."""
    return GaussianGAN(0.5, 1.5), {"real": data(64)}
