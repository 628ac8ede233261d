"""Packing (Lin et al. 2018) with a loss that compares pairs of packs, and penalties at real and generated samples."""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.checks import Declared
from sparring.layers.packed import Packed
from sparring.losses import Relativistic
from sparring.penalties import r1, r2

DECLARED = Declared(still={"discriminator.network.layers.3.bias": "the loss cancels the critic's output bias"})


def tiny():
    critic = Packed(MLP(4, 8, 1, logits=True), 2)
    game = GAN(MLP(3, 8, 2), critic, Normal(3), Relativistic(), {r1: 0.1, r2: 0.1})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
