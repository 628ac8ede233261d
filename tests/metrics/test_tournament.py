import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparring.metrics.tournament import Match, error_rate, ratio, tournament

rates = st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.5, 1.0])


def stub(shift):
    """A discriminator of numbers in (0, 1) that takes the share `shift` of uniform ones for generated."""
    return lambda x: x - shift


def grid(n):
    return (torch.arange(n) + 0.5) / n


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.3, 1.0])
def test_error_rates_of_stubs(shift):
    assert error_rate(stub(shift)(grid(100)), real=True) == pytest.approx(shift)
    assert error_rate(stub(shift)(grid(100)), real=False) == pytest.approx(1 - shift)


def test_an_undecided_logit_counts_half():
    assert error_rate(torch.zeros(7), real=True) == error_rate(torch.zeros(7), real=False) == 0.5


@given(st.lists(st.floats(-3, 3, width=32), min_size=1), st.booleans())
def test_error_rate_counts(logits, real):
    wrong = sum(0.5 if not logit else float((logit < 0) == real) for logit in logits)
    assert error_rate(torch.tensor(logits), real=real) == pytest.approx(wrong / len(logits))


@pytest.mark.parametrize("logits", [torch.zeros(0), torch.zeros(3, 1), torch.tensor([0.0, math.nan])])
def test_logits_that_cannot_be_counted(logits):
    with pytest.raises(ValueError, match="the logits"):
        error_rate(logits, real=True)


@pytest.mark.parametrize(
    ("test", "samples", "winner"),
    [
        ((0.2, 0.2), (0.1, 0.4), 1),
        ((0.2, 0.2), (0.4, 0.1), 2),
        ((0.2, 0.2), (0.3, 0.3), 0),
        ((0.2, 0.25), (0.1, 0.4), 1),  # on the edge of the tolerance
        ((0.2, 0.26), (0.1, 0.4), 0),  # beyond it
        ((0.0, 0.0), (0.0, 0.4), 1),
        ((0.0, 0.0), (0.0, 0.0), 0),
        ((0.0, 0.1), (0.1, 0.4), 0),
        ((0.2, 0.2), (0.1, 0.0), 2),
    ],
)
def test_verdicts(test, samples, winner):
    assert Match(test, samples).winner == winner


def test_ratios_are_the_papers():
    match = Match((0.1, 0.4), (0.3, 0.2))
    assert (match.r_test, match.r_samples) == pytest.approx((0.25, 1.5))


def test_no_errors():
    assert ratio(0.0, 0.0) == 1.0
    assert ratio(0.3, 0.0) == math.inf
    assert ratio(0.0, 0.3) == 0.0


@given(st.tuples(rates, rates), st.tuples(rates, rates))
def test_swapping_the_players_inverts(test, samples):
    match, swapped = Match(test, samples), Match(test[::-1], samples[::-1])
    for here, there in ((match.r_test, swapped.r_test), (match.r_samples, swapped.r_samples)):
        assert there == (0.0 if here == math.inf else math.inf if here == 0 else pytest.approx(1 / here))
    assert swapped.winner == {0: 0, 1: 2, 2: 1}[match.winner]


def test_a_tournament_of_stubs():
    """Discriminators of known shifts; generator j's samples are uniform on (0, top of j)."""
    shifts, tops, real = [0.2, 0.25, 0.6], [1.0, 0.5, 0.4], grid(1000)
    test = [error_rate(stub(shift)(real), real=True) for shift in shifts]
    samples = [[error_rate(stub(shift)(real * top), real=False) for top in tops] for shift in shifts]
    assert test == pytest.approx(shifts)
    assert samples[0] == pytest.approx([0.8, 0.6, 0.5])
    assert samples[2] == pytest.approx([0.4, 0.0, 0.0])
    matches = tournament(test, samples)
    assert matches[0, 1].r_samples == pytest.approx(0.6 / 0.75)
    assert {pair: match.winner for pair, match in matches.items()} == {(0, 1): 1, (0, 2): 0, (1, 2): 0}
    assert tournament(test, samples, tolerance=4)[1, 2].winner == 2


@given(st.lists(rates, min_size=3, max_size=3), st.lists(rates, min_size=9, max_size=9))
def test_the_order_of_the_players_does_not_matter(test, flat):
    samples = [flat[:3], flat[3:6], flat[6:]]
    here = tournament(test, samples)
    for order in itertools.permutations(range(3)):
        there = tournament([test[i] for i in order], [[samples[i][j] for j in order] for i in order])
        for (i, j), match in there.items():
            first, second = sorted((order[i], order[j]))
            winner = match.winner and (order[i], order[j])[match.winner - 1]
            expected = here[first, second].winner
            assert winner == (expected and (first, second)[expected - 1])


def test_mistakes():
    with pytest.raises(ValueError, match=r"error rate is 1\.5"):
        Match((1.5, 0.1), (0.1, 0.1))
    with pytest.raises(ValueError, match="error rate is nan"):
        Match((math.nan, 0.1), (0.1, 0.1))
    with pytest.raises(ValueError, match="factor of 1 or more"):
        Match((0.1, 0.1), (0.1, 0.1), tolerance=0.5)
    with pytest.raises(ValueError, match="K of 2 or more"):
        tournament([0.1], [[0.1]])
    with pytest.raises(ValueError, match="K x K"):
        tournament([0.1, 0.2], [[0.1, 0.2], [0.1]])
