"""Going back together, against powers of the inner rule's matrix."""

import math

import numpy as np
import pytest
import torch

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.extragradient import Extragradient
from sparring.dynamics.lookahead import Lookahead
from sparring.games.theory.xy import XY
from sparring.projections import Clip
from spirals import FIELD, ONE, H, largest, path, radius


def matrix(inner, every, weight):
    return (1 - weight) * ONE + weight * np.linalg.matrix_power(inner, every)


@pytest.mark.parametrize(("every", "weight"), [(5, 0.5), (6, 0.2), (1, 0.7)])
def test_rate_on_xy(every, weight):
    """|1 - a + a (1 + i h)^k|, for k rounds."""
    theory = abs(1 - weight + weight * (1 + 1j * H) ** every)
    assert largest(matrix(ONE - H * FIELD, every, weight)) == pytest.approx(theory, abs=1e-12)
    found = radius(Lookahead(Simultaneous(), every, weight), rounds=50 * every)
    assert found**every == pytest.approx(theory, abs=2e-3)


@pytest.mark.parametrize(
    ("inside", "inner"),
    [
        (Simultaneous(), ONE - H * FIELD),
        (Alternating(), np.array([[1, -H], [H, 1 - H * H]])),
        (Extragradient(), ONE - H * FIELD + H * H * FIELD @ FIELD),
    ],
    ids=str,
)
def test_path_on_xy(inside, inner):
    """Every fifth point, and the rounds between are those of the rule inside."""
    points = path(Lookahead(inside, 5, 0.4), rounds=20)
    np.testing.assert_allclose(points[5::5], points[:-1:5] @ matrix(inner, 5, 0.4).T, atol=1e-12)
    np.testing.assert_allclose(points[6:10], points[5:9] @ inner.T, atol=1e-12)


def test_lookahead_of_lookahead():
    inner = matrix(ONE - H * FIELD, 3, 0.5)
    points = path(Lookahead(Lookahead(Simultaneous(), 3, 0.5), 6, 0.5), rounds=12)
    np.testing.assert_allclose(points[::6][1:], points[::6][:-1] @ matrix(inner, 2, 0.5).T, atol=1e-12)


def test_it_damps_what_leaves():
    assert radius(Simultaneous()) > 1.04
    assert radius(Lookahead(Simultaneous(), 5, 0.5)) < 1
    assert radius(Lookahead(Simultaneous(), 5, 1.0)) == pytest.approx(math.sqrt(1 + H**2), abs=5e-4)


def test_the_place_it_goes_to_is_in_the_set():
    """And so is the next start."""

    class Box(XY):
        def players(self):
            return {n: type(s)(s.controls, s.cost, Clip(0.5)) for n, s in super().players().items()}

    game = Box(0.5, 0.5)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.3) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, {}, 2, Lookahead(Simultaneous(), 2, 2.0))).play()
    assert max(abs(game.x.value.item()), abs(game.y.value.item())) <= 0.5
    assert trainer.state_dict()["dynamics"][0]["start"]["x.value"] == game.x.value


def test_no_rounds_are_refused():
    with pytest.raises(ValueError, match="every is 0; expected 1 or more rounds"):
        Lookahead(every=0)
