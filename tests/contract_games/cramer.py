"""The Cramér GAN (Bellemare et al. 2017): features at energy distances, with a penalty on the slope of the witness."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.losses import Cramer
from sparring.penalties import interpolated

DECLARED = Declared(still={"discriminator.layers.3.bias": "distances do not see where the features are"})


def tiny():
    critic = MLP(2, 8, 3, activation=nn.Tanh)
    game = GAN(MLP(3, 8, 2), critic, Normal(3), Cramer(), {interpolated: 0.1})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
