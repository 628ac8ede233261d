import pytest
import torch

from sparring import Batch, Game, Key, Round
from sparring.games.theory import xy


def round_of(x, y=None):
    return Round(lambda name: Batch(x, y), Key(0), batch=len(x))


def test_labels_of_bytes_stay_labels():
    batch = round_of(torch.zeros(3, 1, 2, 2, dtype=torch.uint8), torch.tensor([0, 1, 255], dtype=torch.uint8)).stream(
        "x"
    )
    assert batch.y.tolist() == [0, 1, 255]
    assert batch.y.dtype == torch.int64
    assert (batch.x == -1).all()


def test_a_stream_is_drawn_once_a_round():
    count = []
    round = Round(lambda name: count.append(name) or Batch(torch.zeros(2)), Key(0), batch=2)
    round.stream("a"), round.stream("a"), round.stream("b")
    assert count == ["a", "b"]


def test_floats_take_the_precision_of_the_game():
    round = Round(lambda name: Batch(torch.zeros(2)), Key(0), batch=2, dtype=torch.float64)
    assert round.stream("x").x.dtype == torch.float64


def test_a_game_without_a_sampler_says_so():
    with pytest.raises(TypeError, match="XY has no sampler"):
        xy.XY().sampler()


def test_turn_restores_what_was_even_after_a_failure():
    game = xy.XY()
    game.y.value.requires_grad_(False)

    def fail():
        with game.turn("x"):
            assert game.x.value.requires_grad
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert game.x.value.requires_grad
    assert not game.y.value.requires_grad


def test_game_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Game()
