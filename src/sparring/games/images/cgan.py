"""Conditional GANs: both networks are told the class of what they make or judge.

Mirza and Osindero (2014), https://arxiv.org/abs/1411.1784, equation 2. How the networks use the class is theirs to say:
those of `networks.conditional_dcgan` project features on it (Miyato and Koyama 2018,
https://arxiv.org/abs/1802.05637). Generated samples have the classes of the real ones of their batch.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from sparring.chance import Key
from sparring.conditions.classes import Classes
from sparring.conditions.condition import Condition
from sparring.data.source import InMemory
from sparring.game import Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Normal
from sparring.methods import Method, Paper
from sparring.networks.conditional_dcgan import Discriminator, Generator
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["METHODS", "ConditionalGAN", "tiny"]


class ConditionalGAN(GAN):
    """The game of two networks that are told the labels of its stream `real`.

    Args:
        generator: From latents [B, Z] and labels [B, ...] to samples [B, ...].
        discriminator: From samples [B, ...] and labels [B, ...] to what the loss reads, logits [B] as a rule.
        latent: The distribution of the latents.
        condition: What samples can be asked for: the labels.
        options: As those of `GAN`.
    """

    def __init__(
        self, generator: nn.Module, discriminator: nn.Module, latent: Latent, condition: Condition, **options: Any
    ) -> None:
        super().__init__(generator, discriminator, latent, **options)
        self.condition = condition

    def given(self, round: Round) -> tuple[Tensor, ...]:
        """The labels [B, ...] of the real samples.

        Raises:
            ValueError: They have none.
        """
        return (round.labels("real"),)

    def sampler(self) -> Sampler:
        """Samples of the generator, which can be asked for."""
        return GeneratorSampler(self.generator, self.latent, self.condition)


METHODS = (
    Method(
        name="conditional GAN",
        category="images",
        python="games.images.cgan.ConditionalGAN(g, d, Normal(100), condition)",
        papers=(Paper("Mirza and Osindero", 2014, "https://arxiv.org/abs/1411.1784"),),
        section="4.1",
        command="sparring train cgan",
        record="cgan",
    ),
    Method(
        name="projection discriminator",
        category="images",
        python="networks.conditional_dcgan.Discriminator((1, 28, 28), 10)",
        papers=(Paper("Miyato and Koyama", 2018, "https://arxiv.org/abs/1802.05637"),),
        command="sparring train cgan",
        record="cgan",
    ),
)


def tiny() -> tuple[ConditionalGAN, dict[str, InMemory]]:
    """A small game of three classes of pictures, and its stream."""
    y = Key(1).integers("labels", (64,), 3)
    x = (Key(1).normal("pictures", (64, 1, 7, 7)) / 4 + y[:, None, None, None] / 2 - 0.5).tanh()
    networks = Generator((1, 7, 7), 3, 2, 2), Discriminator((1, 7, 7), 3, 2)
    return ConditionalGAN(*networks, Normal(2), Classes.of(y)), {"real": InMemory(x, y)}
