import pytest
import torch
from torch import nn

from small_recipes import letters, shades
from sparring import Key, Normal
from sparring.conditions.classes import Classes
from sparring.kinds.points import Points
from sparring.latents import Between, Uniform
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
    with pytest.raises(ValueError, match="no condition"):
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


class Uneven(nn.Module):
    """Batches of different sizes would show in it."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, z):
        return z * self.scale


def test_parts_are_the_samples():
    sampler = GeneratorSampler(Uneven(), Normal(3))
    parts = list(sampler.parts(600, seed=4))
    assert [len(part) for part in parts] == [256, 256, 88]
    assert torch.equal(torch.cat(parts), sampler.sample(600, seed=4))
    assert not parts[0].requires_grad


def test_parts_are_drawn_when_they_are_asked_for():
    made = []
    generator = Uneven()
    generator.register_forward_hook(lambda *_: made.append(1))
    sampler = GeneratorSampler(generator.train(), Normal(3))
    next(iter(sampler.parts(10**4)))
    assert len(made) == 1
    assert generator.training


def test_a_walk_leads_through_the_samples_of_its_seeds():
    sampler = GeneratorSampler(Uneven(), Normal(3))
    frames = list(sampler.walk([5, 2, 9], 12, n=4))
    assert len(frames) == 12
    for place, seed in enumerate([5, 2, 9]):
        assert torch.equal(frames[4 * place], sampler.sample(4, seed=seed))
    steps = [(a - b).norm().item() for a, b in zip(frames, frames[1:] + frames[:1], strict=True)]
    assert max(steps) < 3 * min(steps), "it comes back to where it began"


def test_a_walk_keeps_what_is_asked_for():
    class Shifted(Uneven):
        def forward(self, z, y):
            return 0 * z + y[:, None]

    sampler = GeneratorSampler(Shifted(), Normal(1), Classes(("a", "b"), (1, 1)))
    for frame in sampler.walk([0, 1], 4, n=3, given=torch.tensor([0, 1])):
        assert frame.flatten().tolist() == [0, 1, 0]
    same = [frame.flatten().tolist() for frame in sampler.walk([0, 1], 4, n=3)]
    assert same == [sampler.given(3, 0).tolist()] * 4


def test_no_way_between_samples_is_said_in_a_line():
    class Listed(Sampler):
        def sample(self, n, *, given=None, seed=0):
            return torch.arange(n).float()

    assert [len(part) for part in Listed().parts(300)] == [256, 44]
    with pytest.raises(ValueError, match="points are not made of one latent each"):
        next(Listed().walk([0, 1], 2))
    with pytest.raises(ValueError, match="got 1 seeds and 5 frames; expected 2 or more"):
        next(Listed().walk([0], 5))


@pytest.mark.parametrize("latent", [Normal(8), Uniform(8)])
@pytest.mark.parametrize("t", [0.0, 0.3, 0.5, 1.0])
def test_latents_are_as_likely_all_along(latent, t):
    """Mean, variance and fourth moment of 80,000 numbers are those of draws; on a straight line they are smaller."""
    ends = Key(1, ("sample",)).rows(10**4), Key(2, ("sample",)).rows(10**4)
    z, drawn = latent(Between(*ends, t)).double(), latent(Key(3).rows(10**4)).double()
    for power in (1, 2, 4):
        assert z.pow(power).mean() == pytest.approx(drawn.pow(power).mean().item(), abs=0.02 * 3**power / 3)
    if t in {0.0, 1.0}:
        assert torch.allclose(z, latent(ends[int(t)]).double(), atol=1e-6)


def test_whole_numbers_are_those_of_the_nearer_end():
    ends = Key(1).rows(50), Key(2).rows(50)
    for t, end in ((0.2, ends[0]), (0.7, ends[1])):
        assert torch.equal(Between(*ends, t).integers("class", high=9), end.integers("class", high=9))


def test_samples_without_a_temperature():
    with pytest.raises(ValueError, match="no temperature"):
        GeneratorSampler(nn.Identity(), Normal(2)).tempered(0.5)
