import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from sparring.metrics.wilson import wilson


@given(st.integers(1, 1000), st.floats(0, 1), st.sampled_from([0.5, 0.9, 0.95, 0.98, 0.999]))
def test_against_scipy(n, share, confidence):
    count = round(share * n)
    true = binomtest(count, n).proportion_ci(confidence, method="wilson")
    assert wilson(count, n, confidence) == pytest.approx((true.low, true.high), abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 2), "count of 3 in 2"),
        ((-1, 2), "count of -1"),
        ((0, 0), "n above 0"),
        ((math.nan, 5), "count of nan"),
        ((1, 2, 1.0), "confidence is 1.0"),
        ((1, 2, 95), "confidence is 95"),
    ],
)
def test_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        wilson(*arguments)
