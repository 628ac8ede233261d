"""A player who waits while it is ahead: what the tutorial (Goodfellow 2016, section 4.4) advises against."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient, move
from sparring.game import Cost, Game
from sparring.methods import TUTORIAL, Method
from sparring.round import Round

__all__ = ["METHODS", "HeldBack"]


@dataclass(frozen=True)
class HeldBack(Dynamics):
    """Players move in turn, but one of them only where its cost is not below a limit.

    Its cost is looked at in each turn. On an accelerator the host waits for that.

    Attributes:
        limit: The cost below which the player stays, in the unit of its cost. A GAN's
            discriminator pays 1.39 where it cannot tell, so 0.7 is half of that. By
            default nobody waits.
        player: Who waits; the first one in the order of play if "", which is the discriminator of a GAN.
        fresh: As in `Alternating`: whether every turn has new data and chance.

    Raises:
        ValueError: Nobody has that name.
    """

    limit: float = -math.inf
    player: str = ""
    fresh: bool = True

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        players = list(game.sides())
        waits = self.player or players[0]
        if waits not in players:
            raise ValueError(f"{waits!r} is to wait, but the players are {players}")
        costs: dict[str, Cost] = {}
        round = next(rounds)
        for place, player in enumerate(players):
            if place and self.fresh:
                round = next(rounds)
            cost, slope = gradient(game, player, round)
            if player != waits or not cost.total.item() < self.limit:
                move(game, {player: (cost, slope)}, round, optimizers)
                costs[player] = cost
        return costs


METHODS = (
    Method(
        name="a player held back",
        category="dynamics",
        python="dynamics.held_back.HeldBack(0.7)",
        papers=(TUTORIAL,),
        section="4.4",
        command="sparring train tips --tip held-back",
        record="tips",
        measured="D waits",
    ),
)
