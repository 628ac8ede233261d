"""Optimistic steps (Daskalakis et al. 2018, "Training GANs with Optimism", https://arxiv.org/abs/1711.00141)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient_field, move
from sparring.dynamics.places import go, place, project
from sparring.dynamics.slopes import costs
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Optimistic"]


@dataclass(frozen=True)
class Optimistic(Dynamics):
    """All players take twice the step of this round and take back once that of the last round.

    The steps are those of the players' own optimizers: SGD makes w - 2 h g + h (last g), Adam makes the paper's
    Optimistic Adam. The first round takes a plain step. On V = xy with SGD it converges for steps h below 1/sqrt(3).

    It remembers the last steps.
    """

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round, start = next(rounds), place(game)
        field = gradient_field(game, round)
        move(game, field, round, optimizers)
        steps = {name: there - start[name] for name, there in place(game).items()}
        go(game, {name: start[name] + 2 * step - state.get(name, step) for name, step in steps.items()})
        project(game)
        state |= steps
        return costs(field)


METHODS = (
    Method(
        name="optimistic steps",
        category="dynamics",
        python="dynamics.optimistic.Optimistic()",
        papers=(Paper("Daskalakis et al.", 2017, "https://arxiv.org/abs/1711.00141"),),
        record="rates",
        measured="optimistic:",
    ),
)
