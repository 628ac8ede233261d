"""What rules for finite games share: the cost of each pure action, and the way to the best one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.nn.functional import one_hot
from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.game import Cost, Game
from sparring.round import Round

__all__ = ["Answering", "FiniteGame"]


@runtime_checkable
class FiniteGame(Protocol):
    """A game in which every player controls one vector [K] of probabilities, such as `games.theory.finite.Finite`."""

    def pure_costs(self, player: str) -> Tensor:
        """What each action costs the player, [K], against the others' present mixtures."""
        ...


class Answering(Dynamics):
    """Every player's mixture moves at once to its best action, by a weight; of equals to the first one.

    It takes no gradients and needs no optimizers. The costs of the actions are the gradient in the mixture, and stay in
    `.grad` for hooks, as `move` leaves them.
    """

    @abstractmethod
    def share(self, round: Round) -> float:
        """How much of the way, 0 to 1."""

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """Nothing to remember.

        Raises:
            TypeError: The game is not finite.
        """
        self._finite(game)
        return {}

    @torch.no_grad()
    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round, table = next(rounds), self._finite(game)
        found = {player: game(player, round).detach() for player in game.sides()}
        costs = {player: table.pure_costs(player) for player in found}
        for player, values in costs.items():
            for mixture in game.strategy(player).values():
                mixture.grad = values
                mixture.lerp_(one_hot(values.argmin(), len(mixture)).to(mixture), self.share(round))
        return found

    def _finite(self, game: Game) -> FiniteGame:
        if not isinstance(game, FiniteGame):
            raise TypeError(
                f"{type(self).__name__} needs a finite game, whose `pure_costs(player)` gives the cost of each action; "
                f"{type(game).__name__} has none: play it by gradients, such as Extragradient()"
            )
        return game
