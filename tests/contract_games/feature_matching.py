"""Feature matching (Salimans et al. 2016) with R1 on the logits, which stand beside the features."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.with_features import WithFeatures
from sparring.losses import FeatureMatching
from sparring.penalties import r1


def tiny():
    critic = WithFeatures(MLP(2, 8, 1, activation=nn.Tanh, logits=True), "layers.2")
    game = GAN(MLP(3, 8, 2), critic, Normal(3), FeatureMatching(), {r1: 0.5})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
