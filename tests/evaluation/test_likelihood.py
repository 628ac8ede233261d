import dataclasses
import itertools
import math

import pytest
import torch
from torch import nn

from sparring import Key
from sparring.evaluation import likelihood
from sparring.evaluation.likelihood import choose_variance, estimate, halved
from sparring.metrics.ais import FULL, REDUCED, Protocol

W = torch.tensor([[1.0, 0.5], [-0.3, 0.8], [0.2, -1.0], [0.7, 0.1]], dtype=torch.float64)
B = torch.tensor([0.5, -1.0, 0.0, 2.0], dtype=torch.float64)


@pytest.fixture
def linear():
    """A decoder whose likelihood is a Gaussian's."""
    layer = nn.Linear(2, 4).double().requires_grad_(False).eval()
    layer.weight.copy_(W)
    layer.bias.copy_(B)
    return layer


def truth(variance):
    return torch.distributions.MultivariateNormal(B, W @ W.T + variance * torch.eye(4, dtype=torch.float64))


def data(n, variance=0.2):
    noise = Key(7).normal("x", (n, 4), torch.float64)
    return B + noise @ torch.linalg.cholesky(truth(variance).covariance_matrix).T


def test_a_linear_decoder_to_a_tenth_of_a_nat(linear):
    x = data(13)
    found = estimate(linear, x, latent=2, variance=0.2, protocol=Protocol(13, 100, 200))
    torch.testing.assert_close(torch.tensor(found.values).double(), truth(0.2).log_prob(x), atol=0.1, rtol=0)
    assert found.mean == pytest.approx(truth(0.2).log_prob(x).mean().item(), abs=0.03)
    assert found.standard_error == pytest.approx(torch.tensor(found.values).std(correction=0).item() / math.sqrt(13))
    assert abs(found.gap) < 0.05
    assert found.acceptance == pytest.approx(0.65, abs=0.1)
    assert len(found.effective) == 13
    assert found.doubts == []


def test_the_variance_is_that_of_the_noise(linear):
    variances = (0.02, 0.07, 0.2, 0.6, 2.0)
    x = data(50)
    best, means = choose_variance(linear, x, latent=2, variances=variances, protocol=Protocol(100, 100, 40))
    assert best == 0.2
    exact = [truth(v).log_prob(x).mean().item() for v in variances]
    assert means == pytest.approx(exact, abs=0.5)
    assert all(mean < bound + 0.02 for mean, bound in zip(means, exact, strict=True))  # too small rather than too large


def test_half_of_a_protocol():
    assert halved(REDUCED) == Protocol(50, 500, 8)
    assert halved(FULL) == Protocol(50, 5000, 8)
    assert halved(Protocol(2, 1, 1)) == Protocol(2, 1, 1)


def test_what_was_finished_is_not_computed_again(linear, tmp_path, monkeypatch):
    settings = {"latent": 2, "variance": 0.2, "protocol": Protocol(23, 5, 2)}
    whole = estimate(linear, data(23), **settings)
    calls, honest = [], likelihood.bidirectional

    def interrupted(*args, **options):
        calls.append(options["pictures"])
        if len(calls) == 2:
            raise KeyboardInterrupt
        return honest(*args, **options)

    monkeypatch.setattr(likelihood, "bidirectional", interrupted)
    with pytest.raises(KeyboardInterrupt):
        estimate(linear, data(23), **settings, kept=tmp_path)
    resumed = estimate(linear, data(23), **settings, kept=tmp_path)
    assert calls == [10, 10, 10, 3]  # the second one twice, as it was interrupted
    assert resumed == whole
    assert estimate(linear, data(23), **settings, kept=tmp_path) == whole
    assert len(calls) == 4


@pytest.mark.parametrize("change", ["variance", "seed", "temperatures", "x", "weights"])
def test_another_question_begins_anew(change, linear, tmp_path):
    settings = {"latent": 2, "variance": 0.2, "protocol": Protocol(3, 5, 2), "kept": tmp_path}
    x = data(3)
    first = estimate(linear, x, **settings)
    match change:
        case "x":
            x = x + 0.1
        case "weights":
            linear.weight.mul_(1.1)
        case "temperatures":
            settings["protocol"] = Protocol(3, 6, 2)
        case _:
            settings[change] = 1
    assert estimate(linear, x, **settings).values != first.values
    assert len(list(tmp_path.iterdir())) == 2


def test_the_choice_is_kept_too(linear, tmp_path, monkeypatch):
    settings = {"latent": 2, "protocol": Protocol(4, 6, 2), "kept": tmp_path}
    first = choose_variance(linear, data(12), **settings)
    monkeypatch.delattr(likelihood, "likelihoods")
    assert choose_variance(linear, data(12), **settings) == first


def test_groups_have_chance_of_their_own(linear):
    x = data(1).expand(20, -1).contiguous()
    values = estimate(linear, x, latent=2, variance=0.2, protocol=Protocol(20, 3, 2)).values
    assert all(a != b for a, b in itertools.combinations(values, 2))


def test_doubts(linear):
    """One temperature is importance sampling, hopeless for little noise."""
    found = estimate(linear, data(4), latent=2, variance=0.001, protocol=Protocol(4, 1, 16))
    assert found.gap > 100
    alike = dataclasses.replace(found, standard_error=1.0)
    assert [doubt.partition(" (")[0] for doubt in alike.doubts] == [
        "The bracket",
        "Most estimates depend on few chains",
    ]
    assert dataclasses.replace(found, standard_error=1e9, effective=(1.0, 9.0, 9.0, 9.0)).doubts == []


@pytest.mark.parametrize(("n", "pictures"), [(3, 4), (1, 1)])
def test_counts_are_checked(n, pictures, linear):
    with pytest.raises(
        ValueError, match=rf"got {n} examples; expected the number of the protocol \({pictures}\), 2 or more"
    ):
        estimate(linear, data(n), latent=2, variance=0.2, protocol=Protocol(pictures, 2, 2))
