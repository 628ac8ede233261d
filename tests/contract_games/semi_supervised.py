"""Semi-supervised learning with feature matching (Salimans et al. 2016): two streams, a classifier as discriminator.

The K + 1st logit, "generated", is fixed at 0.
"""

import torch
from torch import nn
from torch.nn.functional import cross_entropy, softplus

from sparring import MLP, Cost, Game, InMemory, Key, Normal, Player


class SemiSupervised(Game):
    def __init__(self, generator, features, head, latent):
        super().__init__()
        self.generator, self.features, self.head, self.latent = generator, features, head, latent

    def players(self):
        return {
            "classifier": Player((self.features, self.head), self.classifier_cost),
            "generator": Player((self.generator,), self.generator_cost),
        }

    def fake(self, round):
        return round.once("fake", lambda: self.generator(self.latent(round.chance)), of=(self.generator,))

    def fake_features(self, round):
        return round.once("fake_features", lambda: self.features(self.fake(round)))

    def real_features(self, round):
        return round.once("real_features", lambda: self.features(round.stream("unlabelled").x))

    def classifier_cost(self, round):
        labelled = round.stream("labelled")
        known = torch.logsumexp(self.head(self.real_features(round)), 1)
        made = torch.logsumexp(self.head(self.fake_features(round)), 1)
        logits = self.head(self.features(labelled.x))
        unlabelled = (softplus(known) - known).mean() + softplus(made).mean()
        return Cost({"labelled": cross_entropy(logits, labelled.y), "unlabelled": unlabelled})

    def generator_cost(self, round):
        gap = (round.gather(self.real_features(round)) - round.gather(self.fake_features(round))).mean(0)
        return Cost({"feature_matching": gap.square().sum()})


def tiny():
    features = nn.Sequential(nn.Linear(2, 8), nn.Tanh())
    points = Key(1).normal("data", (64, 2))
    labels = (points[:, 0] > 0).long()
    streams = {"labelled": InMemory(points[:16], labels[:16]), "unlabelled": InMemory(points)}
    return SemiSupervised(MLP(3, 8, 2), features, nn.Linear(8, 3), Normal(3)), streams
