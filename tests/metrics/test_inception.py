import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy

from sparring import Key
from sparring.metrics.inception import inception_score


def probabilities(seed, n, classes, sharpness=1.0):
    return (sharpness * Key(seed).normal("logits", (n, classes), torch.float64)).softmax(dim=1)


@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 7), st.integers(0, 40))
def test_against_scipy(seed, classes, splits, more):
    p = probabilities(seed, 2 * splits + more, classes, 3.0)
    scores = []
    for part in range(splits):
        rows = p.numpy()[part * len(p) // splits : (part + 1) * len(p) // splits]
        scores.append(np.exp(np.mean([entropy(row, rows.mean(axis=0)) for row in rows])))
    found = inception_score(p, splits=splits)
    assert found.mean == pytest.approx(np.mean(scores), rel=1e-12)
    assert found.std == pytest.approx(np.std(scores), abs=1e-9)
    assert 1 - 1e-12 <= found.mean <= classes + 1e-12


def test_extremes():
    sure = torch.eye(10).repeat(20, 1)
    assert inception_score(sure, splits=2).mean == pytest.approx(10)
    assert inception_score(sure[:1].repeat(40, 1)).mean == pytest.approx(1)
    assert inception_score(torch.full((40, 10), 0.1)).mean == pytest.approx(1)
    assert inception_score(sure, splits=2).std == pytest.approx(0, abs=1e-9)


def test_two_classes_in_closed_form():
    """Half of the samples (a, 1 - a), half mirrored: log 2 less the entropy of a."""
    a = 0.8
    p = torch.tensor([[a, 1 - a], [1 - a, a]], dtype=torch.float64).repeat(10, 1)
    expected = math.exp(math.log(2) + a * math.log(a) + (1 - a) * math.log(1 - a))
    assert inception_score(p, splits=1).mean == pytest.approx(expected, rel=1e-12)


def test_order_matters_only_between_splits():
    p = probabilities(0, 100, 5)
    assert inception_score(p.flip(0), splits=1).mean == pytest.approx(inception_score(p, splits=1).mean, rel=1e-12)
    scores = [inception_score(probabilities(0, 1000, 5, s)).mean for s in (0.5, 1.0, 2.0, 4.0)]
    assert scores == sorted(scores)


@pytest.mark.parametrize(
    ("p", "splits", "message"),
    [
        (Key(0).normal("logits", (40, 5)), 10, r"not probabilities.*softmax"),
        (torch.full((40, 5), 0.19), 10, "not probabilities"),
        (torch.full((19, 5), 0.2), 10, "got 19 classified samples; expected at least 20, or fewer splits"),
        (torch.full((40, 1), 1.0), 10, "2 classes or more"),
        (torch.full((40, 2, 2), 0.25), 10, r"\[40, 2, 2\]; expected \[n, K\]"),
        (torch.full((40, 5), torch.nan), 10, "NaN"),
        (torch.full((40, 5), 0.2), 0, "splits is 0"),
    ],
)
def test_refused(p, splits, message):
    with pytest.raises(ValueError, match=message):
        inception_score(p, splits=splits)
