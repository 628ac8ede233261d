"""Extrapolation from the past (Popov 1980; for GANs Gidel et al. 2019, https://arxiv.org/abs/1802.10551)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import follow, gradient_field, move
from sparring.dynamics.places import coming_back
from sparring.dynamics.slopes import costs, kept
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "PastExtrapolation"]


@dataclass(frozen=True)
class PastExtrapolation(Dynamics):
    """Extragradient at the price of one gradient: all look ahead along the gradients of the round before.

    w' = w - h g(last w'), then w - h g(w'). In the first round, which has no past, all step from where they are. Both
    steps are those of the players' own optimizers, as in `Extragradient`. With SGD the points w' are those that
    `Optimistic` visits, so the rate on V = xy is the same.

    It remembers the last gradients.
    """

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        with coming_back(game):
            for player, slope in state.items():
                follow(game, player, {name: slope.get(name) for name in game.strategy(player)}, optimizers[player])
            field = gradient_field(game, round)
        state |= {player: kept(slope) for player, (_, slope) in field.items()}
        move(game, field, round, optimizers)
        return costs(field)


METHODS = (
    Method(
        name="extrapolation from the past",
        category="dynamics",
        python="dynamics.past_extrapolation.PastExtrapolation()",
        papers=(Paper("Gidel et al.", 2018, "https://arxiv.org/abs/1802.10551"),),
        record="rates",
        measured="extrapolation",
    ),
)
