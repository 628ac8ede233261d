"""The extragradient method (Korpelevich 1976; Gidel et al. 2019, https://arxiv.org/abs/1802.10551, equation 3).

Everybody steps along the gradients at a point ahead. The look ahead is a projected step of gradient descent.
"""

from dataclasses import dataclass

import torch

from contract_dynamics.slopes import present
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.functional import SGD
from sparring.dynamics.gradients import gradient_field, move


@dataclass(frozen=True)
class Extragradient(Dynamics):
    step: float = 0.01

    def __call__(self, game, rounds, optimizers, state):
        round = next(rounds)
        here, there = gradient_field(game, round), {}
        for player, (_, slope) in here.items():
            there |= self.ahead(game, player, present(slope))
        field = gradient_field(game, round, at=there)
        move(game, field, round, optimizers)
        return {player: cost for player, (cost, _) in field.items()}

    @torch.no_grad()
    def ahead(self, game, player, slope):
        parameters = {name: p for name, p in game.strategy(player).items() if name in slope}
        rule = SGD(self.step)
        there, _ = rule(parameters, slope, rule.init(parameters))
        game.sides()[player].project(list(there.values()))
        return there
