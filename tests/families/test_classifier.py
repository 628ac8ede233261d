import math

import pytest
import torch
from torch import nn

from sparring import InMemory, Phase, Trainer
from sparring.families.classifier import Classifier


def cost(game, y):
    data = InMemory(torch.tensor([[0.0, 0.0], [0.0, 2.0]]), y)
    return game("classifier", next(Trainer(Phase(game, {}, {"labelled": data}, 1, batch=2)).turns()))


def test_cross_entropy_and_accuracy():
    """Logits are the inputs: a row of zeros costs log 2 whatever its label, (0, 2) costs log(1 + e^2) under label 0."""
    network = nn.Linear(2, 2, bias=False)
    nn.init.eye_(network.weight)
    found = cost(Classifier(network), torch.tensor([0, 0]))
    assert found.total.item() == pytest.approx((math.log(2) + math.log1p(math.exp(2))) / 2)
    assert found.watch["accuracy"].item() == 0.5


def test_labels_are_needed():
    with pytest.raises(ValueError, match="no labels; expected"):
        cost(Classifier(nn.Linear(2, 2)), None)


def test_there_is_nothing_to_sample():
    with pytest.raises(TypeError, match="Classifier has no sampler"):
        Classifier(nn.Linear(2, 2)).sampler()
