"""Fidelity and recall of each class against counts, and against points whose neighbours are known."""

import pytest
import torch

from sparring.metrics.conditional import LEAST, Share, fidelity, recalls


def test_fidelity_counts_the_right_ones_of_each_class():
    asked, seen = torch.tensor([0, 0, 0, 0, 2, 2]), torch.tensor([0, 1, 0, 0, 2, 2])
    first, none, last = fidelity(asked, seen, 3)
    assert (first.value, first.count, last.value, last.count, none) == (0.75, 4, 1.0, 2, None)
    # Wilson (1927): (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.96, p = 3/4, n = 4
    assert (first.low, first.high) == pytest.approx((0.3006, 0.9544), abs=1e-3)
    assert isinstance(first, Share)


def test_classes_of_other_samples_are_refused():
    with pytest.raises(ValueError, match=r"\[2\] classes asked for and \[3\] seen"):
        fidelity(torch.zeros(2).long(), torch.zeros(3).long(), 2)


def test_recall_is_within_the_class_and_at_equal_sizes():
    """Class 0 of the samples is a copy of the real one, class 1 lies where the real class 0 is, class 2 is rare."""
    n = LEAST
    line = torch.linspace(0, 1, n)[:, None]
    y = torch.cat([torch.zeros(n), torch.ones(n), torch.full((3,), 2.0)]).long()
    real = torch.cat([line, line + 10, line[:3] + 20])
    made = torch.cat([line, line, line[:3] + 20])
    more = torch.cat([real, line + 0.5]), torch.cat([y, torch.zeros(n).long()])
    assert recalls((real, y), (made, y), more, classes=3) == [(1.0, 1.0), (0.0, 1.0), (None, None)]


def test_samples_that_are_all_alike_have_little_recall():
    line, y = torch.linspace(0, 1, 100)[:, None], torch.zeros(100).long()
    narrow = 0.5 + line / 100
    ((found, itself),) = recalls((line, y), (narrow, y), (line, y), classes=1)
    assert itself == 1.0
    assert found <= 0.05
