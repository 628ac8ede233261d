import re

import pytest
import torch
from torch import nn

from evaluations import KEY, critique, samples
from sparring import GAN, MLP, InMemory, Normal, Phase, Trainer, penalties
from sparring.penalties import Lazy, r1, r2


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4)])
def test_quadratic_critic(shape):
    """D(x) = a ||x||^2 / 2 has the gradient a x."""
    real, fake = samples(6, *shape)
    it = critique(lambda x: 1.5 * x.flatten(1).square().sum(1), real, fake)
    torch.testing.assert_close(r1(it), 9 * real.flatten(1).square().sum(1))
    torch.testing.assert_close(r2(it), 9 * fake.flatten(1).square().sum(1))


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
