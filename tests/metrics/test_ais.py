import math

import pytest
import torch

from sparring import MLP, Key
from sparring.metrics import ais as module
from sparring.metrics.ais import FULL, REDUCED, ais, bidirectional, dequantised
from sparring.metrics.annealing import Posterior, schedule, transition

W = torch.tensor([[1.0, 0.5], [-0.3, 0.8], [0.2, -1.0], [0.7, 0.1]], dtype=torch.float64)
B = torch.tensor([0.5, -1.0, 0.0, 2.0], dtype=torch.float64)
VARIANCE = 0.2
TRUTH = torch.distributions.MultivariateNormal(B, W @ W.T + VARIANCE * torch.eye(4, dtype=torch.float64))


def linear(z):
    return z @ W.T + B


def data(n):
    return B + Key(7).normal("x", (n, 4), torch.float64) @ torch.linalg.cholesky(TRUTH.covariance_matrix).T


def test_a_linear_decoder_to_a_tenth_of_a_nat():
    x = data(8)
    found = ais(linear, x, latent=2, variance=VARIANCE, temperatures=100, chains=500)
    torch.testing.assert_close(found.values, TRUTH.log_prob(x), atol=0.1, rtol=0)
    assert found.mean == pytest.approx(TRUTH.log_prob(x).mean().item(), abs=0.03)
    assert found.standard_error == pytest.approx(found.values.numpy().std() / math.sqrt(8))
    assert found.effective.min() > 50
    assert found.acceptance == pytest.approx(0.65, abs=0.1)


def test_backwards_to_a_tenth_of_a_nat():
    found = bidirectional(linear, latent=2, variance=VARIANCE, pictures=30, temperatures=200, chains=64, like=B)
    truth = TRUTH.log_prob(found.x)
    assert (found.upper - truth).mean().abs() < 0.1
    assert (found.lower - truth).mean().abs() < 0.1
    assert (found.upper - truth).abs().mean() < 0.1
    assert abs(found.gap) < 0.1


def test_the_bracket_holds_the_truth_and_narrows():
    gaps = []
    for temperatures in (5, 20, 80):
        settings = {"pictures": 200, "temperatures": temperatures, "chains": 4, "like": B}
        found = bidirectional(linear, latent=2, variance=0.05, **settings)
        covariance = W @ W.T + 0.05 * torch.eye(4, dtype=torch.float64)
        truth = torch.distributions.MultivariateNormal(B, covariance).log_prob(found.x).mean()
        assert found.lower.mean() < truth < found.upper.mean()
        gaps.append(found.gap)
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < 1


def test_weights_average_to_the_likelihood_itself():
    """Not only a bound of the logarithm: exp of the estimate is unbiased, with chains that have hardly any steps."""
    x = data(1).expand(4000, 4)
    found = ais(linear, x, latent=2, variance=1.0, temperatures=3, chains=2)
    wide = torch.distributions.MultivariateNormal(B, W @ W.T + torch.eye(4, dtype=torch.float64))
    ratios = (found.values - wide.log_prob(x)).exp()
    assert abs(ratios.mean().item() - 1) < 4 * ratios.std().item() / math.sqrt(4000)


def test_one_temperature_is_importance_sampling():
    x = data(3)
    found = ais(linear, x, latent=2, variance=VARIANCE, temperatures=1, chains=7, seed=4)
    z = Key(4).fold("ais").normal("prior", (7, 3, 2), torch.float64)
    fit = torch.distributions.Normal(linear(z), math.sqrt(VARIANCE)).log_prob(x).sum(2)
    torch.testing.assert_close(found.values, fit.exp().mean(0).log())
    torch.testing.assert_close(found.effective, fit.exp().sum(0) ** 2 / (2 * fit).exp().sum(0))


def test_transitions_leave_the_posterior_as_it_is():
    """Exact samples of the tempered posterior, a Gaussian, keep its mean and covariance."""
    x, beta = data(1), 0.3
    precision = torch.eye(2, dtype=torch.float64) + beta / VARIANCE * W.T @ W
    mean = torch.linalg.solve(precision, beta / VARIANCE * W.T @ (x[0] - B))
    target = torch.distributions.MultivariateNormal(mean, precision_matrix=precision)
    noise = Key(1).normal("start", (20_000, 1, 2), torch.float64)
    posterior = Posterior(linear, x, VARIANCE)
    start = posterior.at(mean + noise @ torch.linalg.cholesky(target.covariance_matrix).T)
    end, acceptance = transition(posterior, start, beta, torch.full((1, 1, 1), 0.7, dtype=torch.float64), Key(0))
    assert 0.3 < acceptance.mean() < 0.99  # rejection matters
    z = end.z.squeeze(1)
    torch.testing.assert_close(z.mean(0), mean, atol=0.02, rtol=0)
    torch.testing.assert_close(z.T.cov(), target.covariance_matrix, atol=0.01, rtol=0.05)
    torch.testing.assert_close(end.fit, posterior.at(end.z).fit)


def test_the_gradient_is_the_likelihoods():
    decoder = MLP(3, 8, 5).double().eval()
    posterior = Posterior(decoder, Key(0).normal("x", (2, 5), torch.float64), 0.3)
    z = Key(0).normal("z", (4, 2, 3), torch.float64)
    bumps = torch.eye(3, dtype=torch.float64) * 1e-6
    finite = [(posterior.at(z + bump).fit - posterior.at(z - bump).fit) / 2e-6 for bump in bumps]
    torch.testing.assert_close(posterior.at(z).slope, torch.stack(finite, 2), rtol=1e-5, atol=1e-6)
    assert all(p.grad is None for p in decoder.parameters())


def test_pictures_in_float32_and_under_no_grad():
    decoder = torch.nn.Sequential(MLP(2, 6, 4), torch.nn.Unflatten(1, (1, 2, 2))).eval()
    x = decoder(Key(0).normal("z", (3, 2))).detach() + 0.3 * Key(0).normal("noise", (3, 1, 2, 2))
    with torch.no_grad():
        found = ais(decoder, x, latent=2, variance=0.09, temperatures=30, chains=50)
    z = Key(9).normal("z", (200_000, 2))
    fit = torch.distributions.Normal(decoder(z).detach(), 0.3).log_prob(x[:, None]).sum((2, 3, 4)).double()
    torch.testing.assert_close(found.values, fit.logsumexp(1) - math.log(200_000), atol=0.2, rtol=0)


def test_all_chance_comes_from_the_seed():
    x = data(3)
    one, same, other = (
        ais(linear, x, latent=2, variance=1.0, temperatures=5, chains=3, seed=seed).values for seed in (0, 0, 1)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_the_schedule():
    """The sigmoid of Wu et al., written out."""
    betas = schedule(1000)
    sigmoid = [1 / (1 + math.exp(-(-4 + 8 * t / 1000))) for t in range(1001)]
    assert betas == pytest.approx([(s - sigmoid[0]) / (sigmoid[-1] - sigmoid[0]) for s in sigmoid])
    assert (betas[0], betas[-1]) == (0, 1)


def test_the_protocols():
    assert (FULL.pictures, FULL.temperatures, FULL.chains) == (1000, 10_000, 16)
    assert (REDUCED.pictures, REDUCED.temperatures, REDUCED.chains) == (100, 1000, 16)
    assert module.ais.__kwdefaults__["temperatures"] == 1000


def test_dequantised():
    x = torch.tensor([[0, 255]], dtype=torch.uint8).repeat(1000, 1)
    noisy = dequantised(x)
    assert torch.equal((noisy * 256).floor().byte(), x)
    assert noisy.mean().item() == pytest.approx(0.5, abs=0.001)
    with pytest.raises(ValueError, match="float32; expected bytes"):
        dequantised(noisy)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"decoder": MLP(2, 4)}, r"training mode.*decoder.eval\(\)"),
        ({"variance": 0.0}, "variance 0.0.*expected positive"),
        ({"temperatures": 0}, "expected positive"),
        ({"chains": 0}, "expected positive"),
        ({"x": data(2)[:, :3]}, r"decoder gives \[4\], x has \[3\]"),
        ({"x": data(2).byte()}, "x is torch.uint8.*`dequantised`"),
        ({"x": data(2) / 0}, "NaN or infinity"),
        ({"decoder": lambda z: linear(z) * torch.nan}, "NaN or infinity"),
    ],
)
def test_what_cannot_be_estimated_is_refused(change, message):
    settings = {"decoder": linear, "x": data(2), "latent": 2, "variance": VARIANCE, "temperatures": 3, "chains": 2}
    settings |= change
    with pytest.raises(ValueError, match=message):
        ais(settings.pop("decoder"), settings.pop("x"), **settings)


def test_nan_away_from_the_middle_is_refused():
    def broken(z):
        return torch.where(z[:, :1] > 0.5, torch.nan, linear(z))

    with pytest.raises(ValueError, match="for latents of the prior"):
        ais(broken, data(9), latent=2, variance=1.0, temperatures=3, chains=9)
