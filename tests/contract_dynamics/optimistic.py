"""Optimistic gradient descent (Daskalakis et al. 2018, https://arxiv.org/abs/1711.00141): 2 g - the last g."""

from dataclasses import dataclass

from contract_dynamics.slopes import plus, present
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient_field, move


@dataclass(frozen=True)
class Optimistic(Dynamics):
    def __call__(self, game, rounds, optimizers, state):
        round = next(rounds)
        field = gradient_field(game, round)
        ahead = {}
        for player, (cost, slope) in field.items():
            last = state.get(player, slope)
            ahead[player] = cost, plus(plus(slope, 1, slope), -1, last)
            state[player] = present(slope)
        move(game, ahead, round, optimizers)
        return {player: cost for player, (cost, _) in field.items()}
