import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from scipy.stats import binomtest

from sparring import Key
from sparring.metrics import diversity as module
from sparring.metrics.diversity import diversity, fidelity, mean_distance


def normal(seed, *shape):
    return Key(seed).normal("x", shape, torch.float64)


@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(1, 8))
def test_mean_distance_against_scipy(seed, n, dim):
    x = normal(seed, n, dim)
    assert mean_distance(x) == pytest.approx(pdist(x.numpy()).mean(), rel=1e-12)
    assert mean_distance(x.flip(0)) == pytest.approx(mean_distance(x), rel=1e-12)
    assert mean_distance(3 * x - 5) == pytest.approx(3 * mean_distance(x), rel=1e-10)


def test_mean_distance_in_closed_form(monkeypatch):
    """Normal numbers: 2 / sqrt(pi). Its error is at most sd / sqrt(n / 2)."""
    monkeypatch.setattr(module, "BLOCK", 10_000)
    assert mean_distance(normal(0, 2000, 1)) == pytest.approx(2 / math.sqrt(math.pi), abs=4 * 0.85 / math.sqrt(1000))
    assert mean_distance(torch.full((50, 3, 4, 4), 0.1)) == 0


def test_each_condition_against_its_own_class():
    x = torch.cat([normal(0, 300, 4), 5 * normal(1, 200, 4) + 9])
    labels = torch.tensor([0] * 300 + [7] * 200)
    y = torch.cat([5 * normal(2, 400, 4), torch.ones(30, 4)])
    asked = torch.tensor([7] * 400 + [0] * 30)
    found = diversity(x, labels, y, asked)
    assert found.ratios[7] == pytest.approx(1, abs=0.1)
    assert found.ratios[0] == 0
    assert found.ratio == pytest.approx(found.ratios[7] / 2)
    assert found.real[0] == pytest.approx(pdist(x[:300].numpy()).mean())
    mixed = Key(3).permutation("order", 430)
    assert diversity(x, labels, y[mixed], asked[mixed]).ratios == pytest.approx(found.ratios)
    assert diversity(x, labels, x.clone(), labels).ratios == {0: 1, 7: 1}


def test_only_what_was_asked_is_compared():
    found = diversity(normal(0, 9, 2), torch.tensor([0, 1, 2] * 3), normal(1, 4, 2), torch.tensor([2] * 4))
    assert list(found.ratios) == [2]


@pytest.mark.parametrize(
    ("real", "labels", "asked", "message"),
    [
        (normal(0, 4, 2), [0, 0, 0, 1], [0, 0, 1, 1], "class 1 has 1 real samples and 2 outputs; expected at least 2"),
        (normal(0, 4, 2), [0, 0, 1, 1], [0, 0, 0, 1], "class 1 has 2 real samples and 1 outputs"),
        (normal(0, 4, 2), [0, 0, 0, 0], [0, 0, 3, 3], "class 3 has 0 real samples"),
        (torch.ones(4, 2), [0, 0, 0, 0], [0, 0, 0, 0], "all real samples of class 0 are the same"),
        (normal(0, 4, 2), [0, 0, 0], [0, 0, 0, 0], "labels of the real samples .* one for each of 4 samples"),
        (normal(0, 4, 2), [0, 0, 0, 0], [0.0, 0, 0, 0], "asked classes are torch.float32"),
        (normal(0, 4, 3), [0, 0, 0, 0], [0, 0, 0, 0], "expected the same"),
        (normal(0, 4, 2) * math.nan, [0, 0, 0, 0], [0, 0, 0, 0], "NaN"),
    ],
)
def test_diversity_refused(real, labels, asked, message):
    with pytest.raises(ValueError, match=message):
        diversity(real, torch.tensor(labels), normal(1, 4, 2), torch.tensor(asked))


@given(st.integers(0, 10_000), st.integers(1, 200), st.floats(0, 1))
def test_fidelity_against_numpy_and_scipy(seed, n, error):
    asked = Key(seed).integers("asked", (n,), 10)
    wrong = Key(seed).uniform("wrong", (n,)) < error
    predicted = torch.where(wrong, (asked + 1) % 10, asked)
    found = fidelity(predicted, asked)
    right = asked.numpy() == predicted.numpy()
    interval = binomtest(int(right.sum()), n).proportion_ci(0.95, method="wilson")
    assert found.share == pytest.approx(right.mean())
    assert found.interval == pytest.approx((interval.low, interval.high), abs=1e-9)
    assert found.classes == pytest.approx({c: right[asked.numpy() == c].mean() for c in np.unique(asked)})


@pytest.mark.parametrize(
    ("predicted", "asked", "message"),
    [
        (torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long), "each of 0 samples"),
        (
            torch.zeros(3, 10),
            torch.zeros(3, dtype=torch.long),
            r"predicted classes are torch.float32 of shape \[3, 10\]",
        ),
        (torch.zeros(3, dtype=torch.long), torch.zeros(2, dtype=torch.long), "asked classes"),
    ],
)
def test_fidelity_refused(predicted, asked, message):
    with pytest.raises(ValueError, match=message):
        fidelity(predicted, asked)
