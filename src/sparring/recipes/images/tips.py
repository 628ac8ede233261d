"""A DCGAN with one tip or remedy put in, or left out: the tutorial's sections 4 and 5.1.1, and "GAN hacks".

Goodfellow (2016), https://arxiv.org/abs/1701.00160; Chintala et al. (2016), https://github.com/soumith/ganhacks, whose
numbers are given. All else is as in the recipe `dcgan`. What each does on one benchmark is in docs/tips.md. Labels, norms
and augmentation have recipes or options of their own: `acgan`, `cgan`, `recognition`, `norms`, `--augment`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import sparring as sp
from sparring.machine import devices
from sparring.recipes.images import dcgan
from sparring.schedules import linear

if TYPE_CHECKING:
    from torch import nn

    from sparring.dynamics.dynamics import Dynamics
    from sparring.networks.dcgan import Shape

__all__ = ["TIPS", "USES", "Config", "Tip", "build", "game", "open_data", "sampler"]

USES = dcgan.USES


@dataclass(frozen=True, kw_only=True)
class Config(dcgan.Config):
    """Train a DCGAN with a tip put in or left out (tutorial, sections 4 and 5.1.1)."""

    tip: str = "soft-labels"
    """What is changed: a name in docs/tips.md."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.tip not in TIPS:
            raise ValueError(f"--tip is {self.tip!r}; expected one of {', '.join(TIPS)}")


@dataclass(frozen=True, kw_only=True)
class Tip:
    """What differs from the plain game; by default nothing.

    Attributes:
        about: What it is, in a few words.
        generator: Makes the generator of a shape [C, H, W], the size of the latent, and the width.
        discriminator: Makes the discriminator of a shape and the width.
        game: Makes the game of generator, discriminator, latent and options of `GAN`.
        latent: Makes the latent of a size.
        loss: Makes the loss.
        dynamics: Makes the rule.
        speed: What the discriminator's learning rate is multiplied by.
        sgd: The discriminator's learning rate under SGD, if it is not to have Adam.
    """

    about: str
    generator: Callable[[Shape, int, int], nn.Module] = field(default=lambda *sizes: sp.networks.dcgan.Generator(*sizes))
    discriminator: Callable[[Shape, int], nn.Module] = field(
        default=lambda *sizes: sp.networks.dcgan.Discriminator(*sizes)
    )
    game: Callable[..., sp.GAN] = field(default=lambda *parts, **options: sp.GAN(*parts, **options))
    latent: Callable[[int], Any] = field(default=lambda size: sp.Normal(size))
    loss: Callable[[], Any] = field(default=lambda: sp.losses.NonSaturating())
    dynamics: Callable[[], Dynamics] = field(default=lambda: sp.Alternating(fresh=False))
    speed: float = 1.0
    sgd: float = 0.0


def steps(**counts: int) -> Callable[[], Dynamics]:
    """So many in turn."""
    return lambda: sp.Alternating(counts, fresh=False)


def without_tanh(shape: Shape, latent: int, width: int) -> nn.Module:
    """A generator of pictures in [0, 1], which leave it as all others do."""
    from torch import nn

    *layers, _ = sp.networks.dcgan.Generator(shape, latent, width).layers
    return nn.Sequential(*layers, nn.Sigmoid(), sp.layers.pointwise.Affine(2.0, -1.0))


