"""Generative adversarial networks: a discriminator tells real from generated, a generator makes that hard.

Goodfellow et al. (2014), https://arxiv.org/abs/1406.2661; tutorial (Goodfellow 2016), section 3. Other losses and
penalties make it a WGAN-GP without another class: `GAN(g, d, Normal(64), Wasserstein(), {interpolated: 10.0})`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Game, Player, Projection, Round, projection, unconstrained
from sparring.latents import Latent, Normal, distribution
from sparring.layers.packed import packs
from sparring.losses import AdversarialLoss, NonSaturating, adversarial, decisive
from sparring.machine.fitting import alike, fitted, modules
from sparring.networks.mlp import MLP
from sparring.penalties import Critique, Generation, GeneratorPenalty, Penalties, Penalty, Weight, r1
from sparring.samplers import GeneratorSampler, Sampler

__all__ = ["GAN", "tiny"]


class GAN(Game):
    """The game of a generator and a discriminator. Its one stream is `real`.

    Variants override one small method: `given` (what both networks are told besides, such as labels; then `sampler`
    too), `latents`, `critic` (how the discriminator is called), `reading` (where it gives more than the loss reads), or
    a cost, to which `Cost.plus` adds terms.

    Args:
        generator: From latents [B, Z] to samples [B, ...].
        discriminator: From samples [B, ...] to what the loss reads, logits [B] as a rule.
        latent: The distribution of the latents.
        loss: What the players minimise.
        penalties: What the discriminator minimises besides, with weights; logged by the functions' names.
        regularizers: The same for the generator.
        project: Where the discriminator's parameters must stay.
        watch: What else is logged: functions of the outputs for real and fake samples, as `losses.estimates(loss)`.

    Raises:
        TypeError, ValueError: An argument is something else, or two penalties of a player have the same name.
    """

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: Latent,
        loss: AdversarialLoss = NonSaturating(),  # noqa: B008 - a frozen value
        penalties: Mapping[Penalty, Weight] | None = None,
        *,
        regularizers: Mapping[GeneratorPenalty, Weight] | None = None,
        project: Projection = unconstrained,
        watch: Mapping[str, Callable[[Tensor, Tensor], Tensor]] | None = None,
    ) -> None:
        super().__init__()
        self.generator, self.discriminator = modules(generator=generator, discriminator=discriminator)
        self.latent, self.loss, self.project = distribution(latent), adversarial(loss), projection(project)
        self.penalties, self.regularizers, self.decides = Penalties(penalties), Penalties(regularizers), decisive(loss)
        self.watch = dict(watch or {})
        self.judges, self.advisers = self.penalties.modules, self.regularizers.modules  # to be saved

    def players(self) -> dict[str, Player]:
        """The discriminator, then the generator."""
        return {
            "discriminator": Player((self.discriminator, self.judges), self.discriminator_cost, self.project),
            "generator": Player((self.generator, self.advisers), self.generator_cost),
        }

    def discriminator_cost(self, round: Round) -> Cost:
        """The loss and penalties. Samples keep their graph: only the discriminator gets a gradient of this."""
        (x, real), samples = self.judged_real(round), self.generated(round)[1]
        alike(x, samples)
        made, fake = self.judged_fake(round)
        real, fake = self.reading(real), self.reading(fake)
        critic = lambda x: self.reading(self.critic(x, *self.given(round)))  # noqa: E731
        terms = {"loss": self.loss.discriminator(real, fake)}
        terms |= self.penalties(lambda: self.loss.reads.critique(Critique(round, critic, x, made, real, fake)))
        outputs = real.detach(), fake.detach()
        seen = {name: function(*outputs) for name, function in self.watch.items()}
        return Cost(terms, self.loss.reads.seen(*outputs) | seen)

    def generator_cost(self, round: Round) -> Cost:
        """The loss at generated samples, and the penalties."""
        fake = self.reading(self.judged_fake(round)[1])
        real = self.reading(self.judged_real(round)[1]) if self.loss.needs_real else fake
        terms = {"loss": self.loss.generator(real, fake)}
        return Cost(terms | self.regularizers(lambda: Generation(round, *self.generated(round))))

    def given(self, round: Round) -> tuple[Tensor, ...]:
        """What both networks are told besides, each [B, ...]: nothing. It is data; embeddings belong to a network."""
        return ()

    def latents(self, round: Round) -> Tensor:
        """Latents [B, Z], the same for everybody who asks in this turn."""
        return self.latent(round.chance)

    def generated(self, round: Round) -> tuple[Tensor, Tensor]:
        """Latents [B, Z] and the samples [B, ...] made of them, once while the generator has not moved."""

        def generate() -> tuple[Tensor, Tensor]:
            z = self.regularizers.point(self.latents(round))
            return z, round.place(fitted("generator", self.generator, "latents", z, *self.given(round)))

        return round.once("generated", generate, of=(self.generator,))

    def judged_real(self, round: Round) -> tuple[Tensor, Any]:
        """Real samples [B, ...], and the discriminator's output for them."""
        return self._judged(round, "judged real", lambda: round.stream("real").x, self.discriminator)

    def judged_fake(self, round: Round) -> tuple[Tensor, Any]:
        """Generated samples [B, ...], and the discriminator's output for them."""
        return self._judged(round, "judged fake", lambda: self.generated(round)[1], self.generator, self.discriminator)

    def _judged(self, round: Round, name: str, samples: Callable[[], Tensor], *of: nn.Module) -> tuple[Tensor, Any]:
        def judge() -> tuple[Tensor, Any]:
            x = self.penalties.point(samples())  # apart from those a dynamics may differentiate by
            return x, self.critic(x, *self.given(round))

        return round.once(name, judge, of)

    def critic(self, x: Tensor, *given: Tensor) -> Any:
        """The discriminator's output for samples."""
        return self.penalties.exactly(self.discriminator, x, *given)

    def reading(self, output: Tensor) -> Tensor:
        """What the loss reads of the discriminator's output, in at least float32: all of it."""
        return output.float() if output.dtype in (torch.bfloat16, torch.float16) else output

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """The discriminator's logits [B], if its loss reads such and it judges samples one by one."""
        one = (x,) if y is None else (x, y)
        return None if packs(self.discriminator) else self.loss.reads.logits(self.reading(self.critic(*one)))

    def sampler(self) -> Sampler:
        """Samples of the generator."""
        return GeneratorSampler(self.generator, self.latent)


def tiny() -> tuple[GAN, dict[str, InMemory]]:
    """A small GAN with a penalty, and its stream, for the contract tests."""
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), NonSaturating(), {r1: 0.1})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
