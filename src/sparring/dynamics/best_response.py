"""Best response: everybody answers what the others do now, exactly."""

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

__all__ = ["METHODS", "BestResponse"]


@dataclass(frozen=True)
class BestResponse(Dynamics):
    """All players move at once to the action that is best against the others' present mixtures.

    Where no pure action is an equilibrium, as in rock, paper, scissors, it goes round for ever. `FictitiousPlay`, which
    answers averages, is the cure. With small weights these are steps of the best response dynamics of Matsui (1992).

    Attributes:
        weight: How much of the way; 1 is all of it.

    Raises:
        ValueError: The weight is not in 0..1.
    """

    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= 1:
            raise ValueError(f"weight is {self.weight}; expected 0 to 1")

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """Nothing to remember.

        Raises:
            TypeError: The game is not finite.
        """
        finite(game, "BestResponse")
        return {}

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        found = {player: game(player, round).detach() for player in game.sides()}
        approach(game, "BestResponse", self.weight)
        return found


METHODS = (
    Method(
        name="best response",
        category="dynamics",
        python="dynamics.best_response.BestResponse()",
        papers=(Paper("Matsui", 1992, "https://doi.org/10.1016/0022-0531(92)90040-O"),),
    ),
)
