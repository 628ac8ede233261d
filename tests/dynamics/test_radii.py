"""On V(x, y) = xy every rule has a spectral radius in closed form: the slope of the logarithm of the distance from 0.

Formulas: the iteration matrices are 2 x 2, or 4 x 4 with a memory, and are written out in the papers the rules name.
"""

import math

import numpy as np
import pytest
import torch

from contract_dynamics.consensus import Consensus
from contract_dynamics.negative_momentum import NegativeMomentum
from contract_dynamics.symplectic import Symplectic
from contract_dynamics.unrolled import Unrolled
from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.functional import SGD
from sparring.games.theory.xy import XY

H = 0.3
PULLED = math.sqrt((1 - 0.4 * H) ** 2 + H**2)


def radius(dynamics, step, rounds=400):
    game = XY()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=step) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, {}, rounds, dynamics))
    logs = []
    for _ in range(rounds):
        trainer.play_round()
        logs.append(math.log(math.hypot(game.x.value.item(), game.y.value.item())))
    return math.exp(np.polyfit(range(rounds // 4, rounds), logs[rounds // 4 :], 1)[0])


@pytest.mark.parametrize(
    ("dynamics", "step", "expected"),
    [
        (Simultaneous(), H, math.sqrt(1 + H**2)),
        (Alternating(), H, 1.0),
        (Alternating(fresh=False), H, 1.0),
        (Consensus(0.4), H, PULLED),
        (Symplectic(0.4), H, PULLED),
        (NegativeMomentum(-0.5), 0.87, 0.885),
        (NegativeMomentum(-0.3), 1.221, 0.7595),
        (Unrolled(3, SGD(0.2)), H, math.sqrt(1 - 2 * 3 * 0.2 * H + H**2)),
    ],
    ids=lambda value: str(value) if hasattr(value, "init") else "",
)
def test_radius(dynamics, step, expected):
    assert radius(dynamics, step) == pytest.approx(expected, abs=1e-3)
