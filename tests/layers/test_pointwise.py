import torch
from torch import nn

from sparring.chance import Key
from sparring.layers.pointwise import Pointwise


def test_it_is_a_convolution():
    """Of torch's, with gradients and gradients of gradients, in both layouts."""
    torch.manual_seed(0)
    mine, theirs = Pointwise(3, 4).double(), nn.Conv2d(3, 4, 1).double()
    theirs.load_state_dict(mine.state_dict())
    for layout in (torch.contiguous_format, torch.channels_last):
        found = []
        for layer in (mine, theirs):
            x = Key(0).normal("x", (2, 3, 5, 6), torch.float64).contiguous(memory_format=layout).requires_grad_()
            y = layer(x)
            (slope,) = torch.autograd.grad(y.sin().sum(), x, create_graph=True)
            found.append([y, slope, *torch.autograd.grad(slope.square().sum(), list(layer.parameters()))])
        for a, b in zip(*found, strict=True):
            torch.testing.assert_close(a, b)
