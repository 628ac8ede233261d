"""Adaptive augmentation (Karras et al. 2020) of pictures, and R1, whose points are changed too."""

from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal
from sparring.layers.adaptive import Adaptive
from sparring.layers.augmented import Augmented
from sparring.layers.diff_augment import DIFF_AUGMENT
from sparring.penalties import r1


def tiny():
    generator = nn.Sequential(MLP(3, 8, 18), nn.Unflatten(1, (2, 3, 3)))
    adaptive = Adaptive(target=0.5, samples=80, p=0.4)
    critic = Augmented(MLP(18, 8, 1, activation=nn.Tanh, logits=True), (adaptive, *DIFF_AUGMENT[:2]))
    game = GAN(generator, critic, Normal(3), penalties={adaptive.control: 1.0, r1: 0.5})
    return game, {"real": InMemory(Key(1).normal("data", (64, 2, 3, 3)))}
