import pytest
import torch
from torch import nn

from sparring import MLP, InMemory, Phase, Trainer
from sparring.families.classifier import Classifier
from sparring.layers.gaussian_noise import GaussianNoise


class Seen(nn.Module):
    """Keeps what passes through it."""

    def forward(self, x):
        self.x = x
        return x


def test_in_a_round_it_is_normal_and_the_same_again():
    seen = Seen()
    network = nn.Sequential(GaussianNoise(0.5), seen, MLP(50, 3))
    data = InMemory(torch.ones(4000, 50), torch.zeros(4000, dtype=torch.int64))
    game = Classifier(network)
    round = next(Trainer(Phase(game, {}, {"labelled": data}, 1, batch=4000)).turns())
    game("classifier", round)
    first = seen.x
    game("classifier", round)
    assert torch.equal(first, seen.x)
    noise = (first - 1).flatten().double()
    assert noise.mean().item() == pytest.approx(0, abs=0.005)
    assert noise.std().item() == pytest.approx(0.5, abs=0.005)
    quantiles = torch.tensor([0.01, 0.25, 0.9], dtype=torch.float64)
    expected = 0.5 * torch.special.ndtri(quantiles)
    torch.testing.assert_close(torch.quantile(noise[:100_000], quantiles), expected, atol=0.02, rtol=0)
    assert torch.isfinite(first).all()


def test_outside_a_round_it_is_torchs_and_in_evaluation_there_is_none():
    x, layer = torch.zeros(1000), GaussianNoise(2.0)
    torch.manual_seed(0)
    assert layer(x).std().item() == pytest.approx(2.0, rel=0.1)
    assert torch.equal(layer.eval()(x), x)
    assert torch.equal(GaussianNoise(0.0)(x), x)


def test_a_negative_size_is_refused():
    with pytest.raises(ValueError, match="the size of the noise is -1; expected 0 or more"):
        GaussianNoise(-1)
