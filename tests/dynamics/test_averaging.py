"""Averages of iterates on V = xy, where steps in turn go round and their mean does not."""

import numpy as np
import pytest
import torch

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.games import gan
from sparring.games.theory.xy import XY
from sparring.hooks import Average, UniformAverage
from spirals import H, path

ROUNDS = 200


def averaged(dynamics, make, rounds=ROUNDS):
    """The averaged (x, y) of a game from (1, .4)."""
    game = XY(1.0, 0.4)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), H) for name in game.players()}
    average = make(game)
    Trainer(Phase(game, optimizers, {}, rounds, dynamics, batch=1), hooks=[average]).play()
    return np.array([average.sampler.x().item(), average.sampler.y().item()])


@pytest.mark.parametrize("dynamics", [Alternating(), Simultaneous()], ids=str)
@pytest.mark.parametrize("skip", [0, 50])
def test_the_uniform_average_is_the_mean_of_the_path(dynamics, skip):
    expected = path(dynamics, rounds=ROUNDS)[1 + skip :].mean(0)
    np.testing.assert_allclose(averaged(dynamics, lambda game: UniformAverage(game, skip)), expected, rtol=1e-9)


def test_it_converges_where_the_last_point_does_not():
    """In turn, y moves by h x: so the mean of x over n rounds is (y_n - y_0) / (h n)."""
    points = path(Alternating(), rounds=ROUNDS)
    x, y = averaged(Alternating(), UniformAverage)
    assert x == pytest.approx((points[-1, 1] - points[0, 1]) / (H * ROUNDS), abs=1e-12)
    assert np.hypot(x, y) < 0.05 < 0.5 < np.hypot(*points[-1])


def test_the_exponential_average():
    """A half-life of ten rounds, by a sum of powers: half of the share of the start is gone every ten rounds."""
    points, weight = path(Alternating(), rounds=ROUNDS), 1 - 0.5**0.1
    expected = np.array([1.0, 0.4])
    for point in points[1:]:
        expected = (1 - weight) * expected + weight * point
    found = averaged(Alternating(), lambda game: Average(game, half_life=10.0, ramp=np.inf))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_one_can_sample_from_it_and_it_resumes():
    def trainer():
        torch.manual_seed(0)
        game, streams = gan.tiny()
        optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
        return Trainer(Phase(game, optimizers, streams, 6, batch=8), hooks=[UniformAverage(game.sampler(), 2)])

    whole, half, rest = trainer().play(), trainer().play(3), trainer()
    rest.load_state_dict(half.state_dict())
    rest.play()
    ours, theirs = (t.hooks[-1].sampler.sample(5, seed=1) for t in (whole, rest))
    assert torch.equal(ours, theirs)
    assert not torch.allclose(ours, whole.game.sampler().sample(5, seed=1))
