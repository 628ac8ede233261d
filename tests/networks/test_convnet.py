import pytest
import torch
from torch import nn

from sparring.networks.convnet import FEATURES, ConvNet


def test_features_are_what_the_last_layer_sees():
    network = ConvNet(5, 4).eval()
    x = torch.rand(3, 1, 28, 28) * 2 - 1
    features = network.features(x)
    assert features.shape == (3, FEATURES)
    assert (features >= 0).all()
    torch.testing.assert_close(nn.functional.linear(features, network.head.weight, network.head.bias), network(x))


@pytest.mark.parametrize("shape", [(2, 3, 28, 28), (2, 1, 32, 32), (1, 28, 28), (2, 28, 28)])
def test_other_shapes_are_explained(shape):
    with pytest.raises(ValueError, match=r"expected \[n, 1, 28, 28\]: resize"):
        ConvNet(3, 2)(torch.zeros(shape))
