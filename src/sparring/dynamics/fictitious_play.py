"""Fictitious play (Brown 1951, "Iterative solution of games by fictitious play")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.finite import approach, finite
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "FictitiousPlay"]


@dataclass(frozen=True)
class FictitiousPlay(Dynamics):
    """Each player takes the best action against what the others have done so far, on average.

    A player's mixture is the average of its actions. The first mixture counts as one action, and round n moves it by
    1 / (n + 1), n = 1, 2, ... In games of sum 0 the averages approach an equilibrium (Robinson 1951); in others they
    need not (Shapley 1964). It takes no gradients and needs no optimizers.
    """

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """Nothing to remember.

        Raises:
            TypeError: The game is not finite.
        """
        finite(game, "FictitiousPlay")
        return {}

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        found = {player: game(player, round).detach() for player in game.sides()}
        approach(game, "FictitiousPlay", 1 / (round.number + 2))
        return found


METHODS = (
    Method(
        name="fictitious play",
        category="dynamics",
        python="dynamics.fictitious_play.FictitiousPlay()",
        papers=(Paper("Robinson", 1951, "https://doi.org/10.2307/1969530"),),
    ),
)
