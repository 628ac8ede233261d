"""Adversarial variational Bayes: a posterior that can only be drawn from, and an adversary who tells how far it is off.

Mescheder et al. (2017), https://arxiv.org/abs/1701.04722. The encoder makes z = z_phi(x, epsilon) of an example and of
noise, so q(z | x) can have any shape and no known density. The adversary T tells (x, z) with z from q from (x, z) with
z from the prior p, equation 3.3. At its optimum T = log q(z | x) - log p(z), proposition 1. So E_q T is the divergence
in the bound, and the encoder maximises E_q[-T + log p(x | z)], equation 3.7. Here is no adaptive contrast (section 4).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Game, Player, Round
from sparring.latents import Latent, Normal, distribution
from sparring.losses import Minimax
from sparring.machine.fitting import modules
from sparring.methods import Method, Paper
from sparring.networks.concatenation import Beside
from sparring.networks.mlp import MLP

__all__ = ["METHODS", "AdversarialVariationalBayes", "Gaussian", "tiny"]


class Gaussian(nn.Module):
    """The log-likelihood of examples that are a function of a latent, and noise.

    Args:
        decoder: From latents [B, Z] to means [B, D].
        deviation: The standard deviation of the noise.
    """

    def __init__(self, decoder: nn.Module, deviation: float = 1.0) -> None:
        super().__init__()
        self.decoder, self.deviation = decoder, deviation

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """The logarithm of p(x | z), [B], in nats of examples [B, D] and latents [B, Z]."""
        squares: Tensor = ((x - self.decoder(z)) / self.deviation).square() + math.log(2 * math.pi * self.deviation**2)
        return -squares.sum(1) / 2


class AdversarialVariationalBayes(Game):
    """The game of an encoder with a decoder, and an adversary. Its one stream is `data`.

    Args:
        encoder: From examples [B, D] and noise [B, N] to latents [B, Z].
        likelihood: From examples [B, D] and latents [B, Z] to log p(x | z) [B]; what of it can move, the encoder moves.
        adversary: From examples [B, D] and latents [B, Z] to T [B].
        latent: The prior of the latents.
        noise: What the encoder draws from; its name is not that of the latent.

    Raises:
        ValueError: Latent and noise have one name, so they would be the same numbers.
    """

    def __init__(
        self, encoder: nn.Module, likelihood: nn.Module, adversary: nn.Module, latent: Latent, noise: Latent
    ) -> None:
        super().__init__()
        self.encoder, self.likelihood = modules(encoder=encoder, likelihood=likelihood)
        (self.adversary,) = modules(adversary=adversary)
        self.latent, self.noise = distribution(latent), distribution(noise)
        if (name := getattr(latent, "name", None)) is not None and name == getattr(noise, "name", None):
            raise ValueError(f"latent and noise are both named {name!r}; expected two names: write Normal(2, 'noise')")

    def players(self) -> dict[str, Player]:
        """The adversary, then encoder and decoder as one."""
        return {
            "adversary": Player((self.adversary,), self.adversary_cost),
            "encoder": Player((self.encoder, self.likelihood), self.encoder_cost),
        }

    def inferred(self, round: Round) -> tuple[Tensor, Tensor]:
        """Examples [B, D] and latents [B, Z] from q(z | x)."""

        def infer() -> tuple[Tensor, Tensor]:
            x = round.stream("data").x
            return x, self.encoder(x, self.noise(round.chance))

        return round.once("inferred", infer, of=(self.encoder,))

    def adversary_cost(self, round: Round) -> Cost:
        """Equation 3.3, as a cost."""
        x, z = self.inferred(round)
        posterior, prior = self.adversary(x, z), self.adversary(x, self.latent(round.chance))
        return Cost({"loss": Minimax().discriminator(posterior, prior)})

    def encoder_cost(self, round: Round) -> Cost:
        """Equation 3.7, as a cost: the negative bound of log p(x) in nats, if T is at its optimum."""
        x, z = self.inferred(round)
        return Cost({"divergence": self.adversary(x, z).mean(), "reconstruction": -self.likelihood(x, z).mean()})

    @torch.no_grad()
    def posterior(self, x: Tensor, n: int, seed: int = 0) -> Tensor:
        """`n` latents [n, Z] from q(z | x) of one example [D]."""
        z: Tensor = self.encoder(x.expand(n, -1), self.noise(Key(seed, ("posterior",)).rows(n)).to(x))
        return z


METHODS = (
    Method(
        name="adversarial variational Bayes",
        category="theory",
        python="games.theory.avb.AdversarialVariationalBayes(e, likelihood, t, Normal(2), Normal(2, 'noise'))",
        papers=(Paper("Mescheder et al.", 2017, "https://arxiv.org/abs/1701.04722"),),
        section="5.5",
        record="avb",
    ),
)


def tiny() -> tuple[AdversarialVariationalBayes, dict[str, InMemory]]:
    """A small game in which the decoder learns too, and its stream."""
    likelihood, adversary = Gaussian(MLP(2, 8, 3)), Beside(MLP(3 + 2, 8, 1, logits=True))
    encoder = Beside(MLP(3 + 2, 8, 2))
    game = AdversarialVariationalBayes(encoder, likelihood, adversary, Normal(2), Normal(2, "noise"))
    return game, {"data": InMemory(Key(1).normal("data", (64, 3)))}
