"""What a dynamics is: one round of play."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any

from torch.optim import Optimizer

from sparring.game import Cost, Game
from sparring.round import Round

__all__ = ["Dynamics"]


class Dynamics(ABC):
    """How players move. Subclasses are frozen values; what they must remember is a state that the phase saves."""

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """The state before the first round: tensors and numbers in dicts and lists. None is needed by most."""
        return {}

    @abstractmethod
    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round: takes as many turns' worth of data as it needs and moves the players.

        Args:
            game: The game.
            rounds: Data and chance, a new `Round` at each `next`.
            optimizers: One for each player that moves by gradients.
            state: What `init` made, changed in place.

        Returns:
            The last cost, detached, of each player that moved.
        """
