import copy

import pytest
import torch
from torch import nn

from rounds import round_of
from sparring import Batch, Cost, Game, Player
from sparring.games.theory import xy


def test_labels_of_bytes_stay_labels():
    x, y = torch.zeros(3, 1, 2, 2, dtype=torch.uint8), torch.tensor([0, 1, 255], dtype=torch.uint8)
    batch = round_of(lambda name: Batch(x, y), 3).stream("x")
    assert batch.y.tolist() == [0, 1, 255]
    assert batch.y.dtype == torch.int64
    assert (batch.x == -1).all()


def test_a_stream_without_labels_says_so():
    x, y = torch.zeros(3, 2), torch.tensor([2, 0, 1])
    round = round_of(lambda name: Batch(x, y if name == "labelled" else None), 3)
    assert round.labels("labelled").tolist() == [2, 0, 1]
    with pytest.raises(ValueError, match="the stream 'real' has no labels; expected a source with y"):
        round.labels("real")


def test_a_stream_is_drawn_once_a_round():
    count = []
    round = round_of(lambda name: count.append(name) or Batch(torch.zeros(2)), 2)
    round.stream("a"), round.stream("a"), round.stream("b")
    assert count == ["a", "b"]


def test_floats_take_the_precision_of_the_game():
    round = round_of(lambda name: Batch(torch.zeros(2)), 2, dtype=torch.float64)
    assert round.stream("x").x.dtype == torch.float64


def test_a_game_without_a_sampler_says_so():
    with pytest.raises(TypeError, match="XY has no sampler"):
        xy.XY().sampler()


def test_a_player_may_control_a_parameter():
    class Free(Game):
        def __init__(self):
            super().__init__()
            self.x, self.y = nn.Parameter(torch.ones(())), nn.Parameter(torch.ones(()))

        def players(self):
            return {"x": Player((self.x,), None), "y": Player((self.y,), None)}

    game = Free()
    game.check_controls()
    assert list(game.strategy("x")) == ["x"]


def test_strategies_follow_freezing_and_new_modules():
    game = xy.XY()
    assert list(game.strategy("y")) == ["y.value"]
    game.y.value.requires_grad_(False)
    assert list(game.strategy("y")) == []
    game.y = xy.Point(3.0)
    assert game.strategy("y")["y.value"] is game.y.value
    game.y.other = nn.Parameter(torch.zeros(2))
    game.recount()
    assert list(game.strategy("y")) == ["y.value", "y.other"]


def test_a_copy_looks_for_itself():
    game = xy.XY()
    game.strategy("x"), game.sides()
    other = copy.deepcopy(game)
    assert other.strategy("x")["x.value"] is other.x.value
    with torch.no_grad():
        other.x.value.fill_(7.0)
    assert other.sides()["x"].cost(None).total.item() == 7.0


def test_costs_add_up():
    one, two, five, six = map(torch.tensor, (1.0, 2.0, 5.0, 6.0))
    cost = Cost({"a": one}, {"seen": five}).plus({"more": six}, b=two)
    assert cost.total.item() == 3.0
    assert list(cost.terms) == ["a", "b"]
    assert list(cost.watch) == ["seen", "more"]
    assert repr(cost) == "Cost({'a': 1.0, 'b': 2.0}, {'seen': 5.0, 'more': 6.0})"
    assert repr(Cost({"a": one / 3})) == "Cost({'a': 0.3333})"
    with pytest.raises(ValueError, match="no terms"):
        Cost({})


def test_game_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Game()
