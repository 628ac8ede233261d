"""One-sided label smoothing (Salimans et al. 2016) with noisy labels, whose coins must be the same on two ranks."""

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.losses import NoisyLabels, Smoothed


def tiny():
    game = GAN(MLP(3, 8, 2), MLP(2, 8, 1, logits=True), Normal(3), NoisyLabels(Smoothed(), share=0.3))
    return game, {"real": InMemory(Key(1).normal("data", (64, 2)))}
