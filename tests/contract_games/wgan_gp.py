"""WGAN-GP (Gulrajani et al. 2017): a Wasserstein critic under a penalty at random points."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.losses import Wasserstein
from sparring.penalties import interpolated

DECLARED = Declared(still={"discriminator.layers.3.bias": "the loss cancels the critic's output bias"})


def tiny():
    critic = MLP(2, 8, 1, activation=nn.Tanh, logits=True)  # of rectifiers the penalty hardly depends on the points
    game = GAN(MLP(3, 8, 2), critic, Normal(3), Wasserstein(), {interpolated: 10.0})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
