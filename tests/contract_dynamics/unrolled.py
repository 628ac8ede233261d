"""Unrolled play (Metz et al. 2017, https://arxiv.org/abs/1611.02163, equation 6): all move at once, the last player
through its opponents' next steps, on the data of its own round."""

from dataclasses import dataclass

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.functional import SGD, Rule
from sparring.dynamics.gradients import gradient, gradient_field, move


@dataclass(frozen=True)
class Unrolled(Dynamics):
    steps: int = 2
    rule: Rule = SGD(0.01)  # noqa: RUF009 - a frozen value

    def __call__(self, game, rounds, optimizers, state):
        round = next(rounds)
        *opponents, seer = game.sides()
        field = gradient_field(game, round, opponents) if opponents else {}
        field[seer] = gradient(game, seer, round, at=self.answers(game, opponents, round))
        move(game, field, round, optimizers)
        return {player: cost for player, (cost, _) in field.items()}

    def answers(self, game, opponents, round):
        """The opponents' parameters after their steps, as functions of the seer's."""
        there = {name: p for player in opponents for name, p in game.strategy(player).items()}
        memory = self.rule.init(there)
        for _ in range(self.steps if opponents else 0):
            field = gradient_field(game, round, opponents, at=there, create_graph=True)
            slopes = {name: g for _, slope in field.values() for name, g in slope.items()}
            there, memory = self.rule(there, slopes, memory)
        return there
