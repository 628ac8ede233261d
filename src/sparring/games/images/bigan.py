"""BiGAN and ALI: an encoder beside the generator; the discriminator judges pairs of a sample and its code.

Donahue et al. (2017), https://arxiv.org/abs/1605.09782, equation 2, and Dumoulin et al. (2017),
https://arxiv.org/abs/1606.00704, equation 3: D tells (x, E(x)) from (G(z), z), and G and E play as one against it. At
the equilibrium the joint distributions are equal; a deterministic E then inverts G. The encoder of BiGAN is a function,
that of ALI a Gaussian, drawn by reparametrisation. G and E minimise D's loss with the labels exchanged, in both terms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Player, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Normal
from sparring.machine.fitting import modules
from sparring.methods import Method, Paper
from sparring.networks.mlp import MLP
from sparring.networks.pairs import Pairs
from sparring.penalties import Penalty, Weight

__all__ = ["ALI", "METHODS", "BiGAN", "tiny"]


class BiGAN(GAN):
    """The game of a generator with an encoder, and a discriminator of pairs.

    Args:
        generator: From latents [B, Z] to samples [B, ...].
        encoder: From samples [B, ...] to codes [B, Z].
        discriminator: From samples [B, ...] and codes [B, Z] to logits [B].
        latent: The distribution of the latents.
        penalties: As those of `GAN`, but none that evaluates the discriminator at other samples: these have no code.
    """

    def __init__(
        self,
        generator: nn.Module,
        encoder: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        *,
        penalties: Mapping[Penalty, Weight] | None = None,
    ) -> None:
        super().__init__(generator, discriminator, latent, penalties=penalties)
        (self.encoder,) = modules(encoder=encoder)

    def players(self) -> dict[str, Player]:
        """The discriminator, then generator and encoder as one."""
        sides = super().players()
        both = replace(sides["generator"], controls=(*sides["generator"].controls, self.encoder))
        return sides | {"generator": both}

    def encoded(self, round: Round, x: Tensor) -> Tensor:
        """Codes [B, Z] of real samples, to be judged."""
        code: Tensor = self.encoder(x)
        return code

    def judged_real(self, round: Round) -> tuple[Tensor, Any]:
        """Real samples [B, ...], and the logits of them with their codes."""

        def judge() -> tuple[Tensor, Any]:
            x = self.penalties.point(round.stream("real").x)
            return x, self.critic(x, self.encoded(round, x))

        return round.once("judged real", judge, of=(self.encoder, self.discriminator))

    def judged_fake(self, round: Round) -> tuple[Tensor, Any]:
        """Generated samples [B, ...], and the logits of them with their latents."""

        def judge() -> tuple[Tensor, Any]:
            z, x = self.generated(round)
            x = self.penalties.point(x)
            return x, self.critic(x, z)

        return round.once("judged fake", judge, of=(self.generator, self.discriminator))

    def generator_cost(self, round: Round) -> Cost:
        """The discriminator's loss with the labels exchanged."""
        real, fake = self.reading(self.judged_real(round)[1]), self.reading(self.judged_fake(round)[1])
        return Cost({"loss": self.loss.discriminator(fake, real)})

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """The logits [B] of samples with their codes."""
        return super().judge(x, self.infer(x))

    def infer(self, x: Tensor) -> Tensor:
        """The code of samples [B, ...], [B, Z]."""
        code: Tensor = self.encoder(x)
        return code

    def reconstruct(self, x: Tensor) -> Tensor:
        """What the generator makes of the codes of samples [B, ...]."""
        again: Tensor = self.generator(self.infer(x))
        return again


class ALI(BiGAN):
    """The same with an encoder that gives [B, 2 Z]: means, then logarithms of variances, of a Gaussian over codes."""

    def encoded(self, round: Round, x: Tensor) -> Tensor:
        """Codes [B, Z], drawn: mu(x) + sigma(x) epsilon."""
        mean, log_variance = torch.chunk(self.encoder(x), 2, 1)
        return mean + (log_variance / 2).exp() * round.chance.normal("encoding", mean.shape[1])

    def infer(self, x: Tensor) -> Tensor:
        """The mean code of samples [B, ...], [B, Z]."""
        return torch.chunk(self.encoder(x), 2, 1)[0]


METHODS = (
    Method(
        name="BiGAN",
        category="images",
        python="games.images.bigan.BiGAN(g, e, d, Normal(50))",
        papers=(Paper("Donahue et al.", 2016, "https://arxiv.org/abs/1605.09782"),),
        section="5.5",
        command="sparring train bigan",
        record="bigan",
    ),
    Method(
        name="adversarially learned inference (ALI)",
        category="images",
        python="games.images.bigan.ALI(g, e, d, Normal(50))",
        papers=(Paper("Dumoulin et al.", 2016, "https://arxiv.org/abs/1606.00704"),),
        section="5.5",
        command="sparring train bigan --encoder gaussian",
        record="bigan",
        measured="ALI: test digits",
    ),
)


def tiny() -> tuple[BiGAN, dict[str, InMemory]]:
    """A small game, and its stream."""
    game = BiGAN(MLP(3, 8, 2), MLP(2, 8, 3), Pairs(MLP(2, 8, 4), 4 + 3, 8), Normal(3))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
