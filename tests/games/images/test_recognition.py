"""A discriminator that recognises classes, against a classifier of K + 1 classes in float64."""

import math

import pytest

from sparring import InMemory, Phase, Trainer
from sparring.games.images.recognition import tiny


def first_round(game, streams):
    return next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns())


def test_its_cost_is_the_cross_entropy_of_all_classes_and_generated():
    """Section 5 of Salimans et al. (2016): the last class, "generated", has the logit 0."""
    game, streams = tiny()
    round = first_round(game.double(), streams)
    costs = {player: game(player, round).total.item() for player in game.players()}
    batch, z = round.stream("real"), round.chance.normal("latent", 2)

    def probabilities(x):
        rows = [[math.exp(logit) for logit in [*row, 0.0]] for row in game.discriminator(x).tolist()]
        return [[part / sum(row) for part in row] for row in rows]

    real, fake = probabilities(batch.x), probabilities(game.generator(z))
    right = [math.log(row[c]) for row, c in zip(real, batch.y.tolist(), strict=True)]
    assert costs["discriminator"] == pytest.approx(-sum(right) / 8 - sum(math.log(p[3]) for p in fake) / 8, rel=1e-10)
    assert costs["generator"] == pytest.approx(-sum(math.log(1 - p[3]) for p in fake) / 8, rel=1e-10)


def test_only_the_discriminator_uses_labels():
    game, streams = tiny()
    unlabelled = {"real": InMemory(streams["real"].x)}
    assert game("generator", first_round(game, unlabelled)).total.item() == pytest.approx(
        game("generator", first_round(game, streams)).total.item()
    )
    with pytest.raises(ValueError, match="'real' has no labels"):
        game("discriminator", first_round(game, unlabelled))
    assert game.sampler().given(3) is None
