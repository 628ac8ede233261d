"""For tests of rules: paths on V(x, y) = xy, where a round under SGD is a matrix that the papers write out."""

import math

import numpy as np
import torch

from sparring import Phase, Trainer
from sparring.games.theory.xy import XY

H = 0.3
FIELD = np.array([[0.0, 1.0], [-1.0, 0.0]])
"""The gradients of x and y are FIELD @ (x, y)."""
ONE, NONE = np.eye(2), np.zeros((2, 2))


def path(dynamics, step=H, rounds=50, start=(1.0, 0.4), **optimizer):
    """(x, y) before the first round and after each, [rounds + 1, 2], in float64.

    Args:
        dynamics: The rule.
        step: The learning rate, or one for each player.
        rounds: How many.
        start: Where it begins.
        **optimizer: `make=torch.optim.Adam`, and what it takes besides; SGD without.
    """
    make = optimizer.pop("make", torch.optim.SGD)
    game = XY(*start)
    rates = step if isinstance(step, dict) else {"x": step, "y": step}
    optimizers = {name: make(game.strategy(name).values(), lr=rates[name], **optimizer) for name in game.players()}
    trainer, points = Trainer(Phase(game, optimizers, {}, rounds, dynamics)), [start]
    for _ in range(rounds):
        trainer.play_round()
        points.append((game.x.value.item(), game.y.value.item()))
    return np.array(points)


def radius(dynamics, step=H, rounds=400, **optimizer):
    """The factor of the distance from 0 in a round: from the slope of its logarithm, the first quarter left out."""
    logs = np.log(np.hypot(*path(dynamics, step, rounds, **optimizer).T))
    return math.exp(np.polyfit(range(rounds // 4, rounds + 1), logs[rounds // 4 :], 1)[0])


def largest(matrix):
    """The spectral radius of an iteration matrix."""
    return np.abs(np.linalg.eigvals(matrix)).max()


def memory(now, before):
    """The matrix [4, 4] of (z, the last z) when the next z is `now z + before (the last z)`."""
    return np.block([[now, before], [ONE, NONE]])


def follows(points, now, before=NONE):
    """How far a path [n, 2] is from the recursion, from its third point on."""
    expected = points[1:-1] @ np.asarray(now).T + points[:-2] @ np.asarray(before).T
    return np.abs(points[2:] - expected).max()


class Moments:
    """Adam by hand, in numpy: `step(g)` is what the algorithm subtracts (Kingma and Ba 2015, algorithm 1)."""

    def __init__(self, lr, betas=(0.9, 0.999), eps=1e-8):
        self.lr, self.betas, self.eps, self.t, self.m, self.v = lr, betas, eps, 0, 0.0, 0.0

    def step(self, g):
        (b, c), self.t = self.betas, self.t + 1
        self.m, self.v = b * self.m + (1 - b) * g, c * self.v + (1 - c) * g**2
        return self.lr * (self.m / (1 - b**self.t)) / (np.sqrt(self.v / (1 - c**self.t)) + self.eps)
