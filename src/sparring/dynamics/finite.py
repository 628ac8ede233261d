"""What rules for finite games ask of a game: the cost of each pure action."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from sparring.game import Game

__all__ = ["FiniteGame", "approach", "finite"]


@runtime_checkable
class FiniteGame(Protocol):
    """A game in which every player controls one vector [K] of probabilities, such as `games.theory.finite.Finite`."""

    def pure_costs(self, player: str) -> Tensor:
        """What each action costs the player, [K], against the others' present mixtures."""
        ...


def finite(game: Game, rule: str) -> FiniteGame:
    """The game, made sure of.

    Raises:
        TypeError: It is not finite.
    """
    if not isinstance(game, FiniteGame):
        raise TypeError(
            f"{rule} needs a finite game, whose `pure_costs(player)` gives the cost of each action; "
            f"{type(game).__name__} has none: play it by gradients, such as Extragradient()"
        )
    return game


@torch.no_grad()
def approach(game: Game, rule: str, weight: float) -> None:
    """Moves every player's mixture at once by `weight` of the way to its best action; of equals to the first one.

    The costs of the actions are the gradient in the mixture, and stay in `.grad` for hooks, as `move` leaves them.
    """
    table = finite(game, rule)
    costs = {player: table.pure_costs(player).detach() for player in game.sides()}
    for player, values in costs.items():
        for mixture in game.strategy(player).values():
            mixture.grad = values
            mixture.lerp_(one_hot(values.argmin(), len(mixture)).to(mixture), weight)
