"""A round: what it draws, shares, forgets and puts off."""

import pytest
import torch
from torch.func import functional_call

from rounds import draws_of, round_of
from sparring import Batch, Round
from sparring.games.theory.xy import XY


class Counting:
    """A function that counts how often it was computed."""

    def __init__(self, compute):
        self.compute, self.calls = compute, 0

    def __call__(self):
        self.calls += 1
        return self.compute()


def entered():
    game, round = XY(2.0, 3.0), round_of()
    round.enter(game)
    return game, round


def rows(n=8):
    return round_of(lambda name: Batch(torch.arange(n)[:, None], torch.arange(n) + 10), n)


def test_a_shared_value_is_computed_once():
    game, round = entered()
    square = Counting(lambda: game.x() ** 2)
    assert round.once("square", square, of=(game.x,)) is round.once("square", square, of=(game.x,))
    assert square.calls == 1


@pytest.mark.parametrize(("mover", "calls"), [("x", 2), ("y", 1)])
def test_a_shared_value_follows_what_it_is_of_and_nothing_else(mover, calls):
    game, round = entered()
    square = Counting(lambda: game.x() ** 2)
    round.once("square", square, of=(game.x,))
    with torch.no_grad():
        getattr(game, mover).value.add_(1)
    assert round.once("square", square, of=(game.x,)).item() == game.x.value.item() ** 2
    assert square.calls == calls


@pytest.mark.parametrize("mover", ["x", "y"])
def test_a_shared_value_of_nothing_named_follows_the_whole_game(mover):
    game, round = entered()
    product = Counting(game.value)
    round.once("product", product)
    with torch.no_grad():
        getattr(game, mover).value.add_(1)
    assert round.once("product", product).item() == game.value().item()
    assert product.calls == 2


def test_a_shared_value_depends_on_mode_and_on_whether_gradients_are_wanted():
    game, round = entered()
    square = Counting(lambda: game.x() ** 2)
    with torch.no_grad():
        assert not round.once("square", square).requires_grad
    assert round.once("square", square).requires_grad
    game.eval()
    round.once("square", square)
    assert square.calls == 3


def test_a_shared_value_at_other_parameters_is_another():
    class Shared(XY):
        def value(self):
            return round.once("value", super().value)

    game, round = Shared(2.0, 3.0), round_of()
    assert game("x", round).total.item() == 6
    there = {"x.value": torch.tensor(5.0, dtype=torch.float64)}
    assert functional_call(game, there, ("x", round)).total.item() == 15
    assert game("x", round).total.item() == 6


def test_sharing_needs_a_game():
    with pytest.raises(RuntimeError, match=r"call game\(player, round\)"):
        round_of().once("value", lambda: 1)


def test_forgetting_takes_what_depends_on_the_parameters_and_leaves_the_rest():
    game, round = entered()
    of_x, of_y = Counting(lambda: game.x() ** 2), Counting(lambda: game.y() ** 2)
    for _ in range(2):
        round.once("x", of_x, of=(game.x,))
        round.once("y", of_y, of=(game.y,))
        round.forget([game.x.value])
    assert (of_x.calls, of_y.calls) == (2, 1)


def test_again_is_the_same_data_and_chance_with_nothing_shared():
    drawn = []
    round = round_of(lambda name: drawn.append(name) or Batch(torch.zeros(8)))
    game = XY()
    round.enter(game)
    square = Counting(lambda: game.x() ** 2)
    round.once("square", square)
    noise, number = round.chance.normal("noise", 2), round.chance.counter.draws
    again = round.again()
    again.enter(game)
    again.once("square", square)
    assert torch.equal(again.chance.normal("noise", 2), noise)
    assert again.chance.counter.draws == number
    round.stream("a"), again.stream("a"), again.stream("b"), round.stream("b")
    assert drawn == ["a", "b"]
    assert square.calls == 2
    assert again.gather(noise) is noise  # it is whole, so it may look across examples


def test_parts_are_slices_of_the_data_and_of_the_chance():
    round = rows()
    parts = list(round.parts(4))
    whole = round.stream("a")
    assert torch.equal(torch.cat([part.stream("a").x for part in parts]), whole.x)
    assert torch.equal(torch.cat([part.stream("a").y for part in parts]), whole.y)
    noise = [part.chance.normal("noise", 3) for part in parts]
    assert torch.equal(torch.cat(noise), round.chance.normal("noise", 3))
    assert [part.chance.rows for part in parts] == [2] * 4


def test_one_part_is_the_round_itself():
    round = rows()
    assert list(round.parts(1)) == [round]


def test_parts_of_a_part_are_its_slices():
    """A rank's share, computed in two parts."""
    whole, second = rows(), list(rows().parts(2))[1]
    quarters = list(second.parts(2))
    assert [part.chance.share for part in quarters] == [(2, 4), (3, 4)]
    assert torch.equal(torch.cat([part.stream("a").x for part in quarters]), whole.stream("a").x[4:])


def test_parts_need_rows_that_can_be_shared():
    round = round_of(lambda name: Batch(torch.zeros(6)), 8)
    with pytest.raises(ValueError, match="'a' gave 6 rows; expected a multiple of 4"):
        next(round.parts(4)).stream("a")


def test_parts_cannot_look_at_each_other():
    round = rows()
    x = torch.zeros(8)
    assert round.gather(x) is x
    for part in (next(round.parts(2)), next(round.parts(2)).again()):
        with pytest.raises(ValueError, match=r"looks across examples.*micro=1"):
            part.gather(x)


def test_what_was_put_off_happens_once_at_the_end():
    """Of each owner the last action counts, also of those in repetitions; parts cannot put anything off."""
    actions, done = {}, []
    round = Round(lambda name: None, draws_of(8), later=actions)
    round.later("a", lambda: done.append("first"))
    round.again().later("a", lambda: done.append("second"))
    round.again().later("b", lambda: done.append("other"))
    assert not done
    for action in actions.values():
        action()
    assert done == ["second", "other"]
    with pytest.raises(ValueError, match="micro=1"):
        next(round.parts(2)).later("a", lambda: None)


def test_what_does_not_depend_on_the_batch_may_be_put_off_by_parts():
    actions, done = {}, []
    round = Round(lambda name: None, draws_of(8), later=actions)
    for number, part in enumerate(round.parts(4)):
        part.afterwards("a", lambda number=number: done.append(number))
    for action in actions.values():
        action()
    assert done == [3], "once, however many parts there are"
