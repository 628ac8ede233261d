"""Dynamics: how the players of a game move.

A dynamics takes as many turns' worth of data as it needs, moves the players once, and returns their costs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from sparring.game import Cost, Game, Round
from sparring.methods import TUTORIAL, Method, Paper

__all__ = ["METHODS", "Alternating", "Dynamics", "Gradient", "Simultaneous", "gradient", "gradient_field", "move"]

Gradient = dict[nn.Parameter, Tensor | None]
"""A gradient by parameter; None where the cost does not depend on the parameter."""


class Dynamics(Protocol):
    """One round of play."""

    def __call__(self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer]) -> dict[str, Cost]:
        """Moves every player and returns each one's last cost, detached."""
        ...


def gradient(game: Game, player: str, round: Round) -> tuple[Cost, Gradient]:
    """The cost of one player and its gradient in that player's parameters, everybody else frozen."""
    with game.turn(player) as strategies:
        cost = game(player, round)
        slope = _differentiate(player, cost, strategies[player])
    round.forget()
    return cost.detach(), slope


def gradient_field(game: Game, round: Round, *, create_graph: bool = False) -> dict[str, tuple[Cost, Gradient]]:
    """Every player's gradient of its own cost in its own parameters, at one point, with shared forward passes.

    Args:
        game: The game.
        round: The data and chance, the same for all.
        create_graph: Whether the gradients can be differentiated again, as consensus optimisation or symplectic
            gradient adjustment need (Mescheder et al. 2017; Balduzzi et al. 2018).
    """
    names = list(game.players())
    with game.turn(*names) as strategies:
        costs = {name: game(name, round) for name in names}
        slopes = {
            name: _differentiate(
                name, costs[name], strategy, create_graph, retain_graph=create_graph or name != names[-1]
            )
            for name, strategy in strategies.items()
        }
    if not create_graph:
        round.forget()
    return {name: (costs[name] if create_graph else costs[name].detach(), slopes[name]) for name in names}


def _differentiate(
    player: str,
    cost: Cost,
    strategy: Sequence[nn.Parameter],
    create_graph: bool = False,
    retain_graph: bool | None = None,
) -> Gradient:
    if not cost.total.requires_grad:
        raise ValueError(f"the cost of {player!r} does not depend on any parameter it controls")
    values = torch.autograd.grad(
        cost.total, strategy, create_graph=create_graph, retain_graph=retain_graph, allow_unused=True
    )
    return dict(zip(strategy, values, strict=True))


def move(
    game: Game, field: Mapping[str, tuple[Cost, Gradient]], round: Round, optimizers: Mapping[str, Optimizer]
) -> None:
    """Takes an optimizer step for each player in `field`, along its gradient, then projects.

    The gradients stay in `.grad` until the player's next step, for hooks to look at.

    Raises:
        FloatingPointError: A term of a cost is not finite; none of these players has moved. On an accelerator looking
            would make the host wait, so there the log and the checkpoints look, which wait anyway.
        ValueError: A player has no optimizer.
    """
    for player, (cost, _) in field.items():
        if player not in optimizers:
            raise ValueError(f"{player!r} has no optimizer; there are optimizers for {list(optimizers)}")
        if cost.total.device.type == "cpu":
            stop_if_not_finite(player, cost, round.number)
    sides = game.players()
    for player, (_, slope) in field.items():
        for p, value in slope.items():
            p.grad = like(p, value)
        optimizers[player].step()
        with torch.no_grad():
            sides[player].project(list(slope))
        # Fused optimizers do not, and `Round.once` relies on it.
        torch.autograd.graph.increment_version(list(slope))


def like(parameter: Tensor, value: Tensor | None) -> Tensor | None:
    """`value` laid out in memory as `parameter` is: fused optimizers walk through raw memory and do not look."""
    if value is None or value.stride() == parameter.stride():
        return value
    return torch.empty_like(parameter).copy_(value)


def stop_if_not_finite(player: str, cost: Cost, round: int) -> None:
    """Raises FloatingPointError naming the first term of `cost` that is infinite or not a number."""
    for name, value in cost.terms.items():
        if not torch.isfinite(value):
            raise FloatingPointError(
                f"the term {name!r} of {player!r} became {value.item()} in round {round}, before the update: "
                "try a smaller learning rate, a larger penalty weight, or data scaled to [-1, 1]"
            )


@dataclass(frozen=True)
class Alternating:
    """Players move in turn, each on fresh data and against opponents that have already moved.

    Attributes:
        steps: How many steps a player takes a round, 1 unless named: `Alternating({"discriminator": 5})`.
    """

    steps: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if any(count < 1 for count in self.steps.values()):
            raise ValueError(f"the steps are {dict(self.steps)}; expected at least 1 for each player")

    def __call__(self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer]) -> dict[str, Cost]:
        """Plays one round."""
        players = game.players()
        if unknown := self.steps.keys() - players.keys():
            raise ValueError(f"there are steps for {sorted(unknown)}, but the players are {list(players)}")
        costs: dict[str, Cost] = {}
        for player in players:
            for _ in range(self.steps.get(player, 1)):
                round = next(rounds)
                costs[player], slope = gradient(game, player, round)
                move(game, {player: (costs[player], slope)}, round, optimizers)
        return costs


@dataclass(frozen=True)
class Simultaneous:
    """All players move at once, on the same data: the protocol of the tutorial's section 3.1.

    One generator pass and one discriminator pass over the fakes serve both players.
    """

    def __call__(self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer]) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        field = gradient_field(game, round)
        move(game, field, round, optimizers)
        return {player: cost for player, (cost, _) in field.items()}


METHODS = (
    Method(
        name="steps in turn",
        category="dynamics",
        python="Alternating()",
        papers=(Paper("Goodfellow et al.", 2014, "https://arxiv.org/abs/1406.2661"),),
    ),
    Method(
        name="steps at once",
        category="dynamics",
        python="Simultaneous()",
        papers=(TUTORIAL,),
        section="3.1",
        record="xy",
    ),
)
