import pytest
import torch
from torch import nn

from evaluations import critique, samples
from sparring import MLP
from sparring.penalties import interpolated, interpolated_one_sided, zero_centred


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_quadratic_critic(shape):
    """D(x) = a ||x||^2 / 2 has the gradient a x."""
    real, fake = samples(6, *shape)
    size = real[0].numel() ** -0.5
    it = critique(lambda x: 0.55 * size * x.flatten(1).square().sum(1), real, fake)
    weight = it.round.chance.uniform("interpolated").reshape(-1, *[1] * len(shape))
    lengths = 1.1 * size * (real + weight * (fake - real)).flatten(1).norm(dim=1)
    assert lengths.min() < 1 < lengths.max(), "one side alone would show nothing"
    torch.testing.assert_close(interpolated(it), (lengths - 1).square())
    torch.testing.assert_close(interpolated_one_sided(it), (lengths - 1).clamp(min=0).square())
    torch.testing.assert_close(zero_centred(it), lengths.square())


@pytest.mark.parametrize("penalty", [interpolated, interpolated_one_sided, zero_centred])
def test_a_flat_critic_has_a_finite_gradient(penalty):
    """The norm has no derivative at 0; training must survive a critic that starts there."""
    critic = MLP(3, 7, 1, logits=True).double()
    nn.init.zeros_(critic.layers[-2].weight)
    value = penalty(critique(critic, *samples(4, 3)))
    torch.testing.assert_close(value, torch.full_like(value, penalty is interpolated))
    for gradient in torch.autograd.grad(value.mean(), list(critic.parameters()), allow_unused=True):
        assert gradient is None or torch.isfinite(gradient).all()
