"""An auxiliary-classifier GAN (Odena et al. 2017): the discriminator also names the class, of both kinds of samples.

Both players minimise the cross-entropy of the class, equation 3; the discriminator is not told the label.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from contract_games.conditional import CLASSES, data
from sparring import GAN, MLP, Normal
from sparring.penalties import r1


class TwoHeads(nn.Module):
    def __init__(self, size, width):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(size, width), nn.Tanh())
        self.source, self.classes = MLP(width, 1, logits=True), nn.Linear(width, CLASSES)

    def forward(self, x):
        features = self.trunk(x)
        return self.source(features), self.classes(features)


class Auxiliary(GAN):
    def latents(self, round):
        return torch.cat([super().latents(round), one_hot(round.stream("real").y, CLASSES)], 1)

    def reading(self, output):
        return super().reading(output[0])

    def discriminator_cost(self, round):
        real = self.classes(round, self.judged_real(round))
        return super().discriminator_cost(round).plus(classes=real + self.classes(round, self.judged_fake(round)))

    def generator_cost(self, round):
        return super().generator_cost(round).plus(classes=self.classes(round, self.judged_fake(round)))

    def judge(self, x, y=None):
        return super().judge(x)

    def classes(self, round, judged):
        return cross_entropy(judged[1][1], round.stream("real").y)


def tiny():
    return Auxiliary(MLP(3 + CLASSES, 8, 2), TwoHeads(2, 8), Normal(3), penalties={r1: 0.1}), data()
