import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sparring import Key
from sparring.metrics.parzen import SIGMAS, Parzen, choose_sigma, parzen, report


def mixture(samples, x, sigma):
    """The same density from torch.distributions."""
    n = len(samples)
    parts = torch.distributions.Independent(torch.distributions.Normal(samples, sigma), 1)
    weights = torch.distributions.Categorical(torch.ones(n, dtype=torch.float64))
    return torch.distributions.MixtureSameFamily(weights, parts).log_prob(x)


@given(st.integers(1, 20), st.integers(1, 5), st.floats(0.05, 3), st.integers(0, 10**6))
def test_against_a_mixture_of_distributions(n, size, sigma, seed):
    samples, x = (Key(seed).normal(name, (count, size), torch.float64) for name, count in (("s", n), ("x", 7)))
    torch.testing.assert_close(parzen(samples, x, sigma), mixture(samples, x, sigma))


def test_longer_than_a_chunk():
    samples, x = Key(0).normal("s", (30, 4), torch.float64), Key(0).normal("x", (2345, 4), torch.float64)
    torch.testing.assert_close(parzen(samples, x, 0.3), mixture(samples, x, 0.3))


def test_far_from_the_origin():
    """Squares of a million leave distances of a thousandth."""
    samples, x = Key(0).normal("s", (2, 9, 3), torch.float64) / 1000
    torch.testing.assert_close(parzen(samples + 1e6, x + 1e6, 1e-3), parzen(samples, x, 1e-3), rtol=1e-4, atol=1e-4)


def test_many_samples_of_a_gaussian():
    """Their window converges to the Gaussian blurred by sigma."""
    samples, x = Key(0).normal("s", (40_000, 2)), Key(0).normal("x", (200, 2)).double()
    wanted = -x.square().sum(1) / (2 * 1.25) - math.log(2 * math.pi * 1.25)
    assert parzen(samples, x, 0.5).mean().item() == pytest.approx(wanted.mean().item(), abs=0.01)


def test_order_and_repetition_do_not_matter():
    samples, x = Key(0).normal("s", (9, 1, 2, 2)), Key(0).normal("x", (5, 4))
    torch.testing.assert_close(
        parzen(samples.repeat(3, 1, 1, 1).flip(0), x.flip(0), 0.2).flip(0), parzen(samples, x, 0.2)
    )


def test_the_grid_is_the_published_one():
    np.testing.assert_allclose(SIGMAS, np.logspace(-1, 0, 10))


def test_sigma_by_brute_force():
    samples, validation = Key(0).uniform("s", (2, 50, 3))
    means = [mixture(samples.double(), validation.double(), sigma).mean().item() for sigma in SIGMAS]
    assert choose_sigma(samples, validation) == SIGMAS[int(np.argmax(means))]
    assert choose_sigma(samples, validation, (0.3,)) == 0.3


def test_noise_makes_it_worse():
    """Samples of the data are better than these with noise, and more noise is worse."""
    samples, x = Key(0).uniform("s", (2, 300, 6))
    noise = Key(0).normal("noise", samples.shape)
    means = [parzen(samples + scale * noise, x, 0.2).mean().item() for scale in (0, 0.2, 0.5, 1)]
    assert means == sorted(means, reverse=True)


def test_the_report():
    """Sigma never sees the test examples."""
    samples, validation, test = Key(0).uniform("s", (3, 40, 3))
    found = report(samples, validation, test[:30] / 100)
    log_densities = mixture(samples.double(), test[:30].double() / 100, found.sigma).numpy()
    assert found.sigma == choose_sigma(samples, validation)
    assert found.mean == pytest.approx(log_densities.mean())
    assert found.standard_error == pytest.approx(log_densities.std() / math.sqrt(30))
    assert max(found.validation) == pytest.approx(parzen(samples, validation, found.sigma).mean().item())
    assert found.sigmas == SIGMAS
    assert (found.samples, found.validation_examples, found.test_examples) == (40, 40, 30)
    assert isinstance(found, Parzen)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: parzen(x, x[:, :2], 0.1), "samples have 3 dimensions, examples 2"),
        (lambda x: parzen(x, x, 0.0), r"sigmas are \[0.0\]; expected one or more positive"),
        (lambda x: parzen(x, x, math.nan), "expected one or more positive"),
        (lambda x: choose_sigma(x, x, ()), "expected one or more positive"),
        (lambda x: parzen(x[:0], x, 0.1), r"shape \[0, 3\]"),
        (lambda x: parzen(x, x / 0, 0.1), "NaN or infinity"),
        (lambda x: report(x, x, 2 * x - 1), r"test examples are in \[-.*expected \[0, 1\].*\(x \+ 1\) / 2"),
        (lambda x: report(x * torch.nan, x, x), "samples are in .nan, nan.; expected"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call(Key(0).uniform("x", (4, 3)))
