"""The adjustment, against iteration matrices and a quadratic game; test_second_order.py has networks."""

import math

import numpy as np
import pytest
import torch

from sparring import Cost, Phase, Player, Trainer
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.symplectic import Symplectic
from sparring.games.theory.xy import XY
from spirals import FIELD, ONE, H, follows, path, radius


@pytest.mark.parametrize("weight", [0.4, 1.0])
def test_rate_on_xy(weight):
    """That of consensus optimisation, as xy has no symmetric half."""
    matrix = ONE - H * (FIELD + weight * FIELD.T @ FIELD)
    assert follows(path(Symplectic(weight)), matrix) < 1e-12
    assert radius(Symplectic(weight)) == pytest.approx(math.sqrt((1 - H * weight) ** 2 + H**2), abs=5e-4)


class Quadratic(XY):
    """The field J (x, y), J any matrix [2, 2]."""

    def __init__(self, jacobian, x, y):
        super().__init__(x, y)
        self.jacobian = jacobian

    def players(self):
        (a, b), (c, d) = self.jacobian
        return {
            "x": Player((self.x,), lambda _: Cost({"": a * self.x() ** 2 / 2 + b * self.x() * self.y()})),
            "y": Player((self.y,), lambda _: Cost({"": d * self.y() ** 2 / 2 + c * self.x() * self.y()})),
        }


def step(rule, jacobian, at):
    """What is subtracted in one round with steps of 1."""
    game = Quadratic(jacobian.tolist(), *at)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 1.0) for name in game.players()}
    Trainer(Phase(game, optimizers, {}, 1, rule)).play()
    return at - np.array([game.x.value.item(), game.y.value.item()])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("align", [False, True])
def test_quadratic_games(seed, align):
    """With the Jacobian as a matrix; signs of both kinds are among these games."""
    numbers = np.random.default_rng(seed)
    jacobian, at = 3 * numbers.normal(size=(2, 2)), numbers.normal(size=2)
    g = jacobian @ at
    twisted, pulled = (jacobian - jacobian.T).T / 2 @ g, jacobian.T @ g
    sign = np.sign((g @ pulled) * (twisted @ pulled) / 2 + 0.1) if align else 1
    np.testing.assert_allclose(step(Symplectic(0.7, align), jacobian, at), g + 0.7 * sign * twisted, atol=1e-12)


def test_alignment_changes_signs():
    """Beside an unstable point of rotation the adjustment turns outwards, beside a stable one it does not."""
    at = np.array([1.0, 0.4])
    for curvature, sign in ((-1.0, -1), (1.0, 1)):
        jacobian = 3 * FIELD + curvature * np.eye(2)
        plain, aligned = (step(Symplectic(0.5, align), jacobian, at) - jacobian @ at for align in (False, True))
        np.testing.assert_allclose(aligned, sign * plain, atol=1e-12)
        assert np.abs(plain).max() > 0.1


def test_a_game_of_potential_is_left_alone():
    """Its Jacobian is symmetric."""
    jacobian, at = np.array([[2.0, 1.0], [1.0, 3.0]]), np.array([1.0, 0.4])
    np.testing.assert_allclose(step(Symplectic(0.7), jacobian, at), jacobian @ at, atol=1e-12)
    assert np.abs(step(Consensus(0.7), jacobian, at) - jacobian @ at).max() > 1
