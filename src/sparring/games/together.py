"""A GAN whose discriminator sees real and generated samples in one batch, so that batch norm normalises them together.

In `GAN` they are two batches, each normalised by its own statistics, as Chintala et al. (2016) advise,
https://github.com/soumith/ganhacks, item 4. Then a batch norm takes the difference of their means and deviations away.
Together it is kept. For a discriminator that does not look across examples both are the same game.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.game import Round
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.layers.batch_norm import BatchNorm1d
from sparring.methods import Method, Paper
from sparring.networks.mlp import MLP
from sparring.penalties import r1

__all__ = ["METHODS", "Together", "tiny"]


class Together(GAN):
    """The same game with one pass of the discriminator, over real samples and then generated ones.

    The generator's cost needs real examples too, because they are in its batch. What a penalty asks of the critic
    besides, such as its output between samples, is a batch of its own. `judge` sees what it is given alone.
    """

    def judged_real(self, round: Round) -> tuple[Tensor, Tensor]:
        """Real samples [B, ...], and the discriminator's output for them."""
        return self._both(round)[0]

    def judged_fake(self, round: Round) -> tuple[Tensor, Tensor]:
        """Generated samples [B, ...], and the discriminator's output for them."""
        return self._both(round)[1]

    def _both(self, round: Round) -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        def judge() -> tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
            x, made = map(self.penalties.point, (round.stream("real").x, self.generated(round)[1]))
            twice = (torch.cat([part, part]) for part in self.given(round))
            real, fake = self.critic(torch.cat([x, made]), *twice).chunk(2)
            return (x, real), (made, fake)

        return round.once("judged together", judge, of=(self.generator, self.discriminator))


METHODS = (
    Method(
        name="real and generated samples in one batch",
        python="games.together.Together(generator, discriminator, Normal(100))",
        papers=(Paper("Chintala et al.", 2016, "https://github.com/soumith/ganhacks"),),
        command="sparring train tips --tip one-batch",
        record="tips",
        measured="4: real",
    ),
)


def tiny() -> tuple[Together, dict[str, InMemory]]:
    """A small game with a batch norm and a penalty, and its stream."""
    critic = nn.Sequential(nn.Linear(2, 8, bias=False), BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 1), nn.Flatten(0))
    return Together(MLP(3, 8, 2), critic, Normal(3), penalties={r1: 0.1}), {
        "real": InMemory(Key(1).normal("data", (64, 2)))
    }
