"""A GAN whose generator is given noise at every layer, the last one included (tutorial, section 3.1)."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.noise import Added, Concatenated, Multiplied
from sparring.networks.noisy import GaussianOutput, Noisy


def tiny():
    stages = (Added(4), nn.Sequential(nn.Tanh(), nn.Linear(4, 4))), (Multiplied(4), nn.Tanh())
    hidden = Noisy(nn.Linear(1, 4), 1, *stages, (Concatenated(1), nn.Linear(5, 2)))
    generator = GaussianOutput(hidden, hidden.latent, (2,), 0.2)
    game = GAN(generator, MLP(2, 8, 1, logits=True), Normal(generator.latent))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
