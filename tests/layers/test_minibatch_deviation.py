"""Minibatch standard deviation against its steps written out."""

import statistics

import pytest
import torch

from rounds import draws_of
from sparring import Batch, Key, Round
from sparring.layers.minibatch_deviation import MinibatchDeviation
from sparring.ranks import Threads
from sparring.round import PLAYING

X = Key(0).normal("x", (8, 3, 2, 2), torch.float64)


def written_out(rows):
    """The standard deviation of each number over these rows, averaged."""
    columns = zip(*(row.flatten().tolist() for row in rows), strict=True)
    return statistics.fmean(statistics.pstdev(column) for column in columns)


@pytest.mark.parametrize("group", [2, 4, 8, None])
def test_it_is_the_steps_written_out(group):
    y, size = MinibatchDeviation(group)(X), group or 8
    assert torch.equal(y[:, :3], X)
    for i, row in enumerate(y):
        first = i // size * size
        assert row[3].flatten().tolist() == pytest.approx([written_out(X[first : first + size])] * 4)


def test_vectors_get_one_more_number():
    y = MinibatchDeviation()(X.flatten(1))
    torch.testing.assert_close(y[:, 12], MinibatchDeviation()(X.reshape(8, 12, 1, 1))[:, 12, 0, 0])


@pytest.mark.parametrize("group", [4, None])
def test_the_order_in_a_group_does_not_matter(group):
    order = torch.tensor([2, 0, 3, 1, 7, 4, 5, 6])
    torch.testing.assert_close(MinibatchDeviation(group)(X[order]), MinibatchDeviation(group)(X)[order])


def test_copies_do_not_differ():
    assert MinibatchDeviation()(X[:1].expand_as(X))[:, 3].max().item() == pytest.approx(1e-4)


@pytest.mark.parametrize("group", [4, None])
def test_two_ranks_see_what_one_does(group):
    def play(ranks):
        token = PLAYING.set(Round(lambda name: Batch(X), draws_of(), ranks=ranks))
        try:
            return MinibatchDeviation(group)(X.chunk(2)[ranks.index])
        finally:
            PLAYING.reset(token)

    torch.testing.assert_close(torch.cat(Threads.run(2, play)), MinibatchDeviation(group)(X))


def test_groups_are_whole():
    with pytest.raises(ValueError, match="got 6 rows; expected a multiple of 4"):
        MinibatchDeviation()(X[:6])
    with pytest.raises(ValueError, match="the group is 1"):
        MinibatchDeviation(1)
