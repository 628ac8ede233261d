import copy

import pytest
import torch
from torch import nn

from sparring.chance import Key
from sparring.layers.downsampling import PooledConv2d


@pytest.mark.parametrize("sides", [(6, 8), (7, 5), (2, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_it_is_a_convolution_and_a_mean(sides, bias):
    """Against the two of torch: values, gradients, and gradients of gradients."""
    torch.manual_seed(0)
    layer = PooledConv2d(2, 3, bias=bias).double()
    plain = nn.Conv2d(2, 3, 3, padding=1, bias=bias).double()
    plain.load_state_dict(layer.state_dict())
    x = Key(1).normal("x", (4, 2, *sides), torch.float64)
    weights = Key(2).normal("w", (4, 3, sides[0] // 2, sides[1] // 2), torch.float64)
    found = []
    for network in (layer, nn.Sequential(copy.deepcopy(plain), nn.AvgPool2d(2))):
        at = x.clone().requires_grad_()
        y = network(at)
        (slope,) = torch.autograd.grad((y.sin() * weights).sum(), at, create_graph=True)
        found.append([y, slope, *torch.autograd.grad(slope.square().sum(), list(network.parameters()))])
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs)
