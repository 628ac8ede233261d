"""Evaluations for tests of penalties."""

import torch
from torch import nn
from torch.func import functional_call

from rounds import round_of
from sparring import MLP, Key
from sparring.penalties import Critique, Generation

KEY = Key(3)
SHAPE = (2, 5, 4)


def samples(n, *shape):
    return KEY.normal("real", (n, *shape), torch.float64), KEY.normal("fake", (n, *shape), torch.float64)


def critique(critic, real, fake):
    real, fake = real.detach().requires_grad_(), fake.detach().requires_grad_()
    return Critique(round_of(total=len(real), dtype=real.dtype), critic, real, fake, critic(real), critic(fake))


def generation(generator, latents):
    latents = latents.detach().requires_grad_()
    return Generation(round_of(total=len(latents), dtype=latents.dtype), latents, generator(latents))


def steep(network):
    """With last weights ten times as large, so that slopes are above 1."""
    last = [layer for layer in network.modules() if isinstance(layer, nn.Linear)][-1]
    with torch.no_grad():
        last.weight.mul_(10)
    return network


def discriminator():
    torch.manual_seed(0)
    return steep(MLP(40, 7, 1, activation=nn.Tanh, logits=True).double())


def generator():
    torch.manual_seed(0)
    return steep(nn.Sequential(MLP(3, 7, 40, activation=nn.Tanh), nn.Unflatten(1, SHAPE)).double())


def at(network, parameters):
    """The network, as a function at other parameters, in the order of its own."""
    there = dict(zip(dict(network.named_parameters()), parameters, strict=True))
    return lambda x: functional_call(network, there, (x,))
