"""Competitive gradient descent (Schäfer and Anandkumar 2019, https://arxiv.org/abs/1905.12103)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import Field, differentiate, gradient_field, move
from sparring.dynamics.slopes import costs, joint, plus, present, product
from sparring.game import Cost, Game
from sparring.methods import Method, Paper
from sparring.round import Round

__all__ = ["METHODS", "CompetitiveGradient"]

Vector = Mapping[str, Tensor | None]


@dataclass(frozen=True)
class CompetitiveGradient(Dynamics):
    """Two players move to the equilibrium of the game as it looks from here: linear, with the product of both steps.

    With steps -h d the slopes d solve (I + h C) d = g: g is the field, C the part of its Jacobian in which one player's
    gradient changes with the other's parameters. For games of sum 0, these are the paper's equations. The equations are
    solved by conjugate gradients on their normal equations, so the game may have any sum; an iteration costs two
    products with C. On V = xy the rate is 1 / sqrt(1 + h^2): it converges for every step h.

    Attributes:
        iterations: At most so many.
        tolerance: It stops when the residual has shrunk to this share.
        scale: How many times its learning rate a player expects the other to step along its slope: 1 is exact for SGD.
            Adam's steps are longer where slopes are below 1.
    """

    iterations: int = 20
    tolerance: float = 1e-6
    scale: float = 1.0

    def init(self, game: Game, optimizers: Mapping[str, Optimizer]) -> dict[str, Any]:
        """Nothing to remember.

        Raises:
            TypeError: The game has not two players.
        """
        if len(players := list(game.sides())) != 2:
            raise TypeError(
                f"CompetitiveGradient needs a game of two players, this one has {players}; try Symplectic()"
            )
        return {}

    def __call__(
        self, game: Game, rounds: Iterator[Round], optimizers: Mapping[str, Optimizer], state: dict[str, Any]
    ) -> dict[str, Cost]:
        """Plays one round."""
        round = next(rounds)
        field = gradient_field(game, round, create_graph=True)
        slopes = self._solve(_System(game, round, field, _rates(optimizers, self.scale)), present(joint(field)))
        found = {
            player: (cost.detach(), {name: slopes.get(name) for name in slope})
            for player, (cost, slope) in field.items()
        }
        move(game, found, round, optimizers)
        return costs(found)

    def _solve(self, system: _System, right: Vector) -> Vector:
        """The solution, from the gradients themselves as a first guess (Hestenes and Stiefel 1952)."""
        answer = plus(right, 0, {})
        residual = plus(right, -1, system.times(answer))
        direction = slope = system.transposed_times(residual)
        size = product(slope, slope)
        goal = self.tolerance**2 * product(right, right)
        for _ in range(self.iterations):
            if size <= goal:
                break
            image = system.times(direction)
            step = size / product(image, image)
            answer, residual = plus(answer, step, direction), plus(residual, -step, image)
            slope = system.transposed_times(residual)
            before, size = size, product(slope, slope)
            direction = plus(slope, size / before, direction)
        return answer


def _rates(optimizers: Mapping[str, Optimizer], scale: float) -> dict[int, float]:
    """The learning rate of each parameter, by its id."""
    groups = [group for optimizer in optimizers.values() for group in optimizer.param_groups]
    return {id(p): scale * group["lr"] for group in groups for p in group["params"]}


class _System:
    """The matrix I + C H as products: C joins the two players' mixed derivatives, H holds the learning rates."""

    def __init__(self, game: Game, round: Round, field: Field, rates: Mapping[int, float]) -> None:
        self.round = round
        self.slopes = {player: present(slope) for player, (_, slope) in field.items()}
        self.here = {player: {n: game.strategy(player)[n] for n in slope} for player, slope in self.slopes.items()}
        self.rates = {name: rates.get(id(p), 0.0) for place in self.here.values() for name, p in place.items()}
        self.free = {
            player: {n: torch.zeros_like(g, requires_grad=True) for n, g in slope.items()}
            for player, slope in self.slopes.items()
        }
        self.pairs: Sequence[tuple[str, str]] = [tuple(field), tuple(reversed(field))]  # type: ignore[list-item]
        self.images = {
            (mine, other): self._derivative(product(self.slopes[other], self.free[other]), self.here[mine], again=True)
            for mine, other in self.pairs
        }

    def _derivative(self, value: Tensor, place: Mapping[str, Tensor], *, again: bool = False) -> dict[str, Tensor]:
        """Nothing where the value does not depend on the place."""
        if not value.requires_grad:
            return {}
        return present(differentiate(self.round, value, place, create_graph=again, keep=True))

    def times(self, vector: Vector) -> Vector:
        """(I + C H) v. J v is the derivative of J^T u in u, along v."""
        scaled = {name: None if value is None else self.rates[name] * value for name, value in vector.items()}
        rows: dict[str, Tensor] = {}
        for (_, other), image in self.images.items():
            rows |= self._derivative(product(image, scaled), self.free[other]) if image else {}
        return plus(vector, 1, rows)

    def transposed_times(self, vector: Vector) -> Vector:
        """(I + H C^T) v."""
        rows: dict[str, Tensor] = {}
        for mine, other in self.pairs:
            value = product(self.slopes[other], {name: vector.get(name) for name in self.slopes[other]})
            rows |= self._derivative(value, self.here[mine])
        return plus(vector, 1, {name: self.rates[name] * row for name, row in rows.items()})


METHODS = (
    Method(
        name="competitive gradient descent",
        category="dynamics",
        python="dynamics.competitive.CompetitiveGradient()",
        papers=(Paper("Schäfer and Anandkumar", 2019, "https://arxiv.org/abs/1905.12103"),),
        record="rates",
        measured="competitive",
    ),
)
