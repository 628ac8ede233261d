"""SeqGAN: a generator of sequences learns by REINFORCE to write what a discriminator takes for real.

Yu et al. (2017), https://arxiv.org/abs/1609.05473, equations 4, 6 and 7; roll-outs are of the generator as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Batch, Cost, Game, Player, Round
from sparring.losses import NonSaturating
from sparring.methods import Method, Paper
from sparring.networks.recurrent import Recurrent, RecurrentSampler
from sparring.networks.text_cnn import TextCNN
from sparring.phase import Source
from sparring.samplers import Sampler

__all__ = ["METHODS", "Rollouts", "SeqGAN", "Written", "tiny"]


class SeqGAN(Game):
    """The game of a generator of sequences and a discriminator.

    Its streams are `real`, `written` (sequences [B, length] of the generator) and `rollouts`: such sequences, and with
    them ways to go on after each token, [B, length, R, length]. `streams` makes the last two.

    Args:
        generator: Knows how likely each token of sequences [B, length] is, and writes them.
        discriminator: From sequences [B, length] to logits [B].
    """

    decides = True

    def __init__(self, generator: Recurrent, discriminator: nn.Module) -> None:
        super().__init__()
        self.generator, self.discriminator, self.loss = generator, discriminator, NonSaturating()

    def streams(self, rollouts: int) -> dict[str, Source]:
        """What the generator writes, with so many ways to go on after each token."""
        return {"written": Written(self.generator), "rollouts": Rollouts(self.generator, rollouts)}

    def players(self) -> dict[str, Player]:
        """The discriminator, then the generator."""
        return {
            "discriminator": Player((self.discriminator,), self.discriminator_cost),
            "generator": Player((self.generator,), self.generator_cost),
        }

    def discriminator_cost(self, round: Round) -> Cost:
        """The loss at real and written sequences."""
        real, fake = (self.discriminator(round.stream(name).x) for name in ("real", "written"))
        watch = {"real_logit": real.detach().mean(), "fake_logit": fake.detach().mean()}
        return Cost({"loss": self.loss.discriminator(real, fake)}, watch)

    def generator_cost(self, round: Round) -> Cost:
        """Its gradient in the generator is minus that of the expected reward of a sequence, estimated."""
        batch = round.stream("rollouts")
        assert batch.y is not None, "the roll-outs"
        reward = self.reward(batch.y.flatten(0, 2)).reshape(batch.y.shape[:3]).mean(2)
        chosen = self.generator(batch.x).gather(2, batch.x[..., None])[..., 0]
        surrogate = -(chosen * self.advantage(round, reward)).sum(1).mean()
        return Cost({"reward": surrogate}, {"mean_reward": reward[:, -1].detach().mean()})

    def reward(self, words: Tensor) -> Tensor:
        """What sequences [B, length] earn, [B]: the probability that they are real."""
        logits: Tensor = self.discriminator(words)
        return logits.sigmoid()

    def advantage(self, round: Round, reward: Tensor) -> Tensor:
        """Rewards [B, length] less those of the batch's other sequences at the same place.

        The others' mean depends on nothing that this sequence has drawn, so it adds no bias (Kool et al. 2019,
        https://openreview.net/forum?id=r1lgTGL5DE); with its own reward in it, it would.
        """
        everybody = round.gather(reward)
        return (reward - everybody.mean(0)) * (len(everybody) / (len(everybody) - 1))

    def judge(self, x: Tensor, y: Tensor | None = None) -> Tensor | None:
        """The discriminator's logits [B]."""
        logits: Tensor = self.discriminator(x)
        return logits

    def sampler(self) -> Sampler:
        """Sequences of the generator."""
        return RecurrentSampler(self.generator)


@dataclass(frozen=True)
class Written:
    """Sequences [n, length] of a generator as it is."""

    generator: Recurrent

    def draw(self, n: int, key: Key) -> Batch:
        """Those of the key."""
        return Batch(self.generator.write(self._luck(key, "text", n)))

    def _luck(self, key: Key, name: str, *rows: int) -> Tensor:
        """Uniform numbers [*rows, length]."""
        weight = self.generator.head.weight
        return key.uniform(name, (*rows, self.generator.length), weight.dtype).to(weight.device)

    def state_dict(self) -> dict[str, Any]:
        """Nothing: it remembers nothing."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to take back."""


@dataclass(frozen=True)
class Rollouts(Written):
    """The same, with `count` ways to go on after each token: y [n, length, count, length]."""

    count: int

    def draw(self, n: int, key: Key) -> Batch:
        """Those of the key. After its last token a sequence goes on in one way: as it is."""
        text, length = super().draw(n, key).x, self.generator.length
        luck = self._luck(key, "rest", n, length, self.count).flatten(0, 2)
        kept = torch.arange(1, length + 1, device=text.device).repeat_interleave(self.count).repeat(n)
        rest = self.generator.write(luck, text.repeat_interleave(length * self.count, 0), kept)
        return Batch(text, rest.reshape(n, length, self.count, length))


METHODS = (
    Method(
        name="SeqGAN",
        category="text",
        python="games.text.seqgan.SeqGAN(generator, networks.text_cnn.TextCNN(100, 32))",
        papers=(Paper("Yu et al.", 2016, "https://arxiv.org/abs/1609.05473"),),
        section="5.3",
        command="sparring train seqgan",
        record="oracle",
    ),
)


def tiny() -> tuple[SeqGAN, dict[str, Source]]:
    """A small game and its streams, for the contract tests."""
    game = SeqGAN(Recurrent(3, 4, 6), TextCNN(3, 6))
    real = (Key(1).integers("start", (40, 1), 3) + torch.arange(4)) % 3
    return game, {"real": InMemory(real), **game.streams(2)}
