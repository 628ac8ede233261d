"""Windows of one distribution cannot be told apart; others can, by what the classifier is able to see."""

import pytest
import torch

from sparring import Key
from sparring.data.series import sines
from sparring.metrics.discriminative import half_width, told_apart

N = 600


def sets(change=lambda x: x):
    """Real windows and others, to train on and to test with."""
    a, b, c, d = (sines(N, seed=seed)[:, :12] for seed in range(4))
    return (a, change(b)), (c, change(d))


def shuffled(x):
    """The steps of each window in another order: the same numbers, the same mean over time."""
    order = Key(9).uniform("order", x.shape[:2]).argsort(1)
    return x.gather(1, order[..., None].expand_as(x))


def test_one_distribution_cannot_be_told_apart():
    found = told_apart(*sets(), steps=150)
    assert found.score < 4 * 0.5 / (2 * N) ** 0.5
    assert found.score == abs(found.accuracy - 0.5)


def test_a_shift_is_seen():
    assert told_apart(*sets(lambda x: x + 1), steps=150).score > 0.45


def test_the_order_of_time_is_seen_by_more_units():
    weak, strong = (told_apart(*sets(shuffled), width=width, steps=200) for width in (1, 16))
    assert strong.score > 0.4
    assert weak.score < strong.score
    assert weak.parameters < strong.parameters


def test_its_size_is_that_of_gated_recurrent_units():
    """Three gates, each with weights for the step and for the state and two biases; then a linear layer."""
    found = told_apart(*sets(), width=5, steps=1)
    assert found.parameters == 3 * 5 * (2 + 5 + 2) + 5 + 1
    assert [half_width(channels) for channels in (1, 2, 5)] == [1, 1, 2]


def test_it_is_a_function_of_the_seed():
    torch.manual_seed(1)
    first = told_apart(*sets(), steps=20, seed=3)
    torch.manual_seed(2)
    assert told_apart(*sets(), steps=20, seed=3) == first


@pytest.mark.parametrize("wrong", [torch.zeros(0, 12, 2), torch.zeros(5, 12, 3), torch.zeros(5, 11, 2)])
def test_sets_of_another_size(wrong):
    real, test = sets()
    with pytest.raises(ValueError, match="expected windows"):
        told_apart((real[0], wrong), test)
