import pytest
import torch
from torch import nn

from small_recipes import letters, shades
from sparring import Key, Normal
from sparring.conditions.classes import Classes
from sparring.kinds.points import Points
from sparring.samplers import GeneratorSampler, Sampler

CONDITION = Classes(("low", "high"), (1, 3))


class Shifted(nn.Module):
    """Noise around 0 for one class and around 10 for the other, normalised."""

    def __init__(self):
        super().__init__()
        self.scale, self.norm, self.drop = nn.Parameter(torch.ones(1)), nn.BatchNorm1d(1, affine=False), nn.Dropout()
        self.modes = []

    def forward(self, z, y):
        self.modes.append((self.norm.training, self.drop.training))
        return self.norm(z * self.scale + 10 * y[:, None])


@pytest.fixture
def sampler():
    return GeneratorSampler(Shifted(), Normal(1), CONDITION)


def test_row_i_depends_on_the_seed_and_i_and_what_it_is_given(sampler):
    few, many = sampler.sample(5, seed=2), sampler.sample(300, seed=2)
    torch.testing.assert_close(many[:5], few)
    given = torch.tensor([1, 0, 1, 1, 0])
    asked = sampler.sample(5, given=given, seed=2)
    other = sampler.sample(5, given=1 - given, seed=2)
    assert torch.equal((asked - other).sign().squeeze(1), 2.0 * given - 1)
    torch.testing.assert_close(sampler.sample(5, given=given[:2], seed=2)[[0, 1, 2]], asked[:3])
    assert torch.equal(sampler.sample(5, given=sampler.given(5, seed=2), seed=2), few)


def test_norms_are_settled_with_what_is_given(sampler):
    """Mean and variance of a mixture of N(0, 1) and N(10, 1) with weights 1/4 and 3/4: 7.5 and 1 + 100 * 3/16."""
    sampler.generator.norm.running_mean.fill_(50)
    settled = sampler.settled(20_000)
    assert settled.generator.norm.running_mean.item() == pytest.approx(7.5, abs=0.1)
    assert settled.generator.norm.running_var.item() == pytest.approx(1 + 100 * 3 / 16, rel=0.03)
    assert sampler.generator.norm.running_mean.item() == 50, "the live one is as it was"
    assert settled.generator.norm.momentum == sampler.generator.norm.momentum
    settled.generator.modes.clear()
    first = settled.sample(4)
    assert settled.generator.modes == [(False, False)]
    assert torch.equal(settled.sample(4), first)
    assert not settled.generator.norm._forward_pre_hooks


def test_dropout_is_off_while_norms_are_settled(sampler):
    modes = sampler.settled(64).generator.modes
    assert {drop for _, drop in modes} == {False}


def test_any_sampler_is_settled_along_its_own_path():
    class Doubled(Sampler):
        """A path of its own, through a norm after the generator."""

        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(1, affine=False)

        def sample(self, n, *, given=None, seed=0):
            return self.eval().norm(3 + 2 * Key(seed).normal("x", (n, 1)))

    settled = Doubled().settled(20_000)
    assert settled.norm.running_mean.item() == pytest.approx(3, abs=0.1)
    assert settled.norm.running_var.item() == pytest.approx(4, rel=0.05)
    assert settled.sample(20_000, seed=9).mean().item() == pytest.approx(0, abs=0.05)


def test_what_cannot_be_asked_for_is_refused():
    from sparring.games.gan import tiny

    sampler = tiny()[0].sampler()
    assert sampler.given(3) is None
    with pytest.raises(ValueError, match="cannot be asked for"):
        sampler.sample(2, given=torch.tensor([0]))
    assert sampler.log_likelihood(torch.zeros(2, 2)) is None
    assert sampler.kind == Points()


@pytest.mark.parametrize("recipe", [letters, shades])
def test_a_settled_sampler_is_loaded_whole(recipe):
    config = recipe.Config(rounds=1, batch=8)
    data = recipe.open_data(config)
    live = recipe.build(config, data).play().game.sampler()
    empty = recipe.sampler(config, data.spec)
    empty.load_state_dict(live.settled().state_dict())
    assert torch.equal(empty.sample(7, seed=1), live.settled().sample(7, seed=1))
