import pytest
import torch
from torch import nn

from sparring import MLP, Key, Normal, Uniform
from sparring.evaluation.decoders import Pictures, decoder_of, noise_of
from sparring.evaluation.likelihood import estimate
from sparring.metrics.ais import Protocol
from sparring.networks.noisy import GaussianOutput
from sparring.samplers import GeneratorSampler, Sampler


def test_a_samplers_decoder():
    generator = nn.Sequential(MLP(3, 4), nn.BatchNorm1d(4), nn.Tanh())
    decoder, latent = decoder_of(GeneratorSampler(generator, Normal(3)), pictures=True)
    z = Key(0).normal("z", (5, 3))
    torch.testing.assert_close(decoder(z), (generator(z) + 1) / 2)
    torch.testing.assert_close(decoder(z[:1]), decoder(z)[:1])
    assert latent == 3
    assert not decoder.training
    assert isinstance(decoder, Pictures)
    plain, _ = decoder_of(GeneratorSampler(generator, Normal(3)), pictures=False)
    assert plain is generator


def test_a_generator_that_ends_in_noise():
    """Of a linear one x is Gaussian: covariance W W^T and the noise. Its decoder is what comes before the noise."""
    torch.manual_seed(0)
    mean = nn.Linear(2, 3)
    sampler = GeneratorSampler(GaussianOutput(mean, 2, (3,), deviation=0.5), Normal(5))
    x = sampler.sample(10, seed=3)
    decoder, latent = decoder_of(sampler, pictures=False)
    assert (decoder, latent) == (mean, 2)
    assert noise_of(sampler, pictures=False) == pytest.approx(0.25)
    assert noise_of(sampler, pictures=True) == pytest.approx(0.0625)
    assert noise_of(GeneratorSampler(MLP(3, 4), Normal(3)), pictures=False) is None
    covariance = mean.weight @ mean.weight.T + 0.25 * torch.eye(3)
    true = torch.distributions.MultivariateNormal(mean.bias, covariance).log_prob(x).mean().item()
    found = estimate(decoder, x, latent=latent, variance=0.25, protocol=Protocol(10, 200, 16))
    assert found.mean == pytest.approx(true, abs=0.1)


class Fixed(Sampler):
    def sample(self, n, *, seed=0):
        return torch.zeros(n, 2)


@pytest.mark.parametrize("sampler", [GeneratorSampler(MLP(3, 4), Uniform(3)), Fixed()], ids=["Uniform", "Fixed"])
def test_other_latents_are_refused(sampler, request):
    with pytest.raises(ValueError, match=f"come from {request.node.callspec.id}; expected .* standard normal latents"):
        decoder_of(sampler, pictures=False)
