"""The extragradient method (Korpelevich 1976; for GANs Gidel et al. 2019, https://arxiv.org/abs/1802.10551)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient_field, move
from sparring.dynamics.places import coming_back
from sparring.dynamics.slopes import costs
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "Extragradient"]


@dataclass(frozen=True)
class Extragradient(Dynamics):
    """All players look one step ahead, then step from where they were along the gradients that they saw there.

    Both steps are those of the players' own optimizers: SGD makes the method of Korpelevich, Adam the one that Gidel et
    al. call ExtraAdam, whose moments are updated in both. A round costs two gradients of every player.

    On V = xy a round multiplies the radius by sqrt(1 - h^2 + h^4): with SGD it converges for steps h below 1.

    Attributes:
        fresh: Whether the second step has new data and chance. Without, both have the same, and the look ahead and the
            step belong to one sampled game.
    """

    fresh: bool = False

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        with coming_back(game):
            move(game, gradient_field(game, round), round, optimizers)
            round = next(rounds) if self.fresh else round
            field = gradient_field(game, round)
        move(game, field, round, optimizers)
        return costs(field)


METHODS = (
    Method(
        name="extragradient",
        category="dynamics",
        python="dynamics.extragradient.Extragradient()",
        papers=(Paper("Gidel et al.", 2018, "https://arxiv.org/abs/1802.10551"),),
        record="rates",
        measured="extragradient",
    ),
)
