import math

import pytest
import torch
from torch import nn

from sparring import GAN, MLP, Alternating, InMemory, Key, Normal, Phase, Trainer
from sparring.games import together
from sparring.games.images import cgan
from sparring.games.images.cgan import ConditionalGAN
from sparring.games.together import Together
from sparring.layers.batch_norm import BatchNorm1d
from sparring.penalties import r1

KEY = Key(4)


def turn(game, streams, batch=8):
    return next(Trainer(Phase(game.double(), {}, streams, 1, batch=batch)).turns())


def test_the_discriminator_is_given_one_batch_of_both():
    """By hand: its cost is that of the two halves of what it gives for all of them."""
    game, streams = together.tiny()
    game.penalties = GAN(game.generator, game.discriminator, Normal(3)).penalties
    round = turn(game, streams)
    x, z = round.stream("real").x, round.chance.normal("latent", 3)
    logits = game.discriminator(torch.cat([x, game.generator(z)]))
    expected = nn.functional.softplus(-logits[:8]).mean() + nn.functional.softplus(logits[8:]).mean()
    torch.testing.assert_close(game("discriminator", round).total, expected)
    torch.testing.assert_close(game("generator", round).total, nn.functional.softplus(-logits[8:]).mean())


def test_without_batch_norm_it_is_the_same_game():
    costs = []
    for cls in (GAN, Together):
        torch.manual_seed(0)
        game = cls(MLP(3, 8, 2), MLP(2, 8, 1, activation=nn.Tanh, logits=True), Normal(3), penalties={r1: 0.5})
        round = turn(game, {"real": InMemory(KEY.normal("data", (64, 2)))})
        costs.append({player: game(player, round).terms for player in game.players()})
    for player, terms in costs[0].items():
        torch.testing.assert_close(terms, costs[1][player])


def best(cls):
    """The discriminator's loss after training on data that differ from samples by their mean alone."""
    torch.manual_seed(0)
    generator = nn.Linear(2, 2)
    with torch.no_grad():
        generator.weight.copy_(torch.eye(2)), generator.bias.zero_()
    critic = nn.Sequential(BatchNorm1d(2), MLP(2, 16, 1, logits=True))
    game = cls(generator, critic, Normal(2))
    data, losses = InMemory(KEY.normal("data", (4096, 2)) + 3), []
    adam = {"discriminator": torch.optim.Adam(critic.parameters(), 0.01)}
    look = lambda _, costs: losses.append(costs["discriminator"].total.item())  # noqa: E731
    still = Phase(game, adam, {"real": data}, 300, Alternating({"generator": 0}), batch=256)
    Trainer(still, hooks=[look]).play()
    return sum(losses[-50:]) / 50


def test_apart_batch_norm_hides_a_difference_of_means_and_together_it_shows():
    """The loss of a discriminator that cannot tell is log 4; means are 3 deviations apart in both coordinates."""
    assert best(GAN) == pytest.approx(math.log(4), abs=0.02)
    assert best(Together) < 0.3


def test_labels_are_told_for_both_halves():
    class Both(Together, ConditionalGAN):
        pass

    torch.manual_seed(0)
    plain, streams = cgan.tiny()
    game = Both(plain.generator, plain.discriminator, Normal(2), plain.condition)
    round = turn(game, streams)
    x, y = round.stream("real").x, round.stream("real").y
    made = game.generator(round.chance.normal("latent", 2), y)
    logits = game.discriminator(torch.cat([x, made]), torch.cat([y, y]))
    expected = nn.functional.softplus(-logits[:8]).mean() + nn.functional.softplus(logits[8:]).mean()
    torch.testing.assert_close(game("discriminator", round).total, expected)
