"""Negative momentum in turn (Gidel et al. 2019, https://arxiv.org/abs/1807.04740): a dynamics with a state of tensors.

torch's SGD takes no momentum below 0.
"""

from dataclasses import dataclass

import torch

from contract_dynamics.slopes import plus, present
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient, move


@dataclass(frozen=True)
class NegativeMomentum(Dynamics):
    momentum: float = -0.5

    def init(self, game, optimizers):
        return {name: {n: torch.zeros_like(p) for n, p in game.strategy(name).items()} for name in game.sides()}

    def __call__(self, game, rounds, optimizers, state):
        costs = {}
        for player in game.sides():
            round = next(rounds)
            costs[player], slope = gradient(game, player, round)
            velocity = plus(slope, self.momentum, state[player])
            state[player] |= present(velocity)
            move(game, {player: (costs[player], velocity)}, round, optimizers)
        return costs
