"""Domain-adversarial training by gradient reversal (Ganin et al. 2016, section 4.2): one player, who is two."""

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from sparring import MLP, Cost, Game, InMemory, Key, Player
from sparring.checks import Declared, Estimator

WEIGHT = 0.5


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(_, x):
        return x.view_as(x)

    @staticmethod
    def backward(_, gradient):
        return -WEIGHT * gradient


class Reversal(Game):
    def __init__(self, features, labels, domains):
        super().__init__()
        self.features, self.labels, self.domains = features, labels, domains

    def players(self):
        return {"network": Player((self.features, self.labels, self.domains), self.cost)}

    def cost(self, round):
        source, target = round.stream("source"), round.stream("target")
        here, there = self.features(source.x), self.features(target.x)
        both = self.domains(Reverse.apply(torch.cat([here, there])))
        which = torch.cat([torch.zeros(len(here)), torch.ones(len(there))]).to(both)
        label, domain = cross_entropy(self.labels(here), source.y), binary_cross_entropy_with_logits(both, which)
        return Cost({"label": label, "domain": domain})


def oracle():
    """The gradient is that of two players: the features pay label - w domain, each head its own cross-entropy."""
    features, labels, domains, points = (torch.randn(n, m, dtype=torch.float64).requires_grad_() for n, m in SHAPES)
    answers, where = torch.tensor([0, 1, 1, 0]), torch.tensor([0.0, 0.0, 1.0, 1.0], dtype=torch.float64)

    def terms(reverse):
        made = (points @ features).tanh()
        domain = binary_cross_entropy_with_logits((reverse(made) @ domains)[:, 0], where)
        return cross_entropy(made @ labels, answers), domain

    mine = torch.autograd.grad(sum(terms(Reverse.apply)), (features, labels, domains))
    label, domain = terms(lambda x: x)
    theirs = [
        torch.autograd.grad(cost, side, retain_graph=True)[0]
        for cost, side in ((label - WEIGHT * domain, features), (label, labels), (domain, domains))
    ]
    for value, expected in zip(mine, theirs, strict=True):
        torch.testing.assert_close(value, expected)


SHAPES = ((2, 5), (5, 2), (5, 1), (4, 2))
DECLARED = Declared(estimators={"network": Estimator("gradient reversal, Ganin et al. 2016", oracle)})


def tiny():
    points = Key(1).normal("points", (64, 2))
    streams = {"source": InMemory(points, (points[:, 0] > 0).long()), "target": InMemory(points[:48] + 1)}
    return Reversal(nn.Sequential(nn.Linear(2, 6), nn.Tanh()), nn.Linear(6, 2), MLP(6, 6, 1, logits=True)), streams
