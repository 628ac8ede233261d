"""A conditional GAN (Mirza and Osindero 2014) under R1: the label is one more input of both networks."""

import torch
from torch.nn.functional import one_hot

from contract_games.conditional import CLASSES, Conditional, data
from sparring import MLP, Normal
from sparring.penalties import r1


class Concatenated(MLP):
    def forward(self, x, y):
        return super().forward(torch.cat([x, one_hot(y, CLASSES)], 1))


def tiny():
    generator, discriminator = Concatenated(3 + CLASSES, 8, 2), Concatenated(2 + CLASSES, 8, 1, logits=True)
    return Conditional(generator, discriminator, Normal(3), penalties={r1: 0.1}), data()
