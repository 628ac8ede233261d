import math
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sparring.metrics.turing import Share, tally
from sparring.metrics.wilson import wilson

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published(count, n, low, high):
    """Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3."""
    assert wilson(count, n) == pytest.approx((low, high), abs=5e-5)


@given(counts)
def test_against_scipy(case):
    expected = binomtest(*case).proportion_ci(method="wilson")
    assert wilson(*case) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(counts)
def test_wilsons_equation(case):
    """At both ends the share that was seen is z standard errors away; it lies between them."""
    count, n = case
    low, high = wilson(count, n)
    assert 0 <= low <= count / n + 1e-12
    assert count / n - 1e-12 <= high <= 1
    for p in (low, high):
        assert abs(count / n - p) == pytest.approx(NormalDist().inv_cdf(0.975) * math.sqrt(p * (1 - p) / n), abs=1e-7)


@given(counts)
def test_the_other_kind_has_the_mirrored_interval(case):
    count, n = case
    low, high = wilson(n - count, n)
    assert wilson(count, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


def test_tally():
    found = tally([(True, True), (True, False), (True, False), (False, False), (False, True)])
    assert found.wrong == Share(3, 5)
    assert found.fooled == Share(2, 3)
    assert found.wrong.rate == 0.6
    assert found.fooled.interval == wilson(2, 3)


@pytest.mark.parametrize("answers", [[], [(True, True)], [(False, True), (False, False)]])
def test_pictures_of_one_kind(answers):
    with pytest.raises(ValueError, match="expected some of both kinds"):
        tally(answers)
