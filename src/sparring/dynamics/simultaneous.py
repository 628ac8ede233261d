"""Playing at once: the protocol of the tutorial (Goodfellow 2016, https://arxiv.org/abs/1701.00160), section 3.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient_field, move
from sparring.game import Cost, Game
from sparring.methods import TUTORIAL, Method
from sparring.round import Round

__all__ = ["METHODS", "Simultaneous"]


@dataclass(frozen=True)
class Simultaneous(Dynamics):
    """All players move at once, on the same data.

    One generator pass and one discriminator pass over the fakes serve both players.
    """

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        field = gradient_field(game, round)
        move(game, field, round, optimizers)
        return {player: cost for player, (cost, _) in field.items()}


METHODS = (
    Method(
        name="steps at once",
        category="dynamics",
        python="Simultaneous()",
        papers=(TUTORIAL,),
        section="3.1",
        record="xy",
    ),
)
