"""Playing in turn: what most scripts do, and Goodfellow et al. (2014), https://arxiv.org/abs/1406.2661, algorithm 1."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient, move
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Alternating", "Steps"]

Steps = int | Callable[[int], int]
"""A number of steps, or a function to it from the number of rounds finished."""


@dataclass(frozen=True)
class Alternating(Dynamics):
    """Players move in turn, against opponents that have already moved.

    Attributes:
        steps: How many steps a player takes a round, 1 unless named: `Alternating({"discriminator": 5})`. It may be 0,
            or a function of the round: `{"generator": lambda round: int(round >= 100)}` is a warm-up.
        fresh: Whether every step has new data and chance. Without, a player's first step has those of the step before
            it, and forward passes that are still valid are shared: one generator pass serves both players.

    Raises:
        TypeError: The steps are not given by player.
        ValueError: A number of steps is negative.
    """

    steps: Mapping[str, Steps] = field(default_factory=dict)
    fresh: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.steps, Mapping):
            such = self.steps if isinstance(self.steps, int) else 5
            raise TypeError(
                f"steps is {self.steps!r}; expected a number for each player: write "
                f"Alternating({{'discriminator': {such}}})"
            )
        if any(not callable(count) and count < 0 for count in self.steps.values()):
            raise ValueError(f"the steps are {dict(self.steps)}; expected 0 or more for each player")

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        players = game.sides()
        if unknown := self.steps.keys() - players.keys():
            raise ValueError(f"there are steps for {sorted(unknown)}, but the players are {list(players)}")
        costs: dict[str, Cost] = {}
        round = next(rounds)
        number = round.number
        for player in players:
            for step in range(self._count(player, number)):
                if costs and (self.fresh or step):
                    round = next(rounds)
                costs[player], slope = gradient(game, player, round)
                move(game, {player: (costs[player], slope)}, round, optimizers)
        return costs

    def _count(self, player: str, number: int) -> int:
        steps = self.steps.get(player, 1)
        count = steps(number) if callable(steps) else steps
        if count < 0:
            raise ValueError(f"{player!r} has {count} steps in round {number}; expected 0 or more")
        return count


METHODS = (
    Method(
        name="steps in turn",
        category="dynamics",
        python="Alternating()",
        papers=(Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661"),),
        record="rates",
        measured="steps in turn",
    ),
    Method(
        name="two time scales (TTUR)",
        category="dynamics",
        python="Phase(game, {'discriminator': fast, 'generator': slow}, ...); Alternating({'discriminator': 5})",
        papers=(Paper("Heusel et al.", 2017, "https://arxiv.org/abs/1706.08500"),),
    ),
)
