"""Rates or steps of its own for each player: no rule of its own, and yet a matrix of its own."""

import math

import numpy as np
import pytest
import torch

from sparring import Alternating, Cost, Phase, Player, Simultaneous, Trainer
from sparring.games.theory.xy import XY
from spirals import FIELD, ONE, H, follows, largest, path, radius

RATES = {"x": 0.1, "y": 0.4}


def test_rates_at_once():
    """The radius grows by sqrt(1 + a b): time scales alone do not cure xy."""
    matrix = ONE - np.diag([0.1, 0.4]) @ FIELD
    assert largest(matrix) == pytest.approx(math.sqrt(1 + 0.1 * 0.4), abs=1e-12)
    assert follows(path(Simultaneous(), RATES), matrix) < 1e-12
    assert radius(Simultaneous(), RATES) == pytest.approx(math.sqrt(1.04), abs=5e-4)


def test_rates_in_turn():
    assert follows(path(Alternating(), RATES), [[1, -0.1], [0.4, 1 - 0.04]]) < 1e-12
    assert radius(Alternating(), RATES) == pytest.approx(1, abs=5e-4)


def test_steps_are_rates_on_xy():
    """Three steps of y against the same x are one of three times the rate."""
    np.testing.assert_allclose(path(Alternating({"y": 3})), path(Alternating(), {"x": H, "y": 3 * H}), atol=1e-12)


class Concave(XY):
    """V = x y - y^2 / 2, whose maximum over y is x^2 / 2."""

    def players(self):
        value = lambda: self.x() * self.y() - self.y() ** 2 / 2  # noqa: E731
        return {
            "x": Player((self.x,), lambda _: Cost({"value": value()})),
            "y": Player((self.y,), lambda _: Cost({"value": -value()})),
        }


def test_a_fast_player_is_a_best_answer_to_a_slow_one():
    """X then descends the maximum over y: x shrinks by 1 - a a round, the better the slower it is."""
    errors = []
    for slow in (0.1, 0.01, 0.001):
        game = Concave(1.0, 1.0)
        optimizers = {"x": torch.optim.SGD([game.x.value], slow), "y": torch.optim.SGD([game.y.value], 0.5)}
        rounds = round(1 / slow)
        Trainer(Phase(game, optimizers, {}, rounds, Simultaneous())).play()
        errors.append(abs(game.x.value.item() - (1 - slow) ** rounds))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 1e-3
