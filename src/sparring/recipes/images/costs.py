"""One DCGAN under many costs: a table of presets that differ in the loss, what is added to it, and the rates.

Every preset but R3GAN has the networks of `dcgan`, so that runs of equal time compare costs. Where a preset names the
authors' code, rates, moments and steps were read there; otherwise they are ours. Departures from every paper: batches
and widths for the CPU, an average of the generator's weights to sample from, no falling rates unless `--falling`. The
generator's step has the data and latents of the critic's last one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import sparring as sp
from sparring.methods import Method, Paper
from sparring.recipes.images import dcgan
from sparring.schedules import geometric, linear

if TYPE_CHECKING:
    from torch import nn

    from sparring.game import Projection
    from sparring.losses import AdversarialLoss
    from sparring.penalties import Penalty, Weight

__all__ = ["METHODS", "RECIPES", "Config", "Parts", "Preset"]


@dataclass(frozen=True)
class Parts:
    """What a preset puts into the game.

    Attributes:
        loss: The loss.
        critic: Makes the discriminator of pictures of a shape and of a width.
        rule: Makes an optimizer of parameters and a rate.
        penalties: What is added to the discriminator's loss, with weights.
        project: Where its weights must stay.
        generator: Makes the generator of a shape, a size of latents and a width.
    """

    loss: AdversarialLoss
    critic: Callable[..., nn.Module]
    rule: dcgan.Rule
    penalties: Mapping[Penalty, Weight] = field(default_factory=dict)
    project: Projection = field(default_factory=lambda: sp.game.unconstrained)
    generator: Callable[..., nn.Module] = field(default_factory=lambda: sp.networks.dcgan.Generator)


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config, ABC):
    """Options of all presets. Each preset has its own defaults."""

    rounds: int = 2000
    """Rounds to play: steps of the generator."""
    critic_steps: int = 1
    """Steps of the discriminator before each of the generator."""
    falling: bool = False
    """Let both learning rates fall to a hundredth in the second half of the rounds."""
    generator_rate: float = 2e-4
    """Learning rate of the generator."""
    discriminator_rate: float = 2e-4
    """Learning rate of the discriminator."""

    @abstractmethod
    def parts(self) -> Parts:
        """What the preset puts into the game."""


@dataclass(frozen=True, kw_only=True)
class Minimax(Config):
    """Train a GAN by the zero-sum game on your pictures (Goodfellow et al. 2014)."""

    def parts(self) -> Parts:
        """The DCGAN with the loss that vanishes where D is sure; rates of Radford et al. (2015)."""
        return Parts(sp.losses.Minimax(), sp.networks.dcgan.Discriminator, dcgan.adam(0.5, 0.999))


@dataclass(frozen=True, kw_only=True)
class NonSaturating(Config):
    """Train a GAN by the non-saturating cost on your pictures (Goodfellow et al. 2014)."""

    def parts(self) -> Parts:
        """As the zero-sum game but for the generator's cost: the recipe `dcgan` without its own rates."""
        return Parts(sp.losses.NonSaturating(), sp.networks.dcgan.Discriminator, dcgan.adam(0.5, 0.999))


@dataclass(frozen=True, kw_only=True)
class LSGAN(Config):
    """Train a least squares GAN on your pictures (Mao et al. 2016)."""

    generator_rate: float = 1e-3
    discriminator_rate: float = 1e-3

    def parts(self) -> Parts:
        """The DCGAN with another loss; rates of https://github.com/xudonmao/LSGAN."""
        return Parts(sp.losses.LeastSquares(), sp.networks.dcgan.Discriminator, dcgan.adam(0.5, 0.999))


@dataclass(frozen=True, kw_only=True)
class WGAN(Config):
    """Train a Wasserstein GAN with clipped weights on your pictures (Arjovsky et al. 2017)."""

    critic_steps: int = 5
    generator_rate: float = 5e-5
    discriminator_rate: float = 5e-5
    clip: float = 0.01
    """Every weight of the critic stays between minus this and this."""

    def parts(self) -> Parts:
        """The settings of https://github.com/martinarjovsky/WassersteinGAN.

        There the critic takes 100 steps now and then, in the first 25 rounds always: left out.
        """
        import torch

        critic, rule = sp.networks.dcgan.Discriminator, partial(torch.optim.RMSprop, alpha=0.99)
        return Parts(sp.losses.Wasserstein(), critic, rule, project=sp.projections.Clip(self.clip))


@dataclass(frozen=True, kw_only=True)
class WGANGP(Config):
    """Train a Wasserstein GAN with a gradient penalty on your pictures (Gulrajani et al. 2017)."""

    critic_steps: int = 5
    generator_rate: float = 1e-4
    discriminator_rate: float = 1e-4
    penalty: float = 10.0
    """Weight of the gradient penalty."""

    def parts(self) -> Parts:
        """The settings of https://github.com/igul222/improved_wgan_training for MNIST, whose generator has no norm."""
        critic = partial(sp.networks.dcgan.Discriminator, norm=None)
        return Parts(sp.losses.Wasserstein(), critic, dcgan.adam(0.5, 0.9), {sp.penalties.interpolated: self.penalty})


@dataclass(frozen=True, kw_only=True)
class Hinge(Config):
    """Train a GAN with the hinge loss and spectral norm on your pictures (Miyato et al. 2018)."""

    critic_steps: int = 5

    def parts(self) -> Parts:
        """The settings of https://github.com/pfnet-research/sngan_projection for CIFAR-10.

        There the networks are residual, the generator's batch is twice as large, and rates fall linearly to 0.
        """

        def critic(shape: tuple[int, int, int], width: int) -> nn.Module:
            return sp.layers.spectral.spectral(sp.networks.dcgan.Discriminator(shape, width, norm=None))

        return Parts(sp.losses.Hinge(), critic, dcgan.adam(0.0, 0.9))


@dataclass(frozen=True, kw_only=True)
class Cramer(Config):
    """Train a Cramér GAN on your pictures (Bellemare et al. 2017)."""

    critic_steps: int = 5
    generator_rate: float = 1e-4
    discriminator_rate: float = 1e-4
    penalty: float = 10.0
    """Weight of the gradient penalty."""
    features: int = 256
    """Size of the critic's features."""

    def parts(self) -> Parts:
        """As WGAN-GP, on features: steps, rates and weight are those of that preset, not checked for this paper."""
        critic = partial(sp.networks.dcgan.Discriminator, norm=None, outputs=self.features)
        return Parts(sp.losses.Cramer(), critic, dcgan.adam(0.5, 0.9), {sp.penalties.interpolated: self.penalty})


@dataclass(frozen=True, kw_only=True)
class FGAN(Config):
    """Train a GAN that descends an f-divergence on your pictures (Nowozin et al. 2016)."""

    divergence: str = "kl"
    """Divergence: kl, reverse-kl, pearson, neyman, hellinger, jeffreys, jensen-shannon, gan, alpha, total-variation."""

    def parts(self) -> Parts:
        """The divergence's loss in the log ratio; the rates are those of the DCGAN, ours."""
        return Parts(sp.losses.divergence(self.divergence), sp.networks.dcgan.Discriminator, dcgan.adam(0.5, 0.999))


@dataclass(frozen=True, kw_only=True)
class R3GAN(Config):
    """Train R3GAN's residual networks on your pictures, relativistic with R1 and R2 (Huang et al. 2024)."""

    latent: int = 64
    width: int = 8
    """Channels of the layer next to the picture. The smallest size has 8 times as many."""
    gamma: float = 1.0
    """Weight of R1 and R2 at the start. Their factor is half of it. It falls to a tenth."""

    def parts(self) -> Parts:
        """Rates, the first moment and gamma of the paper for stacked MNIST (table 9).

        There gamma falls, and the second moment rises from .9 to .99, along a cosine in the first fifth of training.
        Here gamma falls in equal ratios, and the second moment stays at .9.
        """
        plan, half = sp.networks.r3gan.preset, geometric(self.gamma / 2, self.gamma / 20, 0.0, 0.2)
        return Parts(
            sp.losses.Relativistic(),
            lambda shape, width: sp.networks.r3gan.Discriminator(shape, plan(shape, width)),
            dcgan.adam(0.0, 0.9),
            {sp.penalties.r1: half, sp.penalties.r2: half},
            generator=lambda shape, latent, width: sp.networks.r3gan.Generator(shape, plan(shape, width), latent),
        )


class Preset:
    """A recipe of the table.

    Args:
        config: Its configuration, whose docstring says what it does.
    """

    USES = dcgan.USES
    open_data = staticmethod(dcgan.open_data)

    def __init__(self, config: type[Config]) -> None:
        self.Config = config
        self.__doc__ = config.__doc__

    def game(self, config: Config, shape: tuple[int, ...]) -> sp.GAN:
        """The game on pictures of `shape` [C, H, W].

        Raises:
            ValueError: The augmentation asks what the discriminator takes for real, and the loss only compares.
        """
        channels, height, width = shape
        parts = config.parts()
        with sp.Key(config.seed, ("initial weights",)).seeded():
            generator = parts.generator((channels, height, width), config.latent, config.width)
            critic = parts.critic((channels, height, width), config.width)
        critic, more = config.augmented(critic)
        if more and not sp.losses.decisive(parts.loss):
            raise ValueError("--augment ada needs a loss whose logits say what is real: write --augment diff")
        latent, penalties = sp.Normal(config.latent), {**parts.penalties, **more}
        gan = sp.GAN(generator, critic, latent, parts.loss, penalties, project=parts.project)
        return dcgan.placed(gan, config)

    def sampler(self, config: Config, spec: sp.Spec) -> sp.Sampler:
        """The untrained generator."""
        return self.game(config, spec.shape).sampler()

    def build(self, config: Config, data: sp.Data) -> sp.Trainer:
        """The trainer."""
        factors = linear(1.0, 0.01 if config.falling else 1.0, first=0.5)
        turns = sp.Alternating({"discriminator": config.critic_steps}, fresh=False)
        gan, rule = self.game(config, data.spec.shape), config.parts().rule
        return dcgan.trainer(config, data, gan, rule=rule, factors=factors, dynamics=turns)


RECIPES = {
    "minimax": Preset(Minimax),
    "nsgan": Preset(NonSaturating),
    "lsgan": Preset(LSGAN),
    "wgan": Preset(WGAN),
    "wgan-gp": Preset(WGANGP),
    "hinge": Preset(Hinge),
    "cramer": Preset(Cramer),
    "fgan": Preset(FGAN),
    "r3gan": Preset(R3GAN),
}
"""Each preset by the name that `sparring train` knows."""


METHODS = (
    Method(
        name="the networks of R3GAN",
        category="images",
        python="networks.r3gan.Generator((3, 32, 32)), networks.r3gan.Discriminator((3, 32, 32))",
        papers=(Paper("Huang et al.", 2024, "https://arxiv.org/abs/2501.05441"),),
        command="sparring train r3gan",
        record="costs",
        measured="r3gan, best",
    ),
)
