"""Penalties that keep averages, draw, or look across the batch, on both players, some of them now and then."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.penalties import Consistency, Lazy, LeCam, Noise, PathLength, dragan, interpolated_one_sided, zero_centred
from sparring.schedules import linear


def tiny():
    critic = MLP(2, 8, 1, activation=nn.Tanh, logits=True)
    penalties = {
        LeCam(0.5): 0.3,
        Consistency((Noise(0.2),), ("real", "fake")): linear(1.0, 0.5),
        dragan: 0.1,
        Lazy(zero_centred, 2): 0.1,
        interpolated_one_sided: 1.0,
    }
    regularizers = {Lazy(PathLength(0.5), 2): 0.2}
    game = GAN(MLP(3, 8, 2, activation=nn.Tanh), critic, Normal(3), penalties=penalties, regularizers=regularizers)
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
