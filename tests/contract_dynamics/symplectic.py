"""Symplectic gradient adjustment (Balduzzi et al. 2018, https://arxiv.org/abs/1802.05642, section 3): g + w A^T g.

A is the antisymmetric half of the field's Jacobian J, so A^T g = (J^T g - J g) / 2. J g is the derivative of J^T u
in u, along g. The weight has no sign of its own here, as in the paper's equation for w.
"""

from dataclasses import dataclass

import torch

from contract_dynamics.slopes import plus, present
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import differentiate, gradient_field, move


def product(vectors, others):
    return sum((vectors[name] * others[name]).sum() for name in vectors)


@dataclass(frozen=True)
class Symplectic(Dynamics):
    weight: float = 0.1

    def __call__(self, game, rounds, optimizers, state):
        round = next(rounds)
        field = gradient_field(game, round, create_graph=True)
        slopes = present({name: g for _, slope in field.values() for name, g in slope.items()})
        here = {name: p for player in field for name, p in game.strategy(player).items() if name in slopes}
        along = {name: g.detach() for name, g in slopes.items()}
        free = {name: torch.zeros_like(g, requires_grad=True) for name, g in along.items()}
        transposed = present(differentiate(round, product(slopes, free), here, create_graph=True))
        forward = differentiate(round, product(transposed, along), free, create_graph=True)
        backward = differentiate(round, product(slopes, along), here)
        twist = plus(backward, -1, forward)
        bent = {player: (cost.detach(), plus(slope, self.weight / 2, twist)) for player, (cost, slope) in field.items()}
        move(game, bent, round, optimizers)
        return {player: cost for player, (cost, _) in bent.items()}
