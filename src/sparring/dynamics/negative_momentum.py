"""Negative momentum (Gidel et al. 2019, https://arxiv.org/abs/1807.04740)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient, move
from sparring.dynamics.slopes import kept, plus
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "NegativeMomentum"]


@dataclass(frozen=True)
class NegativeMomentum(Dynamics):
    """Players move in turn, each along a velocity: its gradient plus `momentum` times its last velocity.

    torch's SGD takes no momentum below 0, so the velocities are kept here: give it an SGD without momentum. On V = xy
    the best rate is .7595, with -.3 and steps of 1.221; at -.5 it is .885, with steps of .87.

    Attributes:
        momentum: Below 0 it damps a rotation; above 0 it is the heavy ball.
    """

    momentum: float = -0.5

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """Velocities of 0."""
        return {player: {n: torch.zeros_like(p) for n, p in game.strategy(player).items()} for player in game.sides()}

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        found: dict[str, Cost] = {}
        for player in game.sides():
            round = next(rounds)
            found[player], slope = gradient(game, player, round)
            velocity = plus(slope, self.momentum, state[player])
            state[player] |= kept(velocity)
            move(game, {player: (found[player], velocity)}, round, optimizers)
        return found


METHODS = (
    Method(
        name="negative momentum",
        category="dynamics",
        python="dynamics.negative_momentum.NegativeMomentum(-0.5)",
        papers=(Paper("Gidel et al.", 2018, "https://arxiv.org/abs/1807.04740"),),
        record="rates",
        measured="negative momentum -.3",
    ),
)
