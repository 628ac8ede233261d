"""What was asked for, on clusters whose classes are known."""

import torch

from sparring import Key
from sparring.evaluation.asked import asked_for, trained

NAMES = ("left", "right")


def clusters(n, seed):
    """Points [2 n, 2] around (-3, 0) and (3, 0), and which they are around."""
    y = torch.arange(2 * n) % 2
    return Key(seed).normal("points", (2 * n, 2)) + torch.stack([6.0 * y - 3, torch.zeros(2 * n)], 1), y


def test_a_classifier_learns_clusters_and_holds_out():
    names = trained(*clusters(100, 0), 2, rounds=100)
    x, y = clusters(200, 1)
    assert (names(x) == y).double().mean() > 0.99


def test_samples_of_the_wrong_class_are_unfaithful_and_far():
    (real, y), (other, z), (made, c) = clusters(50, 2), clusters(50, 3), clusters(50, 4)
    swapped = 1 - c  # what they were asked for
    names = trained(*clusters(100, 0), 2, rounds=100)
    seen = names(made), names(real)
    right, wrong = (asked_for(NAMES, (made, asked), (real, y), (other, z), seen) for asked in (c, swapped))
    assert right.fidelity.value > 0.97
    assert wrong.fidelity.value < 0.03
    assert right.accuracy == wrong.accuracy
    assert [one.name for one in right.classes] == ["left", "right"]
    for good, bad in zip(right.classes, wrong.classes, strict=True):
        assert good.recall > 0.8
        assert bad.recall < 0.1
        assert bad.floor == good.floor > 0.8


def test_one_point_a_class_is_faithful_and_not_diverse():
    (real, y), (other, z) = clusters(50, 2), clusters(50, 3)
    made = torch.stack([6.0 * y - 3, torch.zeros(len(y))], 1) + Key(5).normal("tiny", (len(y), 2)) / 1000
    found = asked_for(NAMES, (made, y), (real, y), (other, z), (y, y))
    assert found.fidelity.value == 1
    assert all(one.recall < 0.1 for one in found.classes)
