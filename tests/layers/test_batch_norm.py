"""Batch norm against its equations, in derivatives of every order that rules and penalties take."""

import pytest
import torch

from sparring import Key
from sparring.layers.batch_norm import BatchNorm1d, BatchNorm2d


def written_out(norm, x):
    """The equations in primitives, which torch differentiates any number of times."""
    over, shape = [0, *range(2, x.ndim)], (1, -1, *[1] * (x.ndim - 2))
    centred = x - x.mean(over, keepdim=True)
    y = centred / (centred.square().mean(over, keepdim=True) + norm.eps).sqrt()
    return y * norm.weight.view(shape) + norm.bias.view(shape) if norm.affine else y


def case(kind, affine):
    shape = (5, 3) if kind is BatchNorm1d else (4, 3, 2, 2)
    norm = kind(3, affine=affine).double()
    with torch.no_grad():
        for name, p in norm.named_parameters():
            p.copy_(1 + 0.3 * Key(1).normal(name, p.shape, p.dtype))
    return norm, Key(0).normal("x", shape, torch.float64)


def slopes(f, norm, x, order):
    """A number made of the derivative of this order, and its own derivatives in all there is."""
    x, v = x.clone().requires_grad_(), Key(2).normal("v", x.shape, x.dtype)
    inputs = [x, *norm.parameters()]
    value = (f(x).sin() * v).sum()
    for _ in range(order - 1):
        found = torch.autograd.grad(value, inputs, create_graph=True)
        value = sum((slope * Key(3).normal(str(i), slope.shape, slope.dtype)).sum() for i, slope in enumerate(found))
    return torch.autograd.grad(value, inputs)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("kind", [BatchNorm1d, BatchNorm2d])
def test_derivatives_of_every_order_are_those_of_the_equations(kind, affine, order):
    """torch's own are wrong from the third on (seen with torch 2.13.0): a penalty under consensus takes the third."""
    norm, x = case(kind, affine)
    theirs = slopes(lambda x: written_out(norm, x), norm, x, order)
    for ours, other in zip(slopes(norm, norm, x, order), theirs, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_first_derivatives_and_running_statistics_are_those_of_torch_bit_for_bit(layout):
    x = Key(0).normal("x", (8, 3, 4, 4)).contiguous(memory_format=layout)
    found = []
    for kind in (BatchNorm2d, torch.nn.BatchNorm2d):
        norm, inputs = kind(3), x.clone().requires_grad_()
        y = norm(inputs)
        slopes = torch.autograd.grad((y * x.cos()).sum(), [inputs, *norm.parameters()])
        found.append([y.detach(), *slopes, *norm.buffers()])
        assert y.is_contiguous(memory_format=layout)
    for ours, theirs in zip(*found, strict=True):
        assert torch.equal(ours, theirs)


def test_half_precision_inputs_keep_their_type():
    norm, x = BatchNorm2d(3), Key(0).normal("x", (4, 3, 2, 2)).bfloat16().requires_grad_()
    y = norm(x)
    (slope,) = torch.autograd.grad(y.float().square().sum(), x, create_graph=True)
    assert (y.dtype, slope.dtype) == (torch.bfloat16, torch.bfloat16)
    assert torch.autograd.grad(slope.float().sum(), norm.weight)[0].dtype == torch.float32


def test_one_number_a_channel_has_no_variance():
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        BatchNorm1d(3)(torch.zeros(1, 3, requires_grad=True))


def test_function_transforms_give_the_same_slopes():
    """As long as no running statistics move, which torch.func does not allow."""
    norm, x = BatchNorm1d(3, track_running_stats=False).double(), Key(0).normal("x", (5, 3), torch.float64)

    def cost(parameters):
        return torch.func.functional_call(norm, parameters, (x,)).sin().square().sum()

    parameters = {name: p.detach() for name, p in norm.named_parameters()}
    theirs = torch.autograd.grad(cost(dict(norm.named_parameters())), list(norm.parameters()))
    for ours, other in zip(torch.func.grad(cost)(parameters).values(), theirs, strict=True):
        torch.testing.assert_close(ours, other)
