"""A recurrent network that writes by Gumbel-softmax: its sequences can be differentiated in its parameters."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.game import playing
from sparring.latents import Gumbel
from sparring.layers.gumbel_softmax import gumbel_softmax, straight_through
from sparring.networks.recurrent import Recurrent
from sparring.schedules import Schedule

__all__ = ["Relaxed", "tiny"]


class Relaxed(nn.Module):
    """Writes with the parameters of a recurrent network, and reads its own rows (Kusner and Hernandez-Lobato 2016).

    https://arxiv.org/abs/1611.04051. Where a row is an end, at its largest place, only ends follow.

    Args:
        network: The recurrent network.
        temperature: Of the softmax, or a schedule of it: a function of the share of the rounds that is done, 0 to 1.
            RelGAN's is `schedules.geometric(1.0, 0.01)`: Nie et al. (2019), https://openreview.net/forum?id=rJedV3R5tm.
            Outside a round it is that of the end.
        hard: Whether rows are single ones with the gradient of the softmax, which is straight-through. Such sequences
            are exactly as likely as those that the network writes; soft ones only nearly so.
    """

    def __init__(self, network: Recurrent, temperature: float | Schedule, *, hard: bool = True) -> None:
        super().__init__()
        self.network, self.temperature, self.hard = network, temperature, hard
        self.latent = Gumbel((network.length, network.vocabulary))

    def forward(self, noise: Tensor) -> Tensor:
        """Standard Gumbel numbers [B, length, V] to rows [B, length, V] of numbers from 0 to 1, whose sum is 1."""
        network, temperature = self.network, self._temperature()
        given = token = network.start(len(noise))[:, 0]
        state, rows = None, []
        for place in noise.unbind(1):
            state = network.cell(network.embedding(given), state)
            given = gumbel_softmax(network.following(token, state), place, temperature)
            given = straight_through(given) if self.hard else given
            token = given.argmax(1)
            rows.append(given)
        return torch.stack(rows, 1)

    def _temperature(self) -> float:
        round = playing()
        share = 1.0 if round is None else round.progress
        return self.temperature(share) if callable(self.temperature) else self.temperature


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    made = (Relaxed(Recurrent(3, 4, 6, end), 0.7, hard=hard) for end, hard in ((None, True), (0, False)))
    return [(network, (4, 3), (4, 3)) for network in made]
