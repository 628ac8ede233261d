"""Looking ahead, against the matrix of Korpelevich's method and against ExtraAdam written by hand."""

import math

import numpy as np
import pytest
import torch

from sparring import Phase, Trainer
from sparring.dynamics.extragradient import Extragradient
from sparring.games import gan
from sparring.games.theory.xy import XY
from sparring.projections import Clip
from spirals import FIELD, ONE, H, Moments, follows, largest, path, radius


def matrix(h):
    return ONE - h * FIELD + h * h * FIELD @ FIELD


@pytest.mark.parametrize("h", [H, 1 / math.sqrt(2), 0.95])
def test_rate_on_xy(h):
    expected = math.sqrt(1 - h**2 + h**4)
    assert largest(matrix(h)) == pytest.approx(expected, abs=1e-12)
    assert follows(path(Extragradient(), h), matrix(h)) < 1e-12
    assert radius(Extragradient(), h) == pytest.approx(expected, abs=5e-4)


def test_numbers_of_theory():
    assert radius(Extragradient(), H) == pytest.approx(0.95818, abs=5e-6)
    assert radius(Extragradient(), 1 / math.sqrt(2)) == pytest.approx(0.8660, abs=5e-5)
    assert radius(Extragradient(), 0.99) < 1 < radius(Extragradient(), 1.01)


def test_adam_is_extra_adam():
    """Both steps update the moments; the second starts where the first did."""
    z, moments, expected = np.array([1.0, 0.4]), Moments(0.05, (0.5, 0.9)), []
    for _ in range(20):
        ahead = z - moments.step(FIELD @ z)
        z = z - moments.step(FIELD @ ahead)
        expected.append(z)
    found = path(Extragradient(), 0.05, 20, make=torch.optim.Adam, betas=(0.5, 0.9))
    np.testing.assert_allclose(found[1:], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("fresh", "turns"), [(False, 3), (True, 6)])
def test_data_of_the_second_step(fresh, turns):
    game, streams = gan.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, streams, 3, Extragradient(fresh), batch=8)).play()
    assert trainer.state.turn == turns


def test_the_look_ahead_stays_in_the_set():
    """x and y must stay within .5: the point ahead is there too, and the step is along its gradients."""

    class Box(XY):
        def players(self):
            return {n: type(s)(s.controls, s.cost, Clip(0.5)) for n, s in super().players().items()}

    game = Box(0.45, 0.4)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.3) for name in game.players()}
    Trainer(Phase(game, optimizers, {}, 1, Extragradient())).play()
    assert game.x.value.item() == pytest.approx(0.45 - 0.3 * 0.5)  # y ahead: .4 + .3 * .45, clipped to .5
    assert game.y.value.item() == pytest.approx(0.4 + 0.3 * (0.45 - 0.3 * 0.4))


def test_after_a_cost_that_is_not_finite_everybody_is_where_they_were():
    class Cliff(XY):
        def value(self):
            return super().value() / (self.x() > 0.5)

    game = Cliff(0.6, 0.9)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.3) for name in game.players()}
    with pytest.raises(FloatingPointError, match="'value' of 'x' became inf"):
        Trainer(Phase(game, optimizers, {}, 1, Extragradient())).play()
    assert (game.x.value.item(), game.y.value.item()) == (0.6, 0.9)
