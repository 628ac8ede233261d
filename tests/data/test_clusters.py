from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.cluster.vq import vq

from sparring import InMemory, Key
from sparring.data.clusters import centres, clustered, first_centres, reduced


def blobs(counts=(9, 20, 31), side=8):
    """Pictures of one colour each, with a little noise, mixed: bytes, and which colour each has."""
    which = torch.arange(len(counts)).repeat_interleave(torch.tensor(counts))
    which = which[Key(3).permutation("mixed", len(which))]
    noise = Key(4).integers("noise", (len(which), 3, side, side), 20)
    return (which[:, None, None, None] * 100 + noise).byte(), which


def cost(x, middles):
    return (vq(x, middles)[1] ** 2).sum()


@pytest.mark.parametrize("seed", range(5))
def test_separate_blobs_are_found(seed):
    x, which = blobs()
    found = clustered(InMemory(x), 3, seed).y
    assert len({*zip(found.tolist(), which.tolist(), strict=True)}) == 3, "each blob is one cluster"


def test_the_cost_never_rises_and_ends_where_every_centre_is_the_mean_of_its_rows():
    x = Key(0).normal("rows", (300, 5)).double().numpy()
    first = first_centres(x, 7, Key(1))
    costs = [cost(x, first), *(cost(x, centres(x, first, steps)) for steps in range(1, 40))]
    assert all(after <= before + 1e-9 for before, after in pairwise(costs))
    last = centres(x, first, 200)
    nearest = ((x[:, None] - last) ** 2).sum(2).argmin(1)
    np.testing.assert_allclose(last, [x[nearest == k].mean(0) for k in range(7)], atol=1e-12)


def test_first_centres_are_rows_drawn_by_their_squared_distance():
    x = np.array([[0.0], [1.0], [3.0]])
    drawn = [first_centres(x, 2, Key(seed)).flatten().tolist() for seed in range(3000)]
    second = [row[1] for row in drawn if row[0] == 0.0]
    assert np.mean(np.array(second) == 3.0) == pytest.approx(9 / 10, abs=0.04)
    assert all(row[0] != row[1] for row in drawn)


def test_squares_of_pixels_are_averaged():
    x = torch.arange(2 * 3 * 4 * 6).reshape(2, 3, 4, 6) / 999
    expected = x.double().unflatten(3, (3, 2)).unflatten(2, (2, 2)).mean((3, 5)).flatten(1)
    np.testing.assert_allclose(reduced(InMemory(x), torch.arange(2)), expected)
    assert reduced(InMemory(x), torch.arange(1)).shape == (1, 3 * 2 * 3)
    assert reduced(InMemory(torch.zeros(1, 1, 65, 33)), torch.arange(1)).shape == (1, 17 * 9), "large ones are small"


def test_labels_are_a_function_of_the_seed_and_the_rest_stays():
    x, which = blobs()
    pictures = InMemory(x, which, classes=("a", "b", "c"), name="blobs")
    one, again, other = (clustered(pictures, 10, seed) for seed in (0, 0, 1))
    assert torch.equal(one.y, again.y)
    assert not torch.equal(one.y, other.y)
    assert one.digest() == again.digest()
    assert len({one.digest(), other.digest(), pictures.digest(), clustered(pictures, 9, 0).digest()}) == 4
    assert (one.name, one.classes, one.x) == ("blobs", (), x)
    assert torch.equal(pictures.y, which)


def test_clusters_are_at_most_half_as_many_as_pictures_and_none_is_empty():
    x, _ = blobs((2, 3, 6))
    assert clustered(InMemory(x), 100, 0).y.unique().tolist() == list(range(5))
    same = clustered(InMemory(torch.cat([x[:2]] * 10)), 100, 0).y
    assert same.unique().tolist() == [0, 1], "only two pictures differ"
    with pytest.raises(ValueError, match="expected 4 pictures or more"):
        clustered(InMemory(x[:3]), 100, 0)


def test_pictures_that_are_out_of_use_have_no_say():
    x, which = blobs()
    part = InMemory(x).view((which != 0).nonzero().flatten())
    found = clustered(part, 2, 0)
    assert found.batch().y.unique().tolist() == [0, 1]
    assert torch.equal(found.examples(), part.examples())
