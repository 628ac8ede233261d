import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.autograd import grad
from torch.nn.utils.parametrizations import spectral_norm

from sparring.layers.upsampling import UpsampledConv2d


def pair(before, after, bias=True):
    """The layer, and upsampling and convolution with the same parameters, in float64."""
    layer, convolution = UpsampledConv2d(before, after, bias=bias), nn.Conv2d(before, after, 3, padding=1, bias=bias)
    layer.load_state_dict(convolution.state_dict())
    return layer.double(), nn.Sequential(nn.Upsample(scale_factor=2), convolution).double()


def slopes(network, x):
    """Value, gradients of a nonlinear function of it, and gradients of a function of those gradients."""
    variables = (x, *network.parameters())
    y = network(x)
    first = grad(y.sin().sum(), variables, create_graph=True)
    return [y, *first, *grad(sum((g / 10).sin().sum() for g in first), variables)]  # of moderate size


@given(st.integers(1, 3), st.integers(1, 4), st.integers(1, 4), st.integers(1, 7), st.integers(1, 7), st.booleans())
@settings(max_examples=60)
def test_the_same_as_upsampling_and_convolution(n, before, after, height, width, bias):
    torch.manual_seed(0)
    layer, reference = pair(before, after, bias)
    x = torch.randn(n, before, height, width, dtype=torch.float64, requires_grad=True)
    for mine, expected in zip(slopes(layer, x), slopes(reference, x), strict=True):
        torch.testing.assert_close(mine, expected, rtol=1e-10, atol=1e-10)


def test_kernel_of_one_dimension():
    layer = UpsampledConv2d(1, 1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.0, 0.0, 0.0], [2.0, 3.0, 5.0], [0.0, 0.0, 0.0]]))
    rows = layer.kernel()[0, 0]
    assert rows.tolist() == [[0.0] * 4, [5.0, 8.0, 5.0, 2.0], [5.0, 8.0, 5.0, 2.0], [0.0] * 4]


def test_states_go_both_ways():
    layer, reference = pair(2, 3)
    assert layer.state_dict().keys() == reference[1].state_dict().keys()
    reference[1].load_state_dict(layer.state_dict())


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_layouts_in_float32(layout):
    layer, reference = (network.float().to(memory_format=layout) for network in pair(4, 5))
    x = torch.randn(3, 4, 5, 6).to(memory_format=layout)
    torch.testing.assert_close(layer(x), reference(x))


def test_spectral_norm_is_that_of_the_small_kernel():
    layer, reference = pair(3, 5)
    layer.weight.data *= 7
    expected = layer.weight.detach() / torch.linalg.svdvals(layer.weight.detach().flatten(1))[0]
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    normal = spectral_norm(layer, n_power_iterations=300)
    torch.testing.assert_close(normal.weight, expected)
    reference[1].weight.data.copy_(expected)
    torch.testing.assert_close(normal(x), reference(x))
