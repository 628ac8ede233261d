import pytest
import torch

from sparring.chance import Key
from sparring.layers.maxout import Maxout

X = Key(0).normal("x", (5, 3), torch.float64)


def test_each_unit_is_the_largest_of_its_pieces():
    """By hand, a unit and a piece at a time."""
    layer = Maxout(3, 4, 5).double()
    weight, bias = layer.linear.weight.unflatten(0, (5, 4)), layer.linear.bias.unflatten(0, (5, 4))
    for unit in range(4):
        pieces = torch.stack([X @ weight[k, unit] + bias[k, unit] for k in range(5)])
        torch.testing.assert_close(layer(X)[:, unit], pieces.max(0).values)


def test_its_slope_is_that_of_the_largest_piece():
    layer = Maxout(3, 1, 4).double()
    x = X.clone().requires_grad_()
    (slope,) = torch.autograd.grad(layer(x).sum(), x)
    torch.testing.assert_close(slope, layer.linear.weight[layer.linear(X).argmax(1)])


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_wrong_sizes(sizes):
    with pytest.raises(ValueError, match="expected 1 or more"):
        Maxout(*sizes)
