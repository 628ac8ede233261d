import math

import pytest
import torch
from scipy.stats import t

from sparring import Key
from sparring.metrics.bootstrap import bootstrap, jackknife
from sparring.metrics.frechet import frechet_distance


def gap(x, y):
    return (y.mean() - x.mean()).item()


def trials(count, n=150, size=6):
    """Pairs of sets from Gaussians whose Fréchet distance is size (.3^2 + .2^2), and that distance."""
    for i in range(count):
        key = Key(7).fold(i)
        x, y = (key.normal(name, (n, size), torch.float64) for name in "xy")
        yield x, 1.2 * y + 0.3


KNOWN = 6 * (0.3**2 + 0.2**2)


def test_the_jackknife_covers_the_distance():
    """Level .9 over 150 trials: 4 standard deviations below that is .80. The plain distance is far above most."""
    found = [(frechet_distance(x, y), jackknife(frechet_distance, x, y, level=0.9)) for x, y in trials(150)]
    assert 0.8 <= sum(each.low <= KNOWN <= each.high for _, each in found) / 150 <= 0.98
    assert sum(each.value for _, each in found) / 150 == pytest.approx(KNOWN, abs=0.03)
    assert sum(value for value, _ in found) / 150 > KNOWN + 0.2


def test_the_bootstrap_covers_the_distance_and_percentiles_do_not():
    found = [
        (frechet_distance(x, y), bootstrap(frechet_distance, x, y, resamples=60, level=0.9)) for x, y in trials(80)
    ]
    assert sum(each.low <= KNOWN <= each.high for _, each in found) / 80 >= 0.77
    assert sum(2 * value - each.high <= KNOWN <= 2 * value - each.low for value, each in found) / 80 < 0.3


def test_a_difference_of_means():
    """Both intervals against the normal one, for which neither is needed."""
    x, y = Key(0).normal("x", (400, 1), torch.float64), Key(0).normal("y", (900, 1), torch.float64) + 1
    error = math.sqrt(x.var().item() / 400 + y.var().item() / 900)
    for found in (bootstrap(gap, x, y, resamples=2000), jackknife(gap, x, y, groups=50)):
        assert (found.low + found.high) / 2 == pytest.approx(gap(x, y), abs=0.1 * error)
        assert found.high - found.low == pytest.approx(2 * 1.96 * error, rel=0.3)
    assert bootstrap(gap, x, y).method == "basic bootstrap, 200 resamples, level 0.95"


def test_the_jackknife_by_hand():
    """Groups of one pair each, and a linear metric: the estimates are the pairs' differences."""
    x, y = torch.zeros(6, 1), torch.tensor([[1.0], [2], [3], [4], [5], [9]])
    with pytest.raises(ValueError, match="at least 12, or fewer groups"):
        jackknife(gap, x, y, groups=6)
    twice = [z.repeat_interleave(2, 0) for z in (x, y)]
    found = jackknife(gap, *twice, groups=3, level=0.8)
    assert found.value == pytest.approx(4)
    assert (found.low + found.high) / 2 == pytest.approx(4)
    order = Key(0).permutation("y", 12) % 3
    means = torch.stack([twice[1][order == j].mean() for j in range(3)])
    assert found.high - 4 == pytest.approx(t.ppf(0.9, 2) * means.std().item() / math.sqrt(3))


def test_the_jackknife_takes_off_a_bias_in_1_over_n():
    """The variance divided by n is below that divided by n - 1, which has no bias, by exactly such a one."""
    x, y = torch.zeros(40, 1), Key(0).normal("y", (40, 1), torch.float64)
    found = jackknife(lambda x, y: y.var(correction=0).item(), x, y, groups=20)
    assert found.value == pytest.approx(y.var().item(), rel=0.01)


def test_intervals_depend_on_the_seed_alone():
    x, y = Key(0).normal("x", (40, 2)), Key(0).normal("y", (40, 2))
    for method in (bootstrap, jackknife):
        assert method(gap, x, y, seed=1) == method(gap, x, y, seed=1)
        assert method(gap, x, y, seed=1) != method(gap, x, y, seed=2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: bootstrap(gap, x, x, level=1), "got a level of 1; expected one between 0 and 1"),
        (lambda x: jackknife(gap, x, x, groups=2, level=95), "got a level of 95"),
        (lambda x: bootstrap(gap, x, x, resamples=39), "got 39 resamples; expected at least 40 for a level of 0.95"),
        (lambda x: jackknife(gap, x, x, groups=1), "got 1 groups; expected at least 2"),
        (lambda x: jackknife(gap, x, x), "got 8 real samples; expected at least 40, or fewer groups"),
        (lambda x: bootstrap(lambda x, y: math.nan, x, x), "the metric is not finite"),
        (lambda x: bootstrap(gap, x, x[:, :1]), "expected the same"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(torch.ones(8, 2))
