"""What is kept, against enumeration: five states, of which data, model and best discriminator are known."""

import pytest
import torch
from scipy.stats import chisquare

from sparring import Key
from sparring.conditions.classes import Classes
from sparring.samplers import Sampler
from sparring.selection import Selected, best, rejection

P, Q = torch.tensor([[0.4, 0.3, 0.2, 0.08, 0.02], [0.1, 0.2, 0.3, 0.1, 0.3]], dtype=torch.float64)
N = 20_000


class Five(Sampler):
    """States 0 to 4 by Q, each as a number; under a condition 10 more for the second class."""

    def __init__(self, condition=None):
        super().__init__()
        self.condition = condition or self.condition

    def sample(self, n, *, given=None, seed=0):
        asked = self.given(n, seed) if given is None else given[torch.arange(n) % len(given)]
        luck = Key(seed).uniform("state", (n,), torch.float64)
        states = torch.searchsorted(Q.cumsum(0)[:-1].contiguous(), luck)
        return states if asked is None else states + 10 * asked


def exact(x, given):
    """The best discriminator: log p / q."""
    return (P / Q).log()[x % 10]


def counts(sampler, n=N):
    return sampler.sample(n).bincount(minlength=5)


def test_rejection_with_the_exact_ratio_gives_the_density_of_the_data():
    assert chisquare(counts(rejection(Five(), exact)).numpy(), (N * P).numpy()).pvalue > 1e-3
    assert chisquare(counts(Five()).numpy(), (N * P).numpy()).pvalue < 1e-12, "the model is not that"


@pytest.mark.parametrize("gamma", [-2.0, 1.5])
def test_gamma_by_the_formula_of_the_paper(gamma):
    """Kept in proportion to q sigmoid(F - gamma), F = d - M - log(1 - exp(d - M))."""
    d = (P / Q).log()
    below = d - d.max()
    f = below - torch.log1p(-below.exp() + 1e-300)
    expected = Q * torch.sigmoid(f - gamma)
    found = counts(rejection(Five(), exact, gamma))
    assert chisquare(found.numpy(), (N * expected / expected.sum()).numpy()).pvalue > 1e-3


@pytest.mark.parametrize(("share", "states"), [(0.05, 1), (0.25, 2), (0.35, 3), (0.6, 4), (1.0, 5)])
def test_the_best_are_those_above_the_limit(share, states):
    """States by their ratio, in order: 0, 1, 3, 2, 4, of which the model makes 10, 20, 10, 30 and 30 %."""
    order = torch.tensor([0, 1, 3, 2, 4])
    kept = torch.zeros(5, dtype=torch.float64)
    kept[order[:states]] = Q[order[:states]]
    found = counts(best(Five(), exact, share))
    assert set(found.nonzero().flatten().tolist()) == set(order[:states].tolist())
    there = kept > 0
    if states > 1:
        assert chisquare(found[there].numpy(), (N * kept / kept.sum())[there].numpy()).pvalue > 1e-3


def test_sample_i_depends_on_the_seed_and_i_alone():
    for sampler in (rejection(Five(), exact), best(Five(), exact, 0.3)):
        many = sampler.sample(300, seed=4)
        assert torch.equal(sampler.sample(17, seed=4), many[:17])
        assert not torch.equal(sampler.sample(300, seed=5), many)


def test_what_is_asked_for_is_kept():
    condition = Classes(("a", "b"), (1, 1))
    sampler = rejection(Five(condition), exact)
    given = torch.tensor([0, 1, 1])
    assert torch.equal(sampler.sample(30, given=given) // 10, given.repeat(10))
    assert torch.equal(sampler.sample(30) // 10, sampler.given(30))
    assert sampler.kind is Five.kind
    assert sampler.condition is condition


def test_after_too_many_tries_the_best_that_was_seen():
    """Of 4 tries the largest ratio; P(state 0 is not among them) is .9^4."""
    never = Selected(Five(), exact, torch.zeros_like, tries=4)
    share = (never.sample(N) == 0).double().mean().item()
    assert share == pytest.approx(1 - 0.9**4, abs=0.015)
    assert (never.sample(N) == 4).double().mean().item() == pytest.approx(0.3**4, abs=0.005)


def test_numbers_out_of_range():
    for share in (0.0, 1.5):
        with pytest.raises(ValueError, match="the share that is kept is"):
            best(Five(), exact, share)
    with pytest.raises(ValueError, match="drawn 0 times"):
        Selected(Five(), exact, torch.ones_like, tries=0)
