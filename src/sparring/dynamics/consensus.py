"""Consensus optimisation (Mescheder et al. 2017, https://arxiv.org/abs/1705.10461, equation 13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import differentiate, gradient_field, move
from sparring.dynamics.places import parameters
from sparring.dynamics.slopes import costs, joint, plus, product
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Consensus"]


@dataclass(frozen=True)
class Consensus(Dynamics):
    """All players descend their own cost, and together half the squared length of the field of all gradients.

    The field g is differentiated: everybody moves along g + weight J^T g, where J is its Jacobian. On V = xy with steps
    of h the rate is sqrt((1 - h weight)^2 + h^2).

    Attributes:
        weight: Of the common term.
    """

    weight: float = 0.1

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        field = gradient_field(game, round, create_graph=True)
        slopes = joint(field)
        pull = differentiate(round, product(slopes, slopes) / 2, parameters(game))
        pulled = {player: (cost.detach(), plus(slope, self.weight, pull)) for player, (cost, slope) in field.items()}
        move(game, pulled, round, optimizers)
        return costs(pulled)


METHODS = (
    Method(
        name="consensus optimisation",
        category="dynamics",
        python="dynamics.consensus.Consensus(weight=0.1)",
        papers=(Paper("Mescheder et al.", 2017, "https://arxiv.org/abs/1705.10461"),),
        record="rates",
        measured="consensus",
    ),
)
