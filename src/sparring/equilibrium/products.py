"""Second derivatives of a game's costs, as products with vectors: no matrix is made.

Vectors are flat: all trainable parameters of the players in question, player after player.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from sparring.dynamics.gradients import Field, gradient_field
from sparring.game import Game
from sparring.round import Round

__all__ = ["Products"]


class Products:
    """Products with the derivatives of the field of gradients, at the game's present parameters.

    The field F has every player's gradient of its own cost in its own parameters. The graph behind it is made once and
    kept; in a round with micro-batches it is made again for each product and part, which takes less memory.

    Args:
        game: The game.
        round: The data and chance. It stays as it is.
    """

    def __init__(self, game: Game, round: Round) -> None:
        self.game, self.round, self.players = game, round.again(), tuple(game.sides())
        self._kept: tuple[Round, Field] | None = None

    def size(self, players: Sequence[str]) -> int:
        """How many numbers these players control."""
        return sum(p.numel() for p in self._parameters(players))

    def gradient(self, player: str) -> Tensor:
        """The gradient [n] of the player's cost in its own parameters."""
        total = self.zeros((player,))
        for _, field in self._fields((player,)):
            total += self._flat(field, (player,)).detach()
        return total / self.round.micro

    def transposed(self, players: Sequence[str], vector: Tensor) -> Tensor:
        """J^T v [n], J the derivative of these players' part of the field in their own parameters.

        For one player J is the Hessian of its own cost, which is symmetric. For all it is the game's Jacobian; that and
        its transpose have the same eigenvalues.
        """
        total, inputs = self.zeros(players), self._parameters(players)
        for part, field in self._fields(players):
            value = self._flat(field, players) @ vector
            if not value.requires_grad:  # the gradients are constant
                continue
            slopes = torch.autograd.grad(value, inputs, retain_graph=True, allow_unused=True, materialize_grads=True)
            total += torch.cat([mean.flatten() for mean in part.ranks.mean(slopes)])
        return total / self.round.micro

    def zeros(self, players: Sequence[str]) -> Tensor:
        """A vector [n] of zeros, on the game's device."""
        return torch.cat([torch.zeros_like(p).flatten() for p in self._parameters(players)])

    def named(self, player: str, vector: Tensor) -> dict[str, Tensor]:
        """A vector [n] as the player's parameters, by their names in the game."""
        mine = self.game.strategy(player)
        parts = torch.split(vector, [p.numel() for p in mine.values()])
        return {name: part.view_as(p) for (name, p), part in zip(mine.items(), parts, strict=True)}

    def _parameters(self, players: Sequence[str]) -> list[Tensor]:
        return [p for player in players for p in self.game.strategy(player).values()]

    def _flat(self, field: Field, players: Sequence[str]) -> Tensor:
        """The gradients of these players in one vector, zeros where a cost does not depend on a parameter."""
        pairs = [(p, field[player][1][name]) for player in players for name, p in self.game.strategy(player).items()]
        return torch.cat([torch.zeros_like(p).flatten() if g is None else g.flatten() for p, g in pairs])

    def _fields(self, players: Sequence[str]) -> Iterator[tuple[Round, Field]]:
        """The field, with its graph, on each part of the batch."""
        if self.round.micro > 1:
            for part in self.round.parts(self.round.micro):
                yield part, gradient_field(self.game, part, players, create_graph=True, micro=1)
            return
        if self._kept is None:
            self._kept = self.round, gradient_field(self.game, self.round, create_graph=True)
        yield self._kept
