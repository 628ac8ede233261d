"""Symplectic gradient adjustment (Balduzzi et al. 2018, https://arxiv.org/abs/1802.05642, section 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import differentiate, gradient_field, move
from sparring.dynamics.places import parameters
from sparring.dynamics.slopes import costs, joint, plus, present, product
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Symplectic"]


@dataclass(frozen=True)
class Symplectic(Dynamics):
    """All players move along g + weight A^T g, where A is the antisymmetric half of the Jacobian J of the field g.

    So A^T g = (J^T g - J g) / 2. J g is the derivative of J^T u in u, along g. It leaves a game of one player as it is,
    and on V = xy it is consensus optimisation.

    Attributes:
        weight: Of the adjustment.
        align: Whether its sign is chosen anew in each round, as the paper proposes: so that the field is drawn to where
            it is stable, and pushed from where it is not.
    """

    weight: float = 0.1
    align: bool = False

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        field = gradient_field(game, round, create_graph=True)
        slopes = present(joint(field))
        here = {name: p for name, p in parameters(game).items() if name in slopes}
        along = {name: g.detach() for name, g in slopes.items()}
        free = {name: torch.zeros_like(g, requires_grad=True) for name, g in along.items()}
        transposed = present(differentiate(round, product(slopes, free), here, create_graph=True))
        forward = differentiate(round, product(transposed, along), free, create_graph=True)
        backward = differentiate(round, product(slopes, along), here)
        twist = plus(backward, -1, forward)
        weight = self.weight / 2 * (_sign(along, backward, twist) if self.align else 1.0)
        bent = {player: (cost.detach(), plus(slope, weight, twist)) for player, (cost, slope) in field.items()}
        move(game, bent, round, optimizers)
        return costs(bent)


def _sign(
    along: Mapping[str, Tensor], backward: Mapping[str, Tensor | None], twist: Mapping[str, Tensor | None]
) -> float:
    """The sign of <g, J^T g> <A^T g, J^T g> / d + 1/10, where d is the number of parameters."""
    count = sum(g.numel() for g in along.values())
    inner = product(along, backward) * product(twist, backward) / (2 * count)
    return 1.0 if inner.item() + 0.1 >= 0 else -1.0


METHODS = (
    Method(
        name="symplectic gradient adjustment",
        category="dynamics",
        python="dynamics.symplectic.Symplectic(weight=0.1)",
        papers=(Paper("Balduzzi et al.", 2018, "https://arxiv.org/abs/1802.05642"),),
        record="rates",
        measured="symplectic",
    ),
)
