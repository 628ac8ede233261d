"""A GAN whose discriminator also sees samples that the generator made long ago, so that it does not forget them.

Shrivastava et al. (2017), https://arxiv.org/abs/1612.07828, section 2.3: half of the generated samples in the
discriminator's batch are from a history, of which as many are then replaced. Chintala et al. (2016),
https://github.com/soumith/ganhacks, list replay as item 8. Departure: old samples are a batch of their own, as large as
the new one. The discriminator's cost is then twice that of the halves, which Adam does not see.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, cat, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Cost, Round
from sparring.games.gan import GAN
from sparring.latents import Latent, Normal
from sparring.methods import Method, Paper
from sparring.networks.mlp import MLP
from sparring.phase import Source
from sparring.round import Batch

__all__ = ["METHODS", "Past", "Replay", "tiny"]


class Past:
    """A stream of samples that a generator made in this round or an earlier one; its history is its state.

    Args:
        generator: From latents [B, Z] to samples [B, ...].
        latent: The distribution of the latents.
        size: Samples in the history.

    Attributes:
        held: The history, [up to size, ...]; None before the first batch.
    """

    def __init__(self, generator: nn.Module, latent: Latent, size: int) -> None:
        self.generator, self.latent, self.size = generator, latent, size
        self.held: Tensor | None = None

    def draw(self, n: int, key: Key) -> Batch:
        """Samples [n, ...] of the history; then half as many of it give way to new ones."""
        new = self.generator(self.latent(key.rows(n)).to(next(self.generator.parameters()))).detach()
        held = new[:0] if self.held is None else self.held
        held = cat([held, new[: self.size - len(held)]])
        drawn = held[key.integers("drawn", (n,), len(held)).to(held.device)]
        slots = key.permutation("slots", len(held))[: n // 2].to(held.device)
        self.held = held.index_copy(0, slots, new[n - len(slots) :])
        return Batch(drawn)

    def state_dict(self) -> dict[str, Any]:
        """The history."""
        return {} if self.held is None else {"held": self.held}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back a history."""
        held = state.get("held")
        self.held = None if held is None else held.to(next(self.generator.parameters()))


class Replay(GAN):
    """The same game with a second stream, `past`: samples that the discriminator is to call generated too."""

    def discriminator_cost(self, round: Round) -> Cost:
        """As ever, and the loss with old samples in place of new ones."""
        real = self.reading(self.judged_real(round)[1])
        past = self.reading(self.critic(round.stream("past").x, *self.given(round)))
        return super().discriminator_cost(round).plus(past=self.loss.discriminator(real, past))


METHODS = (
    Method(
        name="replay of past samples",
        python='games.replay.Replay(g, d, Normal(100)), {"real": x, "past": games.replay.Past(g, Normal(100), 2000)}',
        papers=(Paper("Shrivastava et al.", 2017, "https://arxiv.org/abs/1612.07828"),),
        command="sparring train tips --tip replay",
        record="tips",
        measured="8: D also",
    ),
)


def tiny() -> tuple[Replay, dict[str, Source]]:
    """A small game, and its two streams."""
    game = Replay(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2))), "past": Past(game.generator, game.latent, 20)}
