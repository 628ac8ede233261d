"""Steps in turn: how many, when, and on whose data."""

import pytest
import torch

from sparring import Alternating, Phase, Trainer
from sparring.games import gan
from sparring.games.theory import xy
from spirals import radius


def trainer_of(game, streams, dynamics, rounds=1):
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), lr=0.1) for name in game.players()}
    return Trainer(Phase(game, optimizers, streams, rounds, dynamics, batch=8))


def turns_of(dynamics, rounds=1):
    """Who looked at which turn, by the turn's number of its first draw of latents."""
    game, streams = gan.tiny()
    seen = []
    for player in game.players():
        cost = getattr(game, f"{player}_cost")
        count = lambda turn, cost=cost, player=player: (seen.append((player[0], id(turn), turn)), cost(turn))[1]  # noqa: E731
        setattr(game, f"{player}_cost", count)
    trainer_of(game, streams, dynamics, rounds).play()
    order = {key: number for number, key in enumerate(dict.fromkeys(key for _, key, _ in seen))}
    return " ".join(f"{player}{order[key]}" for player, key, _ in seen)


@pytest.mark.parametrize(
    ("dynamics", "expected"),
    [
        (Alternating(), "d0 g1"),
        (Alternating({"discriminator": 3}), "d0 d1 d2 g3"),
        (Alternating({"discriminator": 2, "generator": 2}), "d0 d1 g2 g3"),
        (Alternating({"discriminator": 0}), "g0"),
        (Alternating(fresh=False), "d0 g0"),
        (Alternating({"discriminator": 3}, fresh=False), "d0 d1 d2 g2"),
        (Alternating({"generator": 2}, fresh=False), "d0 g0 g1"),
        (Alternating({"discriminator": 0}, fresh=False), "g0"),
    ],
    ids=str,
)
def test_who_moves_on_which_data(dynamics, expected):
    assert turns_of(dynamics) == expected


def test_steps_may_be_functions_of_the_round():
    dynamics = Alternating({"discriminator": lambda number: 2 - number, "generator": lambda number: int(number >= 1)})
    assert turns_of(dynamics, 3) == "d0 d1 d2 g3 g4"


def test_who_does_not_move_stays_and_costs_nothing():
    game, streams = xy.tiny()
    trainer = trainer_of(game, streams, Alternating({"x": 0}))
    assert list(trainer.play_round()) == ["y"]
    assert game.x.value.item() == 1.0
    assert game.y.value.item() == pytest.approx(1.1)


def test_nobody_may_move():
    game, streams = xy.tiny()
    assert trainer_of(game, streams, Alternating({"x": 0, "y": lambda number: 0})).play_round() == {}


@pytest.mark.parametrize(
    ("dynamics", "generator", "discriminator"),
    [
        (Alternating({"discriminator": 2}), 3, 5),  # each step makes its fakes; the generator's has no real data
        (Alternating({"discriminator": 2}, fresh=False), 2, 5),  # the last of D's steps made them for G's
        (Alternating({"generator": 2}, fresh=False), 2, 4),
    ],
    ids=str,
)
def test_forward_passes(dynamics, generator, discriminator):
    game, streams = gan.tiny()
    counts = {"generator": 0, "discriminator": 0}
    for name in list(counts):
        getattr(game, name).register_forward_hook(lambda *_, name=name: counts.update({name: counts[name] + 1}))
    trainer_of(game, streams, dynamics).play()
    assert counts == {"generator": generator, "discriminator": discriminator}


@pytest.mark.parametrize("dynamics", [Alternating(), Alternating(fresh=False)], ids=str)
def test_stability_limit_on_xy(dynamics):
    """A closed orbit for steps below 2."""
    assert radius(dynamics, 0.3) == pytest.approx(1, abs=5e-4)
    assert radius(dynamics, 1.9) == pytest.approx(1, abs=2e-3)
    assert radius(dynamics, 2.1) > 1.1
