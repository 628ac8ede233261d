"""Finite games: costs by enumeration, equilibria known, projections against a solver."""

import itertools

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

from sparring import Phase, Trainer
from sparring.games.theory import finite
from sparring.games.theory.finite import Finite

NUMBERS = np.random.default_rng(0)


def some():
    rows, columns = NUMBERS.normal(size=(2, 3, 4))
    return Finite(rows.tolist(), columns.tolist(), (NUMBERS.dirichlet([1] * 3).tolist(), [0.1, 0.2, 0.3, 0.4]))


def test_costs_are_less_the_mean_payoffs():
    game = some()
    round = next(Trainer(Phase(game, {}, {}, 1)).turns())
    x, y = game.row().tolist(), game.column().tolist()
    for player, payoffs in (("row", game.rows), ("column", game.columns)):
        mean = sum(x[i] * y[j] * payoffs[i, j].item() for i, j in itertools.product(range(3), range(4)))
        assert game(player, round).total.item() == pytest.approx(-mean, abs=1e-12)


def test_pure_costs_are_costs_of_pure_mixtures():
    game = some()
    round = next(Trainer(Phase(game, {}, {}, 1)).turns())
    for player, mixture in (("row", game.row), ("column", game.column)):
        before, costs = mixture.probabilities.clone(), game.pure_costs(player).tolist()
        for action, cost in enumerate(costs):
            with torch.no_grad():
                mixture.probabilities.copy_(torch.eye(len(costs))[action])
            assert game(player, round).total.item() == pytest.approx(cost, abs=1e-12)
        with torch.no_grad():
            mixture.probabilities.copy_(before)


@pytest.mark.parametrize(
    ("payoffs", "equilibrium"),
    [
        ([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], ([1 / 3] * 3, [1 / 3] * 3)),
        ([[1, -1], [-1, 1]], ([0.5, 0.5], [0.5, 0.5])),
        ([[3, -1], [-2, 1]], ([3 / 7, 4 / 7], [2 / 7, 5 / 7])),  # (d - c, a - b) / 7 and (d - b, a - c) / 7
    ],
)
def test_exploitability_is_0_at_the_equilibrium_alone(payoffs, equilibrium):
    assert Finite(payoffs, start=equilibrium).exploitability() == pytest.approx(0, abs=1e-12)
    row, column = equilibrium
    away = [row[0] + 0.1, row[1] - 0.1, *row[2:]]
    assert Finite(payoffs, start=(away, column)).exploitability() > 0.05


def test_exploitability_of_rock_against_rock():
    """Each gains 1 by paper."""
    game = Finite([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], start=([1, 0, 0], [1, 0, 0]))
    assert game.exploitability() == 2


@pytest.mark.parametrize("seed", range(5))
def test_the_projection_is_the_nearest_mixture(seed):
    point = 2 * np.random.default_rng(seed).normal(size=4)
    p = torch.nn.Parameter(torch.from_numpy(point.copy()))
    finite.simplex([p])
    nearest = minimize(
        lambda q: ((q - point) ** 2).sum(),
        np.full(4, 0.25),
        bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda q: q.sum() - 1},
        tol=1e-12,
    )
    np.testing.assert_allclose(p.detach().numpy(), nearest.x, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1.0, 2.0],), r"shapes \[2\] and \[2\]; expected \[M, N\] twice"),
        (([[1.0, 2.0]], [[1.0], [2.0]]), r"shapes \[1, 2\] and \[2, 1\]"),
        (([[1.0, 2.0]], None, ([1.0], [0.5, 0.6])), "expected 2 probabilities that add up to 1"),
        (([[1.0, 2.0]], None, ([1.0], [1.5, -0.5])), "expected 2 probabilities that add up to 1"),
    ],
)
def test_what_is_no_game(arguments, message):
    with pytest.raises(ValueError, match=message):
        Finite(*arguments)
