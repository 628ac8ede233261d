"""V(x, y) = xy: the smallest game on which simultaneous gradient descent circles (tutorial, sections 7.2 and 8.2).

x minimises V, y maximises it; the only equilibrium is (0, 0). With steps of h, simultaneous play multiplies the radius
by sqrt(1 + h^2) a round; alternating play with x first keeps x^2 + y^2 - h x y.

Example:
    >>> import math
    >>> from sparring import Phase, Simultaneous, Trainer
    >>> game, path = XY(1.0, 1.0), []
    >>> optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
    >>> phase = Phase(game, optimizers, {}, rounds=100, dynamics=Simultaneous())  # Alternating() goes in a circle
    >>> follow = lambda trainer, costs: path.append((game.x().item(), game.y().item()))
    >>> trainer = Trainer(phase, hooks=[follow]).play()
    >>> [round(math.hypot(*point), 3) for point in (path[0], path[-1])]  # 1.01^(1/2) and 1.01^50, times 2^(1/2)
    [1.421, 2.326]
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sparring.game import Cost, Game, Player
from sparring.methods import TUTORIAL, Method

__all__ = ["METHODS", "XY", "tiny"]


class Point(nn.Module):
    """One free number."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.tensor(value, dtype=torch.float64))

    def forward(self) -> Tensor:
        """The number, a scalar."""
        return self.value


class XY(Game):
    """The game, starting at (x, y), in float64. It has no data."""

    def __init__(self, x: float = 1.0, y: float = 1.0) -> None:
        super().__init__()
        self.x, self.y = Point(x), Point(y)

    def players(self) -> dict[str, Player]:
        """X, then y."""
        return {
            "x": Player((self.x,), lambda _: Cost({"value": self.value()})),
            "y": Player((self.y,), lambda _: Cost({"value": -self.value()})),
        }

    def value(self) -> Tensor:
        """V(x, y)."""
        product: Tensor = self.x() * self.y()
        return product


METHODS = (
    Method(
        name="V(x, y) = xy",
        category="theory",
        python="games.theory.xy.XY()",
        papers=(TUTORIAL,),
        section="7.2, 8.2",
        record="xy",
        in_readme=True,
    ),
)


def tiny() -> tuple[XY, dict[str, object]]:
    """The game from (1, 1), without streams."""
    return XY(), {}
