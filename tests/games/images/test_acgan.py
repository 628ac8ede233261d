"""The costs of AC-GAN against the likelihoods of its paper, example by example in float64."""

import math

import pytest
import torch

from sparring import InMemory, Phase, Trainer
from sparring.games.images.acgan import tiny


def first_round(game, streams):
    return next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns())


def test_both_players_maximise_the_likelihood_of_the_class():
    """Equations 2 and 3 with sums over examples; P(C) is a softmax over K, P(S) a sigmoid."""
    game, streams = tiny()
    round = first_round(game.double(), streams)
    costs = {player: game(player, round) for player in game.players()}
    batch, z = round.stream("real"), round.chance.normal("latent", 2)
    outputs = {"real": game.discriminator(batch.x), "fake": game.discriminator(game.generator(z, batch.y))}

    def source(kind, sign):
        return sum(math.log(1 / (1 + math.exp(-sign * row[0]))) for row in outputs[kind].tolist()) / 8

    def likelihood(kind):
        rows = zip(outputs[kind].tolist(), batch.y.tolist(), strict=True)
        return sum(math.log(math.exp(row[1 + c]) / sum(map(math.exp, row[1:]))) for row, c in rows) / 8

    l_s, l_c = source("real", 1) + source("fake", -1), likelihood("real") + likelihood("fake")
    assert costs["discriminator"].total.item() == pytest.approx(-(l_s + l_c), rel=1e-10)
    assert costs["generator"].total.item() == pytest.approx(-source("fake", 1) - likelihood("fake"), rel=1e-10)


def test_the_discriminator_is_not_told_the_class():
    game, streams = tiny()
    x, y = streams["real"].x[:6], streams["real"].y[:6]
    assert torch.equal(game.judge(x, y), game.judge(x, (y + 1) % 3))


def test_samples_can_be_asked_for():
    sampler = tiny()[0].sampler()
    bags, coats = (sampler.sample(4, given=torch.tensor([c]), seed=3) for c in (0, 1))
    assert not torch.allclose(bags, coats)


def test_samples_without_labels_are_refused():
    game, streams = tiny()
    with pytest.raises(ValueError, match="'real' has no labels"):
        game("discriminator", first_round(game, {"real": InMemory(streams["real"].x)}))
