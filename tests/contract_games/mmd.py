"""The MMD GAN (Li et al. 2017), with R1 on the witness, whose samples are among those that it is made of."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.losses import MMD
from sparring.penalties import r1

DECLARED = Declared(still={"discriminator.layers.3.bias": "the kernel does not see where the features are"})


def tiny():
    critic = MLP(2, 8, 3, activation=nn.Tanh)
    game = GAN(MLP(3, 8, 2), critic, Normal(3), MMD(bandwidths=(0.5, 1.0)), {r1: 0.5})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
