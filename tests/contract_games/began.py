"""BEGAN (Berthelot et al. 2017): the weight of generated samples is a buffer of the loss, moved after the players."""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.losses import BEGAN
from sparring.networks.autoencoder import absolute, perceptron


def tiny():
    loss = BEGAN(gamma=0.7, rate=0.2)
    critic = perceptron((2,), 8, 1, absolute)
    game = GAN(MLP(3, 8, 2), critic, Normal(3), loss, watch={"convergence": loss.convergence})
    return game, {"real": InMemory(1 + Key(1).normal("data", (64, 2)))}
