"""Lookahead-minmax (Chavdarova et al. 2021, "Taming GANs with Lookahead-Minmax", https://arxiv.org/abs/2006.14567)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.alternating import Alternating
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.places import go, parameters, place, project
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Lookahead"]


@dataclass(frozen=True)
class Lookahead(Dynamics):
    """Some rounds of another rule, then all players together go back most of the way.

    After every `every` rounds the parameters become start + weight (here - start), and that is the next start. It is
    the joint point that goes back. Any rule can be inside, another `Lookahead` too; what it remembers, which is of
    another place, it forgets then. Optimizers keep their moments. With simultaneous steps of h on V = xy, `every`
    rounds multiply the radius by |1 - weight + weight (1 + i h)^every|.

    Attributes:
        inside: The rule that is played.
        every: How many of its rounds.
        weight: How much of the way they went remains.

    Raises:
        ValueError: The rounds are fewer than 1.
    """

    inside: Dynamics = field(default_factory=Alternating)
    every: int = 5
    weight: float = 0.5

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every is {self.every}; expected 1 or more rounds")

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """The place where the rounds begin, and how many have been played since."""
        return {"start": place(game), "played": 0, "inside": self.inside.init(game, optimizers)}

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        costs = self.inside(game, rounds, optimizers, state["inside"])
        state["played"] += 1
        if state["played"] == self.every:
            start = state["start"]
            go(game, {n: start[n] + self.weight * (p.detach() - start[n]) for n, p in parameters(game).items()})
            project(game)
            state |= self.init(game, optimizers)
        return costs


METHODS = (
    Method(
        name="lookahead-minmax",
        category="dynamics",
        python="dynamics.lookahead.Lookahead(Alternating(), every=5, weight=0.5)",
        papers=(Paper("Chavdarova et al.", 2020, "https://arxiv.org/abs/2006.14567"),),
        record="rates",
        measured="lookahead",
    ),
)
