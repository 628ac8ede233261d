"""For tests of discriminators: whether the gradient of a penalty on their slopes is right."""

import torch
from torch.func import functional_call

from sparring.chance import Key


def agrees_with_finite_differences(network, shape, step=1e-6):
    """The derivative of mean |grad_x D|^2 along a direction of the parameters, in float64: R1's and R2's.

    Parameters are moved a little first, away from zeros and kinks.
    """
    key = Key(5)
    parameters = {
        name: (p + 0.1 * key.normal(name, tuple(p.shape), p.dtype)).detach().requires_grad_()
        for name, p in network.named_parameters()
    }
    direction = {name: key.normal(f"along {name}", tuple(p.shape), p.dtype) for name, p in parameters.items()}
    x = key.normal("x", (3, *shape), torch.float64)

    def penalty(there):
        at = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(functional_call(network, there, (at,)).sum(), at, create_graph=True)
        return slope.flatten(1).square().sum(1).mean()

    gradients = torch.autograd.grad(penalty(parameters), list(parameters.values()), allow_unused=True)
    pairs = zip(gradients, direction.values(), strict=True)
    analytic = sum((g * d).sum() for g, d in pairs if g is not None)
    ahead, behind = (
        penalty({name: (p + sign * step * direction[name]).detach() for name, p in parameters.items()})
        for sign in (1, -1)
    )
    assert analytic.abs() > 1e-4, "nothing to compare"
    torch.testing.assert_close(analytic, (ahead - behind) / (2 * step), rtol=1e-5, atol=1e-8)
