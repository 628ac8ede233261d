"""Unrolled play (Metz et al. 2017, https://arxiv.org/abs/1611.02163, equation 6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.functional import SGD, Rule
from sparring.dynamics.gradients import gradient, gradient_field, move
from sparring.dynamics.slopes import costs, joint
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Unrolled"]


@dataclass(frozen=True)
class Unrolled(Dynamics):
    """All move at once, one of them through its opponents' next steps, which are differentiated.

    The opponents' real step is a plain one. The steps that are looked through have the data and chance of the round.
    On V = xy the rate is sqrt(1 - 2 k s h + h^2) for k inner steps of s and steps of h.

    A loss without E log D(x) in the generator's cost, such as `Minimax`, is not zero-sum here: D's answer depends on G.
    `figures.ring_modes.Saddle` has that term.

    Attributes:
        steps: How many steps are looked through; with 0 this is `Simultaneous`, bit for bit.
        rule: How the opponents are expected to move: `functional.SGD` or `functional.Adam`. It has no memory of their
            real steps.
        player: Who looks ahead; the last one in the order of play if "", which is the generator of a GAN.

    Raises:
        ValueError: The number of steps is negative, or nobody has that name.
    """

    steps: int = 2
    rule: Rule = SGD(0.01)  # noqa: RUF009 - a frozen value
    player: str = ""

    def __post_init__(self) -> None:
        if self.steps < 0:
            raise ValueError(f"steps is {self.steps}; expected 0 or more")

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round, players = next(rounds), list(game.sides())
        seer = self.player or players[-1]
        if seer not in players:
            raise ValueError(f"{seer!r} is to look ahead, but the players are {players}")
        opponents = [player for player in players if player != seer]
        field = gradient_field(game, round, opponents) if opponents else {}
        field[seer] = gradient(game, seer, round, at=self.answers(game, opponents, round))
        move(game, field, round, optimizers)
        return costs(field)

    def answers(self, game: Game, opponents: list[str], round: Round) -> dict[str, Tensor]:
        """The opponents' parameters after their steps, as functions of the parameters of the one who looks ahead."""
        there: dict[str, Tensor] = {name: p for player in opponents for name, p in game.strategy(player).items()}
        memory = self.rule.init(there)
        for _ in range(self.steps if opponents else 0):
            field = gradient_field(game, round, opponents, at=there, create_graph=True)
            there, memory = self.rule(there, joint(field), memory)
        return there


METHODS = (
    Method(
        name="unrolled GAN",
        category="dynamics",
        python="dynamics.unrolled.Unrolled(5, dynamics.functional.Adam(1e-3))",
        papers=(Paper("Metz et al.", 2016, "https://arxiv.org/abs/1611.02163"),),
        section="5.1.1",
        figure="32",
        record="rates",
        measured="unrolled",
    ),
)
