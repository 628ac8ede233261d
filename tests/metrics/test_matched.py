"""The best matching of clusters and classes against all permutations."""

from itertools import permutations

import pytest
import torch

from sparring import Key
from sparring.metrics.matched import best_matching, matched_accuracy


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_best_of_all_permutations(seed):
    found, y = (Key(seed).integers(name, (40,), 4) for name in ("found", "y"))
    tried = [(torch.tensor(p)[found] == y).double().mean().item() for p in permutations(range(4))]
    assert matched_accuracy(found, y) == pytest.approx(max(tried), abs=1e-12)


def test_other_names_change_nothing():
    y = Key(0).integers("y", (50,), 3)
    assert matched_accuracy((y + 1) % 3, y) == 1
    assert best_matching((y + 1) % 3, y) == {1: 0, 2: 1, 0: 2}


def test_a_class_is_given_once():
    assert matched_accuracy(torch.tensor([0, 1, 2, 2]), torch.tensor([0, 0, 1, 1])) == 0.75
    assert matched_accuracy(torch.tensor([0, 0, 0, 0]), torch.tensor([0, 1, 2, 3])) == 0.25


def test_different_numbers_are_refused():
    with pytest.raises(ValueError, match=r"got \[2\] clusters and \[3\] classes"):
        matched_accuracy(torch.zeros(2).long(), torch.zeros(3).long())
