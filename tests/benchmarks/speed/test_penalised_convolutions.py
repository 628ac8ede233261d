"""The benchmark of penalised convolutions compares layers that compute the same."""

import importlib
from pathlib import Path

import pytest
import torch

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(Path(__file__).parents[3] / "benchmarks" / "speed")
    penalised = importlib.import_module("penalised_convolutions")


def test_every_variant_gives_the_gradient_of_its_weight():
    for size, plays in penalised.variants(2, 4, 3).items():
        gradients = {name: play()[0] for name, play in plays.items()}
        shapes = {name: list(gradient.shape) for name, gradient in gradients.items() if "last" not in name}
        expected = {
            "1 x 1": {"convolution": [4, 2, 1, 1], "product": [4, 2, 1, 1]},
            "3 x 3": {
                "plain": [4, 4, 3, 3],
                "groups of 16": [4, 4, 3, 3],
                "groups of 8": [4, 4, 3, 3],
                "each alone": [4, 1, 3, 3],
            },
        }
        assert shapes == expected[size]
        assert all(gradient.any() for gradient in gradients.values())


def test_it_is_the_gradient_of_the_slopes_size():
    """By central differences along a direction."""
    torch.manual_seed(0)
    layer = torch.nn.Conv2d(2, 3, 1, bias=False).double()
    x = torch.randn(128, 2, 2, 2, dtype=torch.float64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(penalised.torch, "randn", lambda *_: x)
        play = penalised.penalised(layer, 2, 2, torch.contiguous_format)
    direction = torch.linspace(-1, 1, 6, dtype=torch.float64).reshape(3, 2, 1, 1)
    (gradient,) = play()

    def size(t):
        at = x.clone().requires_grad_()
        y = torch.nn.functional.leaky_relu(torch.nn.functional.conv2d(at, layer.weight.detach() + t * direction), 0.2)
        return torch.autograd.grad(y.square().sum(), at)[0].square().sum()

    expected = (size(1e-6) - size(-1e-6)) / 2e-6
    torch.testing.assert_close((gradient * direction).sum(), expected, rtol=1e-6, atol=0)
