import pytest
import torch
from torch.nn.functional import gumbel_softmax as of_torch

from sparring.chance import Key
from sparring.latents import Gumbel
from sparring.layers.gumbel_softmax import gumbel_softmax, straight_through

LOGITS = torch.tensor([1.0, 0.0, -1.0, 0.5])
N = 40_000


def gumbels(k=4, n=N):
    return Gumbel((k,))(Key(0).rows(n))


@pytest.mark.parametrize("temperature", [0.2, 1.0])
def test_the_largest_place_is_a_draw_from_the_softmax(temperature):
    y = gumbel_softmax(LOGITS.expand(N, 4), gumbels(), temperature)
    p = LOGITS.softmax(0)
    shares = y.argmax(dim=1).bincount(minlength=4) / N
    assert ((shares - p).abs() < 5 * (p * (1 - p) / N).sqrt()).all()
    torch.testing.assert_close(y.sum(dim=1), torch.ones(N))


def test_the_lower_the_temperature_the_nearer_to_one_category():
    largest = [
        gumbel_softmax(LOGITS.expand(N, 4), gumbels(), t).max(dim=1).values.mean() for t in (5.0, 1.0, 0.2, 0.01)
    ]
    assert largest == sorted(largest)
    assert largest[-1] > 0.99


def test_the_noise_is_gumbel():
    """Its distribution function is exp(-exp(-x)), its mean Euler's constant."""
    x = gumbels(1)[:, 0]
    for at in (-1.0, 0.0, 2.0):
        expected = torch.exp(-torch.exp(torch.tensor(-at)))
        assert abs((x <= at).float().mean() - expected) < 5 * 0.5 / N**0.5
    assert abs(x.mean() - 0.5772) < 0.04


@pytest.mark.parametrize("hard", [False, True])
def test_values_and_gradients_are_those_of_torch(hard):
    """Its own function, on the noise that it draws."""
    logits = Key(1).normal("logits", (6, 3, 4), torch.float64).requires_grad_()
    weights = Key(2).normal("weights", (6, 3, 4), torch.float64)
    torch.manual_seed(3)
    expected = of_torch(logits, tau=0.7, hard=hard)
    torch.manual_seed(3)
    noise = -torch.empty_like(logits, requires_grad=False).exponential_().log()
    soft = gumbel_softmax(logits, noise, 0.7)
    found = straight_through(soft) if hard else soft
    torch.testing.assert_close(found, expected)
    slopes = [torch.autograd.grad((weights * y).sum(), logits)[0] for y in (found, expected)]
    torch.testing.assert_close(*slopes)


def test_a_hard_row_is_a_single_one_to_the_last_bit():
    y = straight_through(gumbel_softmax(LOGITS.expand(N, 4), gumbels(), 0.7))
    assert ((y == 0) | (y == 1)).all()
    assert (y.sum(1) == 1).all()


def test_a_category_that_does_not_occur_has_neither_mass_nor_gradient():
    logits = torch.tensor([[0.0, -torch.inf, 1.0]]).requires_grad_()
    y = gumbel_softmax(logits, gumbels(3, 1), 0.5)
    [slope] = torch.autograd.grad(y[0, 0], logits)
    assert y[0, 1] == slope[0, 1] == 0
    assert slope.isfinite().all()
