"""Minibatch discrimination (Salimans et al. 2016) with a gradient penalty, which looks through it."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.minibatch_discrimination import MinibatchDiscrimination
from sparring.penalties import r1


def tiny():
    critic = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), MinibatchDiscrimination(6, 3, 2), MLP(9, 1, logits=True))
    game = GAN(MLP(3, 8, 2), critic, Normal(3), penalties={r1: 0.1})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
