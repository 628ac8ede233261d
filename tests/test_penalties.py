import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from sparring import MLP, Key
from sparring.penalties import Critique, interpolated, r1, r2

KEY = Key(3)


def critique(critic, real, fake):
    real, fake = real.detach().requires_grad_(), fake.detach().requires_grad_()
    return Critique(critic, real, fake, critic(real), critic(fake), KEY)


def samples(n, *shape):
    return KEY.normal("real", (n, *shape), torch.float64), KEY.normal("fake", (n, *shape), torch.float64)


@given(n=st.integers(1, 40), size=st.integers(1, 30))
@settings(max_examples=25, deadline=None)
def test_a_unit_norm_critic_has_no_gradient_penalty_at_any_batch_size(n, size):
    direction = KEY.normal("direction", (size,), torch.float64)
    direction /= direction.norm()
    penalty = interpolated(critique(lambda x: x.flatten(1) @ direction, *samples(n, size)))
    assert penalty.shape == (n,)
    assert penalty.abs().max() < 1e-12


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_quadratic_critic(shape):
    """D(x) = a ||x||^2 / 2 has the gradient a x."""
    real, fake = samples(6, *shape)
    it = critique(lambda x: 1.5 * x.flatten(1).square().sum(1), real, fake)
    torch.testing.assert_close(r1(it), 9 * real.flatten(1).square().sum(1))
    torch.testing.assert_close(r2(it), 9 * fake.flatten(1).square().sum(1))
    weight = KEY.uniform("interpolated", (6,), torch.float64).reshape(-1, *[1] * len(shape))
    points = (real + weight * (fake - real)).flatten(1)
    torch.testing.assert_close(interpolated(it), (3 * points.norm(dim=1) - 1).square())


@pytest.mark.parametrize("penalty", [r1, r2, interpolated])
def test_gradient_in_the_parameters_against_finite_differences(penalty):
    critic = MLP(3, 7, 1, activation=nn.Softplus, logits=True).double()
    real, fake = samples(5, 3)
    weights = [p.detach().requires_grad_() for p in critic.parameters()]

    def cost(*parameters):
        functional = lambda x: torch.func.functional_call(critic, dict(zip(names, parameters, strict=True)), (x,))  # noqa: E731
        return penalty(critique(functional, real, fake)).mean()

    names = [name for name, _ in critic.named_parameters()]
    assert torch.autograd.gradcheck(cost, weights)


@pytest.mark.parametrize("penalty", [r1, r2, interpolated])
def test_each_sample_by_itself(penalty):
    """The penalty of a sample does not depend on the rest of the batch."""
    critic = MLP(3, 7, 1, activation=nn.Tanh, logits=True).double()
    real, fake = samples(8, 3)
    torch.testing.assert_close(penalty(critique(critic, real, fake))[:3], penalty(critique(critic, real[:3], fake[:3])))


def test_a_flat_critic_has_a_finite_gradient():
    """The norm has no derivative at 0; training must survive a critic that starts there."""
    critic = MLP(3, 7, 1, logits=True).double()
    nn.init.zeros_(critic.layers[-2].weight)
    penalty = interpolated(critique(critic, *samples(4, 3)))
    torch.testing.assert_close(penalty, torch.ones_like(penalty))
    for gradient in torch.autograd.grad(penalty.mean(), list(critic.parameters()), allow_unused=True):
        assert gradient is None or torch.isfinite(gradient).all()
