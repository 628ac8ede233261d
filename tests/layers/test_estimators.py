"""The gradient through a draw from five categories against its enumeration: REINFORCE has no bias, Gumbel has one."""

import pytest
import torch
from torch.nn.functional import one_hot

from sparring.chance import Key
from sparring.latents import Gumbel
from sparring.layers.gumbel_softmax import gumbel_softmax, straight_through

N, K = 40_000, 5
LOGITS = Key(5).normal("logits", (K,), torch.float64)
WEIGHTS = 2 * Key(6).normal("weights", (K,), torch.float64)
NOISE = Gumbel((K,))(Key(7).rows(N)).double()


def cost(rows):
    return (rows @ WEIGHTS).square() + (rows @ WEIGHTS.roll(1)).sin()


def exact():
    logits = LOGITS.clone().requires_grad_()
    [slope] = torch.autograd.grad((logits.softmax(0) * cost(torch.eye(K, dtype=torch.float64))).sum(), logits)
    return slope


def reinforce(baseline):
    drawn = one_hot((LOGITS + NOISE).argmax(1), K).double()
    return (cost(drawn) - baseline)[:, None] * (drawn - LOGITS.softmax(0))


def through(temperature, hard):
    logits = LOGITS.expand(N, K).clone().requires_grad_()
    rows = gumbel_softmax(logits, NOISE, temperature)
    [slopes] = torch.autograd.grad(cost(straight_through(rows) if hard else rows).sum(), logits)
    return slopes


def errors(estimates):
    """How far each part of the mean is off, in standard errors."""
    return (estimates.mean(0) - exact()).abs() / (estimates.std(0) / N**0.5)


def test_reinforce_has_no_bias_and_a_baseline_makes_it_steadier():
    mean = LOGITS.softmax(0) @ cost(torch.eye(K, dtype=torch.float64))
    for baseline in (0.0, mean):
        assert errors(reinforce(baseline)).max() < 4
    assert reinforce(mean).var(0).sum() < 0.9 * reinforce(0.0).var(0).sum()


@pytest.mark.parametrize("hard", [True, False])
def test_gumbel_softmax_has_a_bias_that_grows_and_a_variance_that_falls(hard):
    found = [through(temperature, hard) for temperature in (0.3, 1.0, 3.0)]
    assert min(errors(each).max() for each in found) > 8
    off = [(each.mean(0) - exact()).norm() for each in found]
    assert off == sorted(off)
    spread = [each.var(0).sum() for each in found]
    assert spread == sorted(spread, reverse=True)


def test_soft_rows_lose_their_bias_as_the_temperature_falls():
    assert errors(through(0.02, hard=False)).max() < 4


def test_straight_through_at_a_high_temperature_is_a_closed_form():
    """Rows are even there: the slope is that of the cost at the draw, less its mean, over K times the temperature."""
    each = torch.eye(K, dtype=torch.float64).requires_grad_()
    [slopes] = torch.autograd.grad(cost(each).sum(), each)
    expected = (LOGITS.softmax(0)[:, None] * (slopes - slopes.mean(1, keepdim=True))).sum(0) / K
    found = 1e4 * through(1e4, hard=True)
    assert ((found.mean(0) - expected).abs() < 4 * found.std(0) / N**0.5 + 1e-3).all()
