import pytest
import torch
from torch import nn

from sparring import Key
from sparring.networks.autoencoder import Autoencoder, absolute, convolutional, perceptron, squares


@pytest.mark.parametrize(("error", "expected"), [(squares, [2.5, 12.5]), (absolute, [1.5, 3.5])])
def test_the_energy_is_the_error_of_one_sample(error, expected):
    """Of a decoder that gives twice what it should the error is the sample."""
    double = nn.Linear(2, 2, bias=False)
    nn.init.eye_(double.weight).mul(2)
    with torch.no_grad():
        double.weight.mul_(2)
    energies = Autoencoder(nn.Identity(), double, error)(torch.tensor([[1.0, 2.0], [-3.0, 4.0]]))
    assert energies.tolist() == expected


def test_the_least_error_of_a_linear_code_is_that_of_principal_components():
    x = Key(0).normal("x", (50, 3), torch.float64) @ torch.tensor([[3.0, 1, 0], [0, 2, 1], [0, 0, 1]]).double()
    network = Autoencoder(nn.Linear(3, 1), nn.Linear(1, 3)).double()
    steps = torch.optim.LBFGS(network.parameters(), max_iter=500, tolerance_change=1e-14, line_search_fn="strong_wolfe")

    def closure():
        steps.zero_grad()
        value = network(x).mean()
        value.backward()
        return value

    steps.step(closure)
    variances = torch.linalg.eigvalsh(torch.cov(x.T, correction=0))
    assert network(x).mean().item() == pytest.approx(variances[:2].sum().item() / 3, rel=1e-5)


def test_codes_are_small_and_samples_come_back_in_their_shape():
    for network, shape, code in (
        (perceptron((2, 3), 8, 2), (2, 3), 2),
        (convolutional((3, 28, 33), 4, 5), (3, 28, 33), 5),
    ):
        x = torch.zeros(4, *shape)
        assert network.encoder(x).shape == (4, code)
        assert network.decoder(network.encoder(x)).shape == x.shape
