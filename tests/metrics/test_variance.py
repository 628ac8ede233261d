import math

import pytest
import torch

from sparring import MLP, Key
from sparring.metrics import ais, variance
from sparring.metrics.variance import likelihoods

W = torch.tensor([[1.0, 0.5], [-0.3, 0.8], [0.2, -1.0]], dtype=torch.float64)
VARIANCES = (0.4, 0.05, 0.2)


def linear(z):
    return z @ W.T


def data(n):
    return Key(7).normal("x", (n, 3), torch.float64)


def exact(x, v):
    covariance = W @ W.T + v * torch.eye(3, dtype=torch.float64)
    return torch.distributions.MultivariateNormal(torch.zeros(3, dtype=torch.float64), covariance).log_prob(x)


def test_all_variances_from_one_run():
    """A linear decoder has a Gaussian likelihood."""
    x = data(6)
    found = likelihoods(linear, x, latent=2, variances=VARIANCES, temperatures=150, chains=500)
    for row, v in zip(found, VARIANCES, strict=True):
        torch.testing.assert_close(row, exact(x, v), atol=0.15, rtol=0)


def test_one_variance_is_the_usual_estimate():
    x = data(3)
    (row,) = likelihoods(linear, x, latent=2, variances=[0.3], temperatures=20, chains=200)
    usual = ais.ais(linear, x, latent=2, variance=0.3, temperatures=20, chains=200).values
    torch.testing.assert_close(row, usual, atol=0.3, rtol=0)


def test_weights_average_to_the_likelihoods_themselves():
    """exp of each estimate is unbiased, however few temperatures there were on the way."""
    x = data(1).expand(4000, 3)
    found = likelihoods(linear, x, latent=2, variances=[1.0, 3.0], temperatures=3, chains=2)
    for row, v in zip(found, [1.0, 3.0], strict=True):
        ratios = (row - exact(x, v)).exp()
        assert abs(ratios.mean().item() - 1) < 4 * ratios.std().item() / math.sqrt(4000)


def test_the_work_is_told():
    told = []
    numbers = {"temperatures": 7, "chains": 5}
    likelihoods(linear, data(2), latent=2, variances=VARIANCES, **numbers, advance=told.append)
    assert sum(told) == ais.work(7 + len(VARIANCES) - 1, 5)
    for directions, estimate in ((1, lambda **kw: ais.ais(linear, data(2), **kw)),
                                 (2, lambda **kw: ais.bidirectional(linear, like=data(2), **kw))):  # fmt: skip
        told.clear()
        estimate(latent=2, variance=0.3, **numbers, advance=told.append)
        assert sum(told) == ais.work(7, 5, directions)


def test_the_published_choices_are_candidates():
    assert {0.005, 0.01, 0.025, 0.03} <= set(variance.VARIANCES)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variances": []}, "expected one or more positive"),
        ({"variances": [0.1, 0.0]}, "expected one or more positive"),
        ({"variances": [math.nan]}, "expected one or more positive"),
        ({"decoder": MLP(2, 3)}, "training mode"),
        ({"x": data(2)[:, :2]}, r"decoder gives \[3\], x has \[2\]"),
        ({"x": data(2) / 0}, "NaN or infinity"),
    ],
)
def test_what_cannot_be_estimated_is_refused(change, message):
    settings = {"decoder": linear, "x": data(2), "latent": 2, "temperatures": 3, "chains": 2} | change
    with pytest.raises(ValueError, match=message):
        likelihoods(settings.pop("decoder"), settings.pop("x"), **settings)
