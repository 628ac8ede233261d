"""Annealed instance noise (Sønderby et al. 2016) before a discriminator with a penalty."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.instance_noise import InstanceNoise
from sparring.penalties import r1
from sparring.schedules import linear


def tiny():
    critic = InstanceNoise(MLP(2, 8, 1, activation=nn.Tanh, logits=True), linear(0.5, 0.1))
    game = GAN(MLP(3, 8, 2), critic, Normal(3), penalties={r1: 0.5})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
