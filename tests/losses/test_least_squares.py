"""Least squares against its best discriminator and the divergence that follows, in closed form."""

import pytest
import torch

from sparring import GAN, MLP, Normal
from sparring.losses import LeastSquares

X = torch.linspace(-15, 16, 40_001, dtype=torch.float64)
P, Q = (torch.distributions.Normal(mean, 1.2).log_prob(X).exp() for mean in (0.0, 1.0))
SUPPORT = torch.stack([P, Q]).sum(0) > 1e-40


def cost(loss, output):
    """The discriminator's cost of an output at each x, by quadrature: its parts, one sample a batch."""
    known, other = (loss.reads.logits(output) * 0 + target for target in (loss.real, loss.fake))  # cost nothing
    real = torch.stack([loss.discriminator(a[None], b[None]) for a, b in zip(output, other, strict=True)])
    fake = torch.stack([loss.discriminator(a[None], b[None]) for a, b in zip(known, output, strict=True)])
    return real, fake


@pytest.mark.parametrize("loss", [LeastSquares(), LeastSquares(-1, 1, 0), LeastSquares(0.1, 0.9, 0.9)], ids=repr)
def test_best_discriminator(loss):
    """(b p + a q) / (p + q): there the cost has no slope, and it is smaller than nearby."""
    p, q = (torch.tensor([0.9, 0.5, 0.01], dtype=torch.float64), torch.tensor([0.2, 0.5, 0.3], dtype=torch.float64))
    best = ((loss.real * p + loss.fake * q) / (p + q)).requires_grad_()
    real, fake = cost(loss, best)
    (slope,) = torch.autograd.grad((p * real + q * fake).sum(), best)
    torch.testing.assert_close(slope, torch.zeros_like(slope))
    for shift in (-0.1, 0.1):
        real_, fake_ = cost(loss, best + shift)
        assert ((p * real_ + q * fake_) > (p * real + q * fake)).all()


def test_generator_descends_pearson():
    """With labels -1, 1 and 0 its cost at the best D, with the like of real samples, is integral (p-q)^2 / (p+q)."""
    loss = LeastSquares(-1, 1, 0)
    p, q = P[SUPPORT], Q[SUPPORT]
    best = (p - q) / (p + q)
    each = torch.stack([loss.generator(v[None], v[None]) for v in best[::20]])
    found = torch.trapezoid((p + q)[::20] * each, X[SUPPORT][::20])
    expected = torch.trapezoid((p - q) ** 2 / (p + q), X[SUPPORT])
    torch.testing.assert_close(found, expected)


def test_no_factor_of_one_half():
    v = torch.tensor([3.0])
    assert LeastSquares().discriminator(v, v).item() == 4 + 9
    assert LeastSquares().generator(v, v).item() == 4


def test_a_judgement_is_relative_to_the_middle():
    """At p = q the best output is the middle of the labels, which says neither."""
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), LeastSquares())
    x = torch.zeros(5, 2)
    assert game.decides
    torch.testing.assert_close(game.judge(x), game.discriminator(x) - 0.5)


@pytest.mark.parametrize("labels", [(1.0, 0.0, 1.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)])
def test_labels_in_the_wrong_order_are_refused(labels):
    with pytest.raises(ValueError, match="expected labels `real` and `wanted` above `fake`"):
        LeastSquares(*labels)
