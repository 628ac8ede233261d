"""Minibatch standard deviation (Karras et al. 2018) of the whole batch and of groups."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.minibatch_deviation import MinibatchDeviation


def tiny():
    critic = nn.Sequential(
        *(nn.Linear(2, 6), nn.Tanh(), MinibatchDeviation(2)),
        *(nn.Linear(7, 5), nn.Tanh(), MinibatchDeviation(None), MLP(6, 1, logits=True)),
    )
    return GAN(MLP(3, 8, 2), critic, Normal(3)), {"real": InMemory(Key(1).normal("data", (64, 2)))}
