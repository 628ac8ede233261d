import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from rounds import round_of
from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer, penalties
from sparring.penalties import Critique, Lazy, interpolated, r1, r2

KEY = Key(3)


def critique(critic, real, fake):
    real, fake = real.detach().requires_grad_(), fake.detach().requires_grad_()
    return Critique(round_of(total=len(real), dtype=real.dtype), critic, real, fake, critic(real), critic(fake))


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
    weight = it.round.chance.uniform("interpolated").reshape(-1, *[1] * len(shape))
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
    """The penalty of a sample does not depend on what the other samples are."""
    critic = MLP(3, 7, 1, activation=nn.Tanh, logits=True).double()
    real, fake = samples(8, 3)
    others = torch.cat([real[:3], 5 * real[3:]]), torch.cat([fake[:3], -fake[3:]])
    torch.testing.assert_close(penalty(critique(critic, real, fake))[:3], penalty(critique(critic, *others))[:3])


def test_a_lazy_penalty_is_due_now_and_then_and_so_much_heavier():
    critic = MLP(3, 7, 1, logits=True).double()
    it, lazy = critique(critic, *samples(4, 3)), Lazy(r1, every=3)
    assert torch.equal(lazy(it), 3 * r1(it))
    it.round.number = 2
    assert lazy(it) is None
    with pytest.raises(ValueError, match="1 or more"):
        Lazy(r1, every=0)


class Memory(nn.Module):
    """The square of a logit's distance from a mean that it keeps."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, critique):
        new = critique.round.gather(critique.real_logits).detach().mean()
        critique.round.later("mean", lambda: self.mean.lerp_(new, 0.5))
        return self.scale * (critique.real_logits - self.mean).square()


def test_a_penalty_may_be_a_module_with_buffers_and_lazy():
    memory = Memory()
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), penalties={memory: 0.1, Lazy(r1, 2): 0.1})
    assert list(game.strategy("discriminator"))[-1].endswith("scale")
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.01) for name in game.players()}
    terms = []
    trainer = Trainer(Phase(game, optimizers, {"real": InMemory(KEY.normal("x", (64, 2)))}, 4))
    for _ in range(4):
        before = memory.mean.clone()
        terms.append(sorted(trainer.play_round()["discriminator"].terms))
        assert not torch.equal(memory.mean, before)
    assert terms == [["Memory", "loss", "r1"], ["Memory", "loss"]] * 2
    assert any(name.endswith("mean") for name in trainer.state_dict()["games"])


def path_length(generation):
    """The squared norm of the Jacobian's transpose times a direction, [B]."""
    direction = generation.round.chance.normal("direction", *generation.fake.shape[1:])
    product = (generation.fake * direction).sum()
    return torch.autograd.grad(product, generation.latents, create_graph=True)[0].square().sum(1)


def test_the_generator_may_have_penalties_too():
    """Of a linear generator y = W z the squared norm is that of W^T v."""
    game = GAN(nn.Linear(3, 2, bias=False), MLP(2, 8, 1, logits=True), Normal(3), regularizers={path_length: 2.0})
    round = next(Trainer(Phase(game, {}, {}, 1)).turns())
    cost = game("generator", round)
    expected = (round.chance.normal("direction", 2) @ game.generator.weight).square().sum(1).mean()
    torch.testing.assert_close(cost.terms["path_length"], 2 * expected)


def test_a_flat_critic_has_a_finite_gradient():
    """The norm has no derivative at 0; training must survive a critic that starts there."""
    critic = MLP(3, 7, 1, logits=True).double()
    nn.init.zeros_(critic.layers[-2].weight)
    penalty = interpolated(critique(critic, *samples(4, 3)))
    torch.testing.assert_close(penalty, torch.ones_like(penalty))
    for gradient in torch.autograd.grad(penalty.mean(), list(critic.parameters()), allow_unused=True):
        assert gradient is None or torch.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([penalties.r1], "the penalties are a list; expected each with its weight: write {penalties.r1: 0.5}"),
        ("r1", "the penalties are 'r1'; expected each with its weight"),
        (0.5, "the penalties are 0.5; expected each with its weight"),
        (penalties.r1, "the penalties are the function r1; expected each with its weight"),
        (penalties.Lazy, "the penalties are the class Lazy"),
        ({"r2": 1.0}, "a penalty is 'r2'; expected a function of penalties, or a module: write {penalties.r2: 1.0}"),
        ({"gp": 10.0}, "write {penalties.r1: 10.0}"),
        ({penalties.Lazy: 1.0}, "a penalty is the class Lazy"),
        ({penalties.r1: "0.5"}, "the weight of r1 is '0.5'; expected a number or a schedule"),
    ],
)
def test_what_is_no_penalty_is_told_the_right_one(weights, said):
    with pytest.raises(TypeError, match=re.escape(said)):
        penalties.Penalties(weights)


def test_weights_of_every_kind_are_taken():
    for weight in (1, 0.5, torch.tensor(0.5), lambda share: 0.1 * share):
        assert list(penalties.Penalties({penalties.r1: weight}).weights.values()) == [weight]
