"""Semi-supervised learning: a classifier of few labelled examples learns from many others, and from generated ones.

Salimans et al. (2016), https://arxiv.org/abs/1606.03498, section 5; tutorial (Goodfellow 2016), section 5.4. The
discriminator is a classifier of K + 1 classes, the last of them "generated". With l_{K+1} = 0, which takes nothing away
from it, it says "real" with the logit Z(x) = log sum_k exp l_k(x), k of 1 to K. Its cost is L_supervised, the
cross-entropy of labels given that an example is real, plus L_unsupervised, the game of a GAN with that logit. The
generator matches features. `NPlusOne` is the general form with K + 1 outputs (Odena 2016,
https://arxiv.org/abs/1606.01583).

A new batch of real samples for the generator's turn, as the authors have it, is what `Alternating()` gives.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.utils import parametrize

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Uniform
from sparring.layers.with_features import WithFeatures
from sparring.losses import AdversarialLoss, FeatureMatching, NonSaturating
from sparring.methods import Method, Paper
from sparring.networks.gan2016 import Classifier, Generator
from sparring.samplers import ClassifyingSampler, Sampler

__all__ = ["METHODS", "NPlusOne", "SemiSupervisedGAN", "tiny"]


class SemiSupervisedGAN(GAN):
    """The game of a generator and a classifier. Its streams are `real` and `labelled`, which has classes [B].

    Args:
        generator: From latents [B, Z] to samples [B, ...].
        discriminator: From samples [B, ...] to [B, K + F]: a logit of each class, then the features that the loss
            reads, as of `layers.with_features.WithFeatures`; F is 0 for a loss of logits.
        latent: The distribution of the latents.
        classes: K.
        loss: What the players minimise besides, of Z and the features.
        unlabelled: The weight of the discriminator's part of it. Its two halves are added: 1/2 makes it
            L_unsupervised as the authors' code has it.
        options: As those of `GAN`.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        classes: int,
        loss: AdversarialLoss = FeatureMatching(NonSaturating()),  # noqa: B008 - a frozen value
        *,
        unlabelled: float = 0.5,
        **options: Any,
    ) -> None:
        super().__init__(generator, discriminator, latent, loss, **options)
        self.classes, self.unlabelled = classes, unlabelled

    def reading(self, output: Tensor) -> Tensor:
        """Z [B], or with features [B, 1 + F]: log D(x) / (1 - D(x)) = log sum_k exp l_k(x)."""
        output = super().reading(output)
        known = output[:, : self.classes].logsumexp(1)
        return known if output.shape[1] == self.classes else torch.cat([known[:, None], output[:, self.classes :]], 1)

    def discriminator_cost(self, round: Round) -> Cost:
        """L_supervised, in nats, and the weighed loss; the share of right answers is watched.

        Raises:
            ValueError: The stream `labelled` has no labels.
        """
        x, y = round.stream("labelled").x, round.labels("labelled")
        with parametrize.cached():  # three passes share the weights that a weight norm makes
            cost = super().discriminator_cost(round)
            logits = super().reading(self.critic(x))[:, : self.classes]
        right = (logits.detach().argmax(1) == y).to(logits.dtype).mean()
        terms = {**cost.terms, "loss": self.unlabelled * cost.terms["loss"]}
        return Cost(terms, cost.watch).plus({"accuracy": right}, labelled=cross_entropy(logits, y))

    def generator_cost(self, round: Round) -> Cost:
        """The loss at generated samples, as a rule that of feature matching."""
        with parametrize.cached():
            return super().generator_cost(round)

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """The logits of "real" [B]; the discriminator is not told labels."""
        return super().judge(x)

    def sampler(self) -> Sampler:
        """Samples of the generator, and what the discriminator takes pictures for."""
        return ClassifyingSampler(self.generator, self.latent, self.discriminator, self.classes)


class NPlusOne(nn.Module):
    """A discriminator with an output for "generated" of its own, as one of K logits: l_k - l_{K+1}.

    Args:
        network: From samples [B, ...] to [B, K + 1], or to [B, K + 1 + F] with features.
        classes: K.
    """

    def __init__(self, network: nn.Module, classes: int) -> None:
        super().__init__()
        self.network, self.classes = network, classes

    def forward(self, x: Tensor) -> Tensor:
        """[B, ...] to [B, K + F]."""
        logits, fake, features = self.network(x).tensor_split((self.classes, self.classes + 1), 1)
        return torch.cat([logits - fake, features], 1)


METHODS = (
    Method(
        name="semi-supervised GAN with feature matching",
        category="images",
        python="games.images.semi.SemiSupervisedGAN(g, layers.with_features.WithFeatures(d, '8'), latent, classes=10)",
        papers=(
            Paper("Salimans et al.", 2016, "https://arxiv.org/abs/1606.03498"),
            Paper("Odena", 2016, "https://arxiv.org/abs/1606.01583"),
        ),
        section="5.4",
        command="sparring train semi --labels-per-class 10",
        record="semi_supervised",
        measured="100 labels, GAN with feature matching",
    ),
)


def tiny() -> tuple[SemiSupervisedGAN, dict[str, InMemory]]:
    """A small game of three classes of pictures, of which one in four has a label, and its streams."""
    y = Key(1).integers("labels", (64,), 3)
    x = (Key(1).normal("pictures", (64, 1, 4, 4)) / 4 + y[:, None, None, None] / 2 - 0.5).tanh()
    classifier = Classifier((1, 4, 4), 3, (8, 6))
    discriminator = WithFeatures(classifier, classifier.features)
    game = SemiSupervisedGAN(Generator((1, 4, 4), 3, 6), discriminator, Uniform(3, reach=0.5), 3)
    return game, {"real": InMemory(x), "labelled": InMemory(x[:16], y[:16])}
