"""Quadratic games: player i minimises z' A_i z / 2 + b_i' z, with z the numbers of all players, one after the other.

Near a point every smooth game looks like one, and everything is known of it. A player's Hessian is its own block of
A_i. The game's Jacobian takes its rows of player i from A_i (Balduzzi et al. 2018, "The mechanics of n-player
differentiable games", https://arxiv.org/abs/1802.05642, who call it the Hessian of the game).

Example:
    >>> game = zero_sum([[1.0, 0.0], [0.0, -3.0]], {"x": [0.5], "y": [2.0]})  # V = x^2 / 2 - 3 y^2 / 2
    >>> game.value("x").item()
    -5.875
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import accumulate

import torch
from torch import Tensor, nn

from sparring.game import Cost, Game, Player, Round
from sparring.methods import Method, Paper

__all__ = ["METHODS", "Matrix", "Quadratic", "tiny", "zero_sum"]

Matrix = Tensor | Sequence[Sequence[float]]


class Quadratic(Game):
    """The game, in float64. It has no data.

    Args:
        matrices: A_i [n, n] for each player, n the numbers of all; only its symmetric part counts.
        start: Where each player begins, [n_i], in the order of the rows of the matrices.
        linear: b_i [n] for the players that have one.

    Raises:
        ValueError: A player has no matrix or no start, or a shape is wrong.
    """

    def __init__(
        self,
        matrices: Mapping[str, Matrix],
        start: Mapping[str, Sequence[float]],
        linear: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        super().__init__()
        if matrices.keys() != start.keys():
            raise ValueError(f"there are matrices for {list(matrices)} and starts for {list(start)}; expected the same")
        self.z = nn.ParameterDict({n: nn.Parameter(torch.tensor(v, dtype=torch.float64)) for n, v in start.items()})
        size = sum(map(len, start.values()))
        for name, given in matrices.items():
            matrix = torch.as_tensor(given, dtype=torch.float64)
            slope = torch.as_tensor((linear or {}).get(name, [0.0] * size), dtype=torch.float64)
            if matrix.shape != (size, size) or slope.shape != (size,):
                shapes = f"{list(matrix.shape)} and {list(slope.shape)}"
                raise ValueError(f"{name!r} has shapes {shapes}; expected [{size}, {size}] and [{size}]")
            self.register_buffer(f"matrix_{name}", (matrix + matrix.mT) / 2)
            self.register_buffer(f"linear_{name}", slope)

    def players(self) -> dict[str, Player]:
        """In the order of the rows."""
        return {name: Player((self.z[name],), partial(self.cost, name)) for name in self.z}

    def cost(self, player: str, round: Round) -> Cost:
        """The value."""
        return Cost({"value": self.value(player)})

    def value(self, player: str) -> Tensor:
        """What this player minimises, z' A z / 2 + b' z, a scalar."""
        z = torch.cat(list(self.z.values()))
        return z @ (self.get_buffer(f"matrix_{player}") @ z / 2 + self.get_buffer(f"linear_{player}"))

    def jacobian(self) -> Tensor:
        """The derivative [n, n] of the field of gradients: gradient play is z' = -J z - b."""
        ends = list(accumulate((len(v) for v in self.z.values()), initial=0))
        rows = [self.get_buffer(f"matrix_{n}")[a:b] for n, a, b in zip(self.z, ends, ends[1:], strict=False)]
        return torch.cat(rows)


def zero_sum(matrix: Matrix, start: Mapping[str, Sequence[float]]) -> Quadratic:
    """The game of V = z' A z / 2: the first player minimises V, the second one maximises it.

    Args:
        matrix: A [n, n].
        start: Where the two begin.
    """
    value = torch.as_tensor(matrix, dtype=torch.float64)
    low, high = start
    return Quadratic({low: value, high: -value}, start)


METHODS = (
    Method(
        name="quadratic games",
        category="theory",
        python="games.theory.quadratic.Quadratic({'x': A, 'y': B}, {'x': [1.0], 'y': [1.0]})",
        papers=(Paper("Balduzzi et al.", 2018, "https://arxiv.org/abs/1802.05642"),),
        section="7.2, 8.2",
    ),
)


def tiny() -> tuple[Quadratic, dict[str, object]]:
    """Three players, for the contract tests."""
    first = [[2.0, 0.0, 1.0, 0.5], [0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0], [0.5, 1.0, 0.0, 0.0]]
    second = [[0.0, 0.0, -1.0, 0.0], [0.0, 0.0, 0.5, 0.0], [-1.0, 0.5, 1.5, 1.0], [0.0, 0.0, 1.0, 0.0]]
    third = [[0.0, 0.0, 0.0, -1.0], [0.0, 0.0, 0.0, 0.5], [0.0, 0.0, 0.0, -1.0], [-1.0, 0.5, -1.0, 1.0]]
    start = {"first": [1.0, -0.5], "second": [0.7], "third": [-0.3]}
    return Quadratic({"first": first, "second": second, "third": third}, start, {"third": [0.0, 0.0, 0.0, 0.2]}), {}
