"""The energy-based GAN (Zhao et al. 2016): the error of an autoencoder is the energy; some of it passes the margin."""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.losses import EBGAN
from sparring.networks.autoencoder import perceptron


def tiny():
    game = GAN(MLP(3, 8, 2), perceptron((2,), 8, 2), Normal(3), EBGAN(margin=0.2))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
