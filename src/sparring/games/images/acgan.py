"""Auxiliary classifier GANs: the generator is told a class, and the discriminator must name it.

Odena et al. (2017), https://arxiv.org/abs/1610.09585, equations 2 and 3: L_S is the log-likelihood of the right source,
L_C that of the right class, of real and of generated samples. D maximises L_S + L_C, G maximises L_C - L_S. Here both
are costs, and G's side of L_S is the loss's: the non-saturating one, if no other is given. Generated samples have the
classes of the real ones of their batch.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from sparring.chance import Key
from sparring.conditions.classes import Classes
from sparring.conditions.condition import Condition
from sparring.data.source import InMemory
from sparring.game import Cost, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Normal
from sparring.methods import Method, Paper
from sparring.networks import conditional_dcgan, dcgan
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["METHODS", "AuxiliaryClassifierGAN", "tiny"]


class AuxiliaryClassifierGAN(GAN):
    """The game of a generator that is told the labels of its stream `real`, and a discriminator that is not.

    Args:
        generator: From latents [B, Z] and classes [B] to samples [B, ...].
        discriminator: From samples [B, ...] to [B, 1 + K]: a logit of "real", then one of each class.
        latent: The distribution of the latents.
        condition: What samples can be asked for: the classes.
        options: As those of `GAN`.
    """

    def __init__(
        self, generator: nn.Module, discriminator: nn.Module, latent: Latent, condition: Condition, **options: Any
    ) -> None:
        super().__init__(generator, discriminator, latent, **options)
        self.condition = condition

    def given(self, round: Round) -> tuple[Tensor, ...]:
        """The classes [B] of the real samples, for the generator.

        Raises:
            ValueError: They have none.
        """
        return (round.labels("real"),)

    def critic(self, x: Tensor, *given: Tensor) -> Any:
        """The discriminator's output [B, 1 + K]; it is not told the class."""
        return super().critic(x)

    def reading(self, output: Tensor) -> Tensor:
        """The logits of "real" [B]."""
        return super().reading(output)[:, 0]

    def discriminator_cost(self, round: Round) -> Cost:
        """-L_S and -L_C, the latter in nats for real and for generated samples."""
        real, fake = (self._unnamed(judged, round) for judged in (self.judged_real(round), self.judged_fake(round)))
        return super().discriminator_cost(round).plus(real_class=real, fake_class=fake)

    def generator_cost(self, round: Round) -> Cost:
        """G's side of the source, and -L_C of generated samples in nats."""
        return super().generator_cost(round).plus(fake_class=self._unnamed(self.judged_fake(round), round))

    def _unnamed(self, judged: tuple[Tensor, Any], round: Round) -> Tensor:
        """-E log P(C = c | x), a part of equation 3."""
        (y,) = self.given(round)
        return cross_entropy(super().reading(judged[1])[:, 1:], y)

    def sampler(self) -> Sampler:
        """Samples of the generator, which can be asked for."""
        return GeneratorSampler(self.generator, self.latent, self.condition)


METHODS = (
    Method(
        name="auxiliary classifier GAN",
        category="images",
        python="games.images.acgan.AuxiliaryClassifierGAN(g, d, Normal(100), condition)",
        papers=(Paper("Odena et al.", 2016, "https://arxiv.org/abs/1610.09585"),),
        section="4.1",
        command="sparring train acgan",
        record="labels",
        measured="labels in both",
    ),
)


def tiny() -> tuple[AuxiliaryClassifierGAN, dict[str, InMemory]]:
    """A small game of three classes of pictures, and its stream."""
    y = Key(1).integers("labels", (64,), 3)
    x = (Key(1).normal("pictures", (64, 1, 7, 7)) / 4 + y[:, None, None, None] / 2 - 0.5).tanh()
    networks = conditional_dcgan.Generator((1, 7, 7), 3, 2, 2), dcgan.Discriminator((1, 7, 7), 2, outputs=4)
    return AuxiliaryClassifierGAN(*networks, Normal(2), Classes.of(y)), {"real": InMemory(x, y)}
