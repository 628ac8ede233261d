"""The relativistic game with R1 and R2 (Huang et al. 2024), with dropout, whose masks must repeat."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.layers.dropout import Dropout
from sparring.losses import Relativistic
from sparring.penalties import r1, r2

DECLARED = Declared(still={"discriminator.2.layers.3.bias": "the loss cancels the critic's output bias"})


def tiny():
    critic = nn.Sequential(nn.Linear(2, 8), Dropout(0.3), MLP(8, 8, 1, activation=nn.Tanh, logits=True))
    game = GAN(MLP(3, 8, 2), critic, Normal(3), Relativistic(), {r1: 0.5, r2: lambda number: 0.5 / (1 + number)})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
