"""InfoGAN: codes in the latents, which a head of the discriminator must read from the generated samples.

Chen et al. (2016), https://arxiv.org/abs/1606.03657. Equation 5 is a bound of the mutual information of codes c and
samples: L_I = E log Q(c | G(z, c)) + H(c). Equation 6 takes lambda L_I off the cost of G and Q. As in the authors' code
(https://github.com/openai/InfoGAN) Q is a part of the discriminator, whose cost is lowered by the same term, so the
trunk learns it too. Q of a number is a Gaussian of variance 1 around what the head says.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.conditions.codes import Codes
from sparring.data.source import InMemory
from sparring.game import Cost, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Normal
from sparring.methods import Method, Paper
from sparring.networks.concatenation import Beside
from sparring.networks.mlp import MLP
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["METHODS", "InfoGAN", "information", "tiny"]


def information(codes: Codes, guess: Tensor, c: Tensor) -> Tensor:
    """The bound L_I of equation 5 in nats, a scalar: it is the mutual information where Q is the posterior.

    Args:
        codes: What there is.
        guess: The head's output for generated samples, [B, D]: logits of categorical codes, means of numbers.
        c: The codes that these were made of, [B, D].
    """
    *categories, mean = torch.split(guess, [*codes.sizes, codes.continuous], 1)
    *places, numbers = torch.split(c, [*codes.sizes, codes.continuous], 1)
    log_q: Tensor = -((numbers - mean).square() + math.log(2 * math.pi)).sum(1) / 2
    for logits, place in zip(categories, places, strict=True):
        log_q = log_q + (place * logits.log_softmax(1)).sum(1)
    entropy = sum(map(math.log, codes.sizes)) + codes.continuous * math.log(2)  # of numbers in (-1, 1)
    return log_q.mean() + entropy


class InfoGAN(GAN):
    """The game of a generator that gets codes, and a discriminator that must read them.

    Args:
        generator: From latents [B, Z] and codes [B, D] to samples [B, ...].
        discriminator: From samples [B, ...] to [B, 1 + D]: a logit of "real", then the head Q.
        latent: The distribution of the latents.
        condition: What codes there are.
        weight: Of the bound, lambda.
        options: As those of `GAN`.
    """

    condition: Codes

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        condition: Codes,
        *,
        weight: float = 1.0,
        **options: Any,
    ) -> None:
        super().__init__(generator, discriminator, latent, **options)
        self.condition, self.weight = condition, weight

    def given(self, round: Round) -> tuple[Tensor, ...]:
        """The codes [B, D], for the generator."""
        return (self.condition.draw(round.chance),)

    def critic(self, x: Tensor, *given: Tensor) -> Any:
        """The discriminator's output [B, 1 + D]; it is not told the codes."""
        return super().critic(x)

    def reading(self, output: Tensor) -> Tensor:
        """The logits of "real" [B]."""
        return super().reading(output)[:, 0]

    def head(self, output: Tensor) -> Tensor:
        """What Q says, [B, D]."""
        return super().reading(output)[:, 1:]

    def discriminator_cost(self, round: Round) -> Cost:
        """The loss, less the bound in nats."""
        bound = self._bound(round)
        return super().discriminator_cost(round).plus({"information": bound.detach()}, codes=-self.weight * bound)

    def generator_cost(self, round: Round) -> Cost:
        """The loss, less the bound in nats."""
        return super().generator_cost(round).plus(codes=-self.weight * self._bound(round))

    def _bound(self, round: Round) -> Tensor:
        return information(self.condition, self.head(self.judged_fake(round)[1]), *self.given(round))

    @torch.no_grad()
    def read(self, x: Tensor) -> Tensor:
        """What Q says of samples [B, ...], [B, D]: logits of categorical codes, means of numbers."""
        return self.head(self.critic(x))

    def sampler(self) -> Sampler:
        """Samples of the generator, which can be asked for codes."""
        return GeneratorSampler(self.generator, self.latent, self.condition)


METHODS = (
    Method(
        name="InfoGAN",
        category="images",
        python="games.images.infogan.InfoGAN(g, d, Uniform(62), conditions.codes.Codes((10,), 2))",
        papers=(Paper("Chen et al.", 2016, "https://arxiv.org/abs/1606.03657"),),
        section="5.5",
        command="sparring train infogan",
        record="infogan",
    ),
)


def tiny() -> tuple[InfoGAN, dict[str, InMemory]]:
    """A small game of a category and a number, and its stream."""
    codes = Codes((3,), 1)
    game = InfoGAN(Beside(MLP(2 + 4, 8, 2)), MLP(2, 8, 1 + 4), Normal(2), codes, weight=0.5)
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
