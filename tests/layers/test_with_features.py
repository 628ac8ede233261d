"""The features are those of the layer, whatever follows it."""

import copy

import pytest
import torch
from torch import nn

from sparring import MLP
from sparring.layers.with_features import WithFeatures
from sparring.networks import dcgan


def test_the_columns_are_what_the_parts_give():
    torch.manual_seed(0)
    network, x = dcgan.Discriminator((1, 8, 8), 4, norm=None), torch.randn(3, 1, 8, 8)
    first = network.layers[0]
    found = WithFeatures(network, "layers.0")(x)
    torch.testing.assert_close(found[:, 0], network(x))
    torch.testing.assert_close(found[:, 1:], first(x).flatten(1), msg="the ReLU after it works in place")
    (slope,) = torch.autograd.grad(found[:, 1:].square().sum(), first.weight)
    (expected,) = torch.autograd.grad(first(x).square().sum(), first.weight)
    torch.testing.assert_close(slope, expected)


def test_classes_and_features_can_be_had_apart():
    """As a discriminator of n + 1 classes needs them."""
    network, x = MLP(2, 8, 4), torch.randn(5, 2)
    logits, features = WithFeatures(network, "layers.1").both(x)
    torch.testing.assert_close(logits, network(x))
    torch.testing.assert_close(features, network.layers[1](network.layers[0](x)))


def test_nothing_is_kept():
    network = WithFeatures(MLP(2, 8, 1, logits=True), "layers.1")
    network(torch.randn(5, 2))
    assert not network.network.layers[1]._forward_hooks
    assert copy.deepcopy(network).state_dict().keys() == network.state_dict().keys()
    assert all(name.startswith("network.") for name in network.state_dict())


def test_a_layer_that_is_not_there_or_does_not_run():
    with pytest.raises(ValueError, match=r"the layer is 'body'; expected one of '0', '1'"):
        WithFeatures(nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)), "body")
    same = nn.Linear(2, 2)
    with pytest.raises(RuntimeError, match=r"ran 2 times; expected once"):
        WithFeatures(nn.Sequential(same, same), "0")(torch.zeros(1, 2))
