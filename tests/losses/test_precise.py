"""Precision of functions in two forms, in float32 against float64, and derivatives of second order."""

import torch

from sparring.losses.precise import expm1

V = torch.cat([sign * torch.logspace(-7, 1.9, 400) for sign in (1, -1)])


def test_values_and_slopes():
    for order in (0, 1):
        v, w = V.clone().requires_grad_(), V.double().requires_grad_()
        found, expected = expm1(v), torch.expm1(w)
        if order:
            (found,), expected = torch.autograd.grad(found.sum(), v), w.exp()
        torch.testing.assert_close(found.double(), expected, rtol=1e-5, atol=0)


def test_derivatives_of_second_order():
    v = torch.tensor([-30.0, -1.0, -0.5, 0.0, 0.5, 1.0, 30.0], dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(expm1(v).sum(), v, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), v)
    torch.testing.assert_close(second, v.detach().exp())
