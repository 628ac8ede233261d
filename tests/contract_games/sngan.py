"""Spectral norm in both networks (Miyato et al. 2018), whose state moves, and which R1 differentiates twice."""

from torch import nn

from sparring import GAN, InMemory, Key, Normal
from sparring.layers.spectral import spectral
from sparring.layers.upsampling import UpsampledConv2d
from sparring.losses import NonSaturating
from sparring.penalties import r1


def tiny():
    generator = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Unflatten(1, (2, 2, 2)), UpsampledConv2d(2, 1))
    critic = [nn.Conv2d(1, 3, 3, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(48, 1), nn.Flatten(0)]
    game = GAN(spectral(generator), spectral(nn.Sequential(*critic)), Normal(3), NonSaturating(), {r1: 0.1})
    return game, {"real": InMemory(Key(1).normal("data", (64, 1, 4, 4)))}
