"""Answers to averages, against counts of actions and against what theorems say."""

import numpy as np
import pytest
import torch

from sparring import Phase, Trainer
from sparring.dynamics.best_response import BestResponse
from sparring.dynamics.fictitious_play import FictitiousPlay
from sparring.games import gan
from sparring.games.theory import finite
from sparring.games.theory.finite import Finite

SHAPLEY = ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
"""A game without sum 0 in which the averages go round in ever longer cycles (Shapley 1964)."""


def mixtures(game, rule, rounds):
    """The mixtures of row and column after each round."""
    trainer, found = Trainer(Phase(game, {}, {}, rounds, rule)), []
    for _ in range(rounds):
        trainer.play_round()
        found.append((game.row().tolist(), game.column().tolist()))
    return found


def counted(game, rounds):
    """The same by counting actions, in numpy: each mixture is counts / their sum."""
    rows, columns = game.rows.numpy(), game.columns.numpy()
    x, y = (np.array(side().tolist()) for side in (game.row, game.column))
    found = []
    for _ in range(rounds):
        best = np.argmax(rows @ (y / y.sum())), np.argmax((x / x.sum()) @ columns)
        x[best[0]] += 1
        y[best[1]] += 1
        found.append((x / x.sum(), y / y.sum()))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_it_counts_actions(seed):
    numbers = np.random.default_rng(seed)
    rows, columns = numbers.normal(size=(2, 3, 4)).tolist()
    start = (numbers.dirichlet([1] * 3).tolist(), numbers.dirichlet([1] * 4).tolist())
    expected = counted(Finite(rows, columns, start), 200)
    for ours, theirs in zip(mixtures(Finite(rows, columns, start), FictitiousPlay(), 200), expected, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine, other, atol=1e-12)


@pytest.mark.parametrize(
    ("make", "equilibrium"),
    [
        (finite.rock_paper_scissors, ([1 / 3] * 3, [1 / 3] * 3)),
        (finite.matching_pennies, ([0.5, 0.5], [0.5, 0.5])),
        (lambda: Finite([[3, -1], [-2, 1]]), ([3 / 7, 4 / 7], [2 / 7, 5 / 7])),
    ],
)
def test_averages_approach_the_equilibrium(make, equilibrium):
    """Within .05 after 3,000 rounds; half as exploitable after four times the rounds."""
    game = make()
    Trainer(phase := Phase(game, {}, {}, 750, FictitiousPlay())).play()
    early = game.exploitability()
    game = make()
    Trainer(Phase(game, {}, {}, 3000, phase.dynamics)).play()
    assert game.exploitability() < max(0.7 * early, 0.01)
    for side, share in zip((game.row, game.column), equilibrium, strict=True):
        assert (side() - torch.tensor(share)).abs().max() < 0.05


def test_they_need_not_where_the_sum_is_not_0():
    """The control: some player always gains by leaving."""
    game = Finite(*SHAPLEY, start=([1, 0, 0], [1, 0, 0]))
    trainer = Trainer(Phase(game, {}, {}, 4000, FictitiousPlay()))
    found = [trainer.play_round() and game.exploitability() for _ in range(4000)]
    assert min(found[1000:]) > 0.1


def test_best_responses_go_round():
    """Both show rock, then both paper, scissors, rock, ..."""
    game = Finite([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], start=([1, 0, 0], [1, 0, 0]))
    found = mixtures(game, BestResponse(), 6)
    assert [(row.index(1), column.index(1)) for row, column in found] == [(1, 1), (2, 2), (0, 0)] * 2


def test_best_responses_find_an_equilibrium_of_pure_actions():
    """The prisoners' dilemma: both defect, whatever the others do."""
    game = Finite([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    assert mixtures(game, BestResponse(), 1) == [([0, 1], [0, 1])]
    assert game.exploitability() == 0


def test_part_of_the_way():
    game = finite.matching_pennies()  # the row is best off with side 0, the column with 1
    assert mixtures(game, BestResponse(0.25), 1)[0] == (pytest.approx([0.85, 0.15]), pytest.approx([0.45, 0.55]))


@pytest.mark.parametrize("rule", [FictitiousPlay(), BestResponse()], ids=str)
def test_games_that_are_not_finite_are_refused(rule):
    game, streams = gan.tiny()
    with pytest.raises(
        TypeError, match=rf"{type(rule).__name__} needs a finite game, .* GAN has none: play it by grad"
    ):
        Trainer(Phase(game, {}, streams, 1, rule)).play()


def test_a_weight_is_a_share():
    with pytest.raises(ValueError, match=r"weight is 1\.5; expected 0 to 1"):
        BestResponse(1.5)
