"""Consensus optimisation (Mescheder et al. 2017, https://arxiv.org/abs/1705.10461, equation 13).

Everybody descends also half the squared length of the field of all gradients, which is differentiated.
"""

from dataclasses import dataclass

from contract_dynamics.slopes import plus, present
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import differentiate, gradient_field, move


@dataclass(frozen=True)
class Consensus(Dynamics):
    weight: float = 0.1

    def __call__(self, game, rounds, optimizers, state):
        round = next(rounds)
        field = gradient_field(game, round, create_graph=True)
        energy = sum(g.square().sum() for _, slope in field.values() for g in present(slope).values()) / 2
        everybody = {name: p for player in field for name, p in game.strategy(player).items()}
        pull = differentiate(round, energy, everybody)
        pulled = {player: (cost.detach(), plus(slope, self.weight, pull)) for player, (cost, slope) in field.items()}
        move(game, pulled, round, optimizers)
        return {player: cost for player, (cost, _) in pulled.items()}
