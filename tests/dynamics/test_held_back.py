"""A player who waits while it is ahead, against steps in turn and against a hand-written game."""

import math

import pytest
import torch

from sparring import Alternating, Phase, Trainer
from sparring.dynamics.held_back import HeldBack
from sparring.games import gan
from sparring.games.theory import xy


def trainer_of(module, dynamics, rounds, step=0.1):
    torch.manual_seed(0)
    game, streams = module.tiny()
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=step) for name in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, dynamics, batch=8), seed=1)


@pytest.mark.parametrize("fresh", [True, False])
def test_without_a_limit_these_are_steps_in_turn(fresh):
    """Bit for bit."""
    ours, theirs = (
        trainer_of(gan, rule, 5).play().game.state_dict()
        for rule in (HeldBack(-math.inf, fresh=fresh), Alternating(fresh=fresh))
    )
    for name, value in ours.items():
        assert torch.equal(value, theirs[name]), name


def test_who_is_always_ahead_never_moves():
    trainer = trainer_of(gan, HeldBack(math.inf), 5)
    before = {name: p.clone() for name, p in trainer.game.strategy("discriminator").items()}
    costs = trainer.play_round()
    trainer.play()
    assert list(costs) == ["generator"]
    for name, p in trainer.game.strategy("discriminator").items():
        assert torch.equal(p, before[name])


def test_it_waits_exactly_while_its_cost_is_below_the_limit():
    """On V = xy: y pays -xy, and moves only where that is at least the limit."""
    limit, h = -0.5, 0.1
    trainer = trainer_of(xy, HeldBack(limit, player="y"), 100, h)
    x, y, moves = (trainer.game.x.value.item(), trainer.game.y.value.item(), [])
    for _ in range(100):
        x -= h * y
        moves.append(-x * y >= limit)
        y += h * x * moves[-1]
        trainer.play_round()
        assert trainer.game.x.value.item() == pytest.approx(x, abs=1e-9)
        assert trainer.game.y.value.item() == pytest.approx(y, abs=1e-9)
    assert 0 < sum(moves) < 100


def test_a_cost_that_is_not_finite_is_not_ahead():
    trainer = trainer_of(xy, HeldBack(math.inf, player="y"), 1)
    with torch.no_grad():
        trainer.game.y.value.fill_(math.nan)
    with pytest.raises(FloatingPointError):
        trainer.play()


def test_an_unknown_player_is_named():
    with pytest.raises(ValueError, match=r"'z' is to wait, but the players are \['x', 'y'\]"):
        trainer_of(xy, HeldBack(1.0, player="z"), 1).play()
