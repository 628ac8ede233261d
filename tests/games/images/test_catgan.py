"""Categorical GANs, against entropies that are added up number by number."""

import math

import pytest
import torch

from sparring import InMemory, Phase, Trainer
from sparring.games.images.catgan import Entropies, entropies, tiny
from sparring.layers.gaussian_noise import GaussianNoise


def entropy(p):
    return -sum(q * math.log(q) for q in p)


def enumerated(logits):
    """H of the mean, and the mean H."""
    rows = [[math.exp(logit) / sum(map(math.exp, row)) for logit in row] for row in logits.tolist()]
    return entropy([sum(column) / len(rows) for column in zip(*rows, strict=True)]), sum(map(entropy, rows)) / len(rows)


def test_both_costs_are_sums_of_entropies():
    """Equations 7 and 9 of Springenberg (2015)."""
    game, streams = tiny()
    for layer in game.double().discriminator.layers:
        if isinstance(layer, GaussianNoise):
            layer.size = 0.0
    game.labelled = 0.7
    round = next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns())
    labelled, fake = round.stream("labelled"), game.generator(round.chance.uniform("latent", 3) - 0.5)
    (balance, doubt), (made_balance, made_doubt) = (
        enumerated(game.discriminator(x)) for x in (round.stream("real").x, fake)
    )
    logits = game.discriminator(labelled.x).log_softmax(1)
    right = [row[c] for row, c in zip(logits.tolist(), labelled.y.tolist(), strict=True)]
    expected = -balance + doubt - made_doubt - 0.7 * sum(right) / 8
    assert game("discriminator", round).total.item() == pytest.approx(expected, rel=1e-10)
    assert game("generator", round).total.item() == pytest.approx(-made_balance + made_doubt, rel=1e-9)


def test_the_best_and_the_worst_that_a_discriminator_can_do():
    """Sure and in equal parts of real samples, unsure of others: 2 log K; the other way round it pays log K."""
    sure, unsure = 100 * torch.eye(4).repeat(3, 1), torch.zeros(12, 4)
    loss = Entropies()
    assert loss.discriminator(sure, unsure).item() == pytest.approx(-2 * math.log(4))
    assert loss.discriminator(sure[:1].expand(12, 4), sure).item() == pytest.approx(0, abs=1e-6)
    assert loss.generator(unsure, sure).item() == pytest.approx(-math.log(4))


def test_large_logits_have_finite_gradients():
    logits = (1e4 * torch.randn(6, 3)).requires_grad_()
    (slope,) = torch.autograd.grad(sum(entropies(logits)), logits)
    assert torch.isfinite(slope).all()


def test_without_labels_it_asks_for_none():
    game, streams = tiny()
    game.labelled = 0.0
    round = next(Trainer(Phase(game, {}, {"real": streams["real"]}, 1, batch=8)).turns())
    assert list(game("discriminator", round).terms) == ["loss"]


def test_labels_are_needed_where_they_are_asked_for():
    game, streams = tiny()
    streams["labelled"] = InMemory(streams["real"].x)
    with pytest.raises(ValueError, match="'labelled' has no labels"):
        game("discriminator", next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns()))


def test_its_sampler_classifies():
    game, streams = tiny()
    assert game.sampler().classify(streams["real"].x).shape == (64, 3)
    assert game.judge(streams["real"].x) is None
