"""RGAN (Esteban et al. 2017): recurrent networks on windows of two channels, under R1."""

from sparring import GAN, InMemory, Key, Normal
from sparring.losses import NonSaturating
from sparring.networks.recurrent_series import Discriminator, Generator
from sparring.penalties import r1


def tiny():
    game = GAN(Generator(10, 2, 1, 5), Discriminator(2, 4), Normal(11), NonSaturating(), {r1: 0.5})
    return game, {"real": InMemory(Key(1).uniform("data", (64, 10, 2)) - 0.5)}
