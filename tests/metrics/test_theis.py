"""What Theis et al. 2016 (https://arxiv.org/abs/1511.01844) say in words, on toys."""

import math

import pytest
import torch

from sparring import Key
from sparring.metrics.parzen import parzen

SIZE = 20


def log_normal(x, std):
    return -x.square().sum(1) / (2 * std**2) - x.shape[1] * math.log(std * math.sqrt(2 * math.pi))


@pytest.mark.parametrize("std", [0.1, 1.0, 3.0, 100.0])
def test_a_mixture_with_99_percent_noise_loses_at_most_log_100(std):
    """log(.01 p + .99 noise) >= log p - log 100 at every point, whatever the noise."""
    x = Key(0).normal("x", (5000, SIZE), torch.float64)
    good = log_normal(x, 1.0)
    mixed = torch.logaddexp(good + math.log(0.01), log_normal(x, std) + math.log(0.99))
    assert (good - mixed).max() <= math.log(100) + 1e-9
    if std == 100.0:  # far from the data noise gives nothing back
        assert (good - mixed).mean().item() == pytest.approx(4.605, abs=0.001)


def test_its_samples_are_bad():
    """99% of them are less likely under the good model than any of 10,000 samples of it."""
    n = 10_000
    good, noise = Key(0).normal("good", (n, SIZE)).double(), 100 * Key(0).normal("noise", (n, SIZE)).double()
    mixed = torch.where(Key(0).uniform("which", (n, 1)) < 0.01, Key(1).normal("good", (n, SIZE)).double(), noise)
    hopeless = (log_normal(mixed, 1.0) < log_normal(good, 1.0).min()).double().mean().item()
    assert hopeless == pytest.approx(0.99, abs=4 * math.sqrt(0.0099 / n))


def test_a_lookup_table_has_perfect_samples_and_no_likelihood():
    """Its samples are data. As sigma shrinks they become infinitely likely, and everything else impossible."""
    table, held_out = Key(0).normal("data", (2, 1000, SIZE)).double()
    samples = table[Key(0).integers("which", (500,), 1000)]
    assert (torch.cdist(samples, table).min(dim=1).values < 1e-6).all()
    assert torch.cdist(held_out, table).min() > 1  # so with no window it gives each of them the probability 0
    for sigma in (1e-1, 1e-2, 1e-3):
        learnt = parzen(table, table, sigma)
        unseen = parzen(table, held_out, sigma)
        peak = -SIZE * math.log(sigma * math.sqrt(2 * math.pi)) - math.log(1000)
        torch.testing.assert_close(learnt, torch.full_like(learnt, peak))
        assert unseen.max() < peak - 1 / (2 * sigma**2) + math.log(1000)
    assert learnt.min() > 100
    assert unseen.max() < -100_000


def test_a_table_is_better_or_worse_than_the_truth_as_one_likes():
    """One window for both: on what it learnt it beats the true density, on what it did not it loses to pure noise."""
    table, held_out = Key(0).normal("data", (2, 1000, SIZE)).double()
    assert parzen(table, table, 0.1).mean() > log_normal(table, 1.0).mean() + 5
    assert parzen(table, held_out, 0.1).mean() < log_normal(held_out, 100.0).mean()
