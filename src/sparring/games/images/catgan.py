"""Categorical GANs: the discriminator is sure of the classes of real samples and unsure of those of generated ones.

Springenberg (2015), https://arxiv.org/abs/1511.06390, section 3. D has an output for each of K classes and none for
"real" or "generated". With H the entropy in nats, equation 7 of the paper: D maximises H[E p(y|x)] - E H[p(y|x)] + E
H[p(y|G(z))], and G minimises -H[E p(y|G(z))] + E H[p(y|G(z))]. With labels, equation 9, D also pays their cross-
entropy. Without, the classes are clusters, whose names have to be found out.

The first entropy is of the mean over a batch. Use batches many times as large as K.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Uniform
from sparring.losses import FEATURES, Reading
from sparring.losses.across import everywhere
from sparring.methods import Method, Paper
from sparring.networks.gan2016 import Classifier, Generator
from sparring.samplers import ClassifyingSampler, Sampler

__all__ = ["METHODS", "CatGAN", "Entropies", "entropies", "tiny"]


def entropies(logits: Tensor) -> tuple[Tensor, Tensor]:
    """H[E p] of the mean distribution over all ranks, and E H[p], of logits [B, K]: two scalars, in nats."""
    logs = logits.log_softmax(1)
    everyone = everywhere(logs)
    mean = everyone.logsumexp(0) - math.log(len(everyone))
    return -(mean.exp() * mean).sum(), -(logs.exp() * logs).sum(1).mean()


@dataclass(frozen=True)
class Entropies:
    """Both players' parts, of logits [B, K]."""

    reads: ClassVar[Reading] = FEATURES
    needs_real: ClassVar[bool] = False
    across: ClassVar[bool] = True
    exact: ClassVar[float] = 100.0
    log_ratio: ClassVar[bool] = False

    def discriminator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-H[E p(y|x)] + E H[p(y|x)] - E H[p(y|G(z))]."""
        self.reads.check(real, fake)
        balance, doubt = entropies(real)
        return doubt - balance - entropies(fake)[1]

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """-H[E p(y|G(z))] + E H[p(y|G(z))]."""
        self.reads.check(real, fake)
        balance, doubt = entropies(fake)
        return doubt - balance


class CatGAN(GAN):
    """The game of a generator and a classifier. Its stream is `real`, and with labels also `labelled`.

    Args:
        generator: From latents [B, Z] to samples [B, ...].
        discriminator: From samples [B, ...] to logits [B, K].
        latent: The distribution of the latents.
        classes: K.
        labelled: The weight of the cross-entropy of labels; 0 if there are none.
        options: As those of `GAN`, but no loss.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        classes: int,
        *,
        labelled: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__(generator, discriminator, latent, Entropies(), **options)
        self.classes, self.labelled = classes, labelled

    def discriminator_cost(self, round: Round) -> Cost:
        """Its part in nats, with the cross-entropy of labels.

        Raises:
            ValueError: The stream `labelled` has no labels.
        """
        cost = super().discriminator_cost(round)
        if not self.labelled:
            return cost
        logits = self.reading(self.critic(round.stream("labelled").x))
        return cost.plus(labelled=self.labelled * cross_entropy(logits, round.labels("labelled")))

    def judge(self, x: Tensor, y: Tensor | None = None) -> None:
        """None: nobody says what is real."""

    def sampler(self) -> Sampler:
        """Samples of the generator, and the classes or clusters that the discriminator finds."""
        return ClassifyingSampler(self.generator, self.latent, self.discriminator, self.classes)


METHODS = (
    Method(
        name="CatGAN",
        category="images",
        python="games.images.catgan.CatGAN(g, d, latent, classes=10, labelled=1.0)",
        papers=(Paper("Springenberg", 2015, "https://arxiv.org/abs/1511.06390"),),
        section="5.4",
    ),
)


def tiny() -> tuple[CatGAN, dict[str, InMemory]]:
    """A small game of three classes of pictures, of which one in four has a label, and its streams."""
    y = Key(1).integers("labels", (64,), 3)
    x = (Key(1).normal("pictures", (64, 1, 4, 4)) / 4 + y[:, None, None, None] / 2 - 0.5).tanh()
    networks = Generator((1, 4, 4), 3, 6), Classifier((1, 4, 4), 3, (8, 6))
    game = CatGAN(*networks, Uniform(3, reach=0.5), 3, labelled=1.0)
    return game, {"real": InMemory(x), "labelled": InMemory(x[:16], y[:16])}
