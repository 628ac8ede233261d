"""Generative adversarial networks: a discriminator tells real from generated, a generator makes that hard.

Goodfellow et al. (2014), https://arxiv.org/abs/1406.2661; tutorial (Goodfellow 2016), section 3. Other losses and
penalties make it a Wasserstein GAN, a WGAN-GP or an R3GAN without another class:

    GAN(g, d, Normal(64), Wasserstein(), project=Clip(0.01))
    GAN(g, d, Normal(64), Wasserstein(), {interpolated: 10.0})
    GAN(g, d, Normal(64), Relativistic(), {r1: gamma / 2, r2: gamma / 2})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Game, Player, Projection, Round, unconstrained
from sparring.latents import Latent, Normal
from sparring.losses import AdversarialLoss, NonSaturating
from sparring.networks.mlp import MLP
from sparring.penalties import Critique, Penalty, r1
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["GAN", "Weight", "tiny"]

Weight = float | Callable[[int], float]
"""The weight of a penalty, or a function from the round number to it."""


class GAN(Game):
    """The game of a generator and a discriminator. Its one stream is `real`.

    Args:
        generator: From latents [B, Z] to samples [B, ...].
        discriminator: From samples [B, ...] to logits [B].
        latent: The distribution of the latents.
        loss: What the players minimise.
        penalties: What the discriminator minimises besides, with weights; logged by the functions' names.
        project: Where the discriminator's parameters must stay.

    Raises:
        ValueError: Two penalties have the same name.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        loss: AdversarialLoss = NonSaturating(),  # noqa: B008 - a frozen value
        penalties: Mapping[Penalty, Weight] | None = None,
        *,
        project: Projection = unconstrained,
    ) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.latent, self.loss, self.penalties, self.project = latent, loss, dict(penalties or {}), project
        names = ["loss", *map(name_of, self.penalties)]
        if len(set(names)) < len(names):
            raise ValueError(
                f"the terms would be {names}; expected different names: define each penalty by its own `def`"
            )

    def players(self) -> dict[str, Player]:
        """The discriminator, then the generator."""
        return {
            "discriminator": Player((self.discriminator,), self.discriminator_cost, self.project),
            "generator": Player((self.generator,), self.generator_cost),
        }

    def discriminator_cost(self, round: Round) -> Cost:
        """The loss at real and generated samples, and the penalties."""
        real, fake = self.real_logits(round), self.fake_logits(round)
        terms = {"loss": self.loss.discriminator(real, fake)}
        critique = Critique(self.critic, self.real(round), self.fake(round), real, fake, round.key)
        for penalty, weight in self.penalties.items():
            terms[name_of(penalty)] = penalty(critique).mean() * (weight(round.number) if callable(weight) else weight)
        return Cost(terms, {"real_logit": real.mean(), "fake_logit": fake.mean()})

    def generator_cost(self, round: Round) -> Cost:
        """The loss at generated samples."""
        fake = self.fake_logits(round)
        real = self.real_logits(round) if self.loss.needs_real else fake
        return Cost({"loss": self.loss.generator(real, fake)})

    def real(self, round: Round) -> Tensor:
        """Real samples, [B, ...]."""
        return round.once("real", lambda: self._point(round.stream("real").x.detach()))

    def fake(self, round: Round) -> Tensor:
        """Generated samples, [B, ...]."""

        def generate() -> Tensor:
            latents = round.place(self.latent(round.key.rows(round.batch)))
            return self._point(round.place(self.generator(latents)))

        return round.once("fake", generate)

    def real_logits(self, round: Round) -> Tensor:
        """The discriminator at the real samples, [B]."""
        return round.once("real_logits", lambda: self.critic(self.real(round)))

    def fake_logits(self, round: Round) -> Tensor:
        """The discriminator at the generated samples, [B]."""
        return round.once("fake_logits", lambda: self.critic(self.fake(round)))

    def critic(self, x: Tensor) -> Tensor:
        """Logits [B] of samples, in at least float32; under a penalty the whole pass is in the samples' precision."""
        with torch.autocast(x.device.type, enabled=False) if self.penalties else nullcontext():
            logits: Tensor = self.discriminator(x)
        return logits.to(torch.promote_types(logits.dtype, torch.float32))

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor:
        """The discriminator's logits [B]."""
        return self.critic(x)

    def _point(self, samples: Tensor) -> Tensor:
        """Samples at which penalties, if there are any, can differentiate the critic."""
        return samples.requires_grad_() if self.penalties else samples

    def sampler(self) -> Sampler:
        """Samples of the generator."""
        return GeneratorSampler(self.generator, self.latent)


def name_of(penalty: Penalty) -> str:
    """The name of a penalty's term."""
    return getattr(penalty, "__name__", type(penalty).__name__)


def tiny() -> tuple[GAN, dict[str, InMemory]]:
    """A small GAN with a penalty, and its stream, for the contract tests."""
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), NonSaturating(), {r1: 0.1})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
