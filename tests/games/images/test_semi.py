"""The game of K logits, against a classifier of K + 1 classes in float64."""

import math

import pytest
import torch
from torch import nn

from sparring import InMemory, Phase, Trainer
from sparring.games.images.semi import NPlusOne, SemiSupervisedGAN, tiny
from sparring.latents import Uniform
from sparring.layers.gaussian_noise import GaussianNoise
from sparring.losses import NonSaturating

K = 3


def first_round(game, streams):
    return next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns())


def quiet(outputs):
    """A game without noise whose discriminator is linear, so that its costs can be written down, and its round."""
    streams = tiny()[1]
    generator, network = tiny()[0].generator, nn.Sequential(nn.Flatten(), nn.Linear(16, outputs))
    discriminator = network if outputs == K else NPlusOne(network, K)
    game = SemiSupervisedGAN(generator, discriminator, Uniform(3, reach=0.5), K, NonSaturating()).double()
    return game, network, first_round(game, streams)


def probabilities(logits):
    """Of classes by the softmax, number by number."""
    return [[math.exp(logit) / sum(map(math.exp, row)) for logit in row] for row in logits.tolist()]


@pytest.mark.parametrize("outputs", [K, K + 1])
def test_both_forms_cost_the_cross_entropy_of_all_classes_and_generated(outputs):
    """Salimans et al. (2016), section 5: L_supervised = -E log p(y | x, y < K + 1), and L_unsupervised in halves."""
    game, network, round = quiet(outputs)
    cost = game("discriminator", round)
    labelled, real, fake = round.stream("labelled"), round.stream("real").x, game.generated(round)[1]

    def explicit(x):
        logits = network(x)
        return probabilities(logits if outputs == K + 1 else torch.cat([logits, 0 * logits[:, :1]], 1))

    known = [row[y] / (1 - row[K]) for row, y in zip(explicit(labelled.x), labelled.y.tolist(), strict=True)]
    says_real = [math.log(1 - row[K]) for row in explicit(real)]
    says_fake = [math.log(row[K]) for row in explicit(fake)]
    assert cost.terms["labelled"].item() == pytest.approx(-sum(map(math.log, known)) / 8, rel=1e-10)
    assert cost.terms["loss"].item() == pytest.approx(-(sum(says_real) + sum(says_fake)) / 16, rel=1e-10)
    assert game("generator", round).total.item() == pytest.approx(
        -sum(math.log(1 - row[K]) for row in explicit(fake)) / 8, rel=1e-10
    )


def test_shifting_all_k_plus_1_logits_changes_nothing():
    game, network, round = quiet(K + 1)
    before = game("discriminator", round).total.item()
    with torch.no_grad():
        network[1].bias += 5.0
    assert game("discriminator", round).total.item() == pytest.approx(before, rel=1e-12)


def test_features_pass_the_general_form():
    network = nn.Linear(2, K + 1 + 4)
    x = torch.randn(5, 2)
    output = NPlusOne(network, K)(x)
    assert output.shape == (5, K + 4)
    torch.testing.assert_close(output[:, K:], network(x)[:, K + 1 :])


def test_large_logits_stay_finite():
    game, network, round = quiet(K)
    with torch.no_grad():
        network[1].weight *= 1e4
    assert torch.isfinite(game("discriminator", round).total)
    assert torch.isfinite(game("generator", round).total)


def test_the_generator_matches_the_last_hidden_units_before_their_noise():
    game, streams = tiny()
    classifier = game.double().discriminator.network
    for layer in classifier.layers:
        if isinstance(layer, GaussianNoise):
            layer.size = 0.0
    classifier.layers[-2].size = 100.0  # on the last hidden units
    round = first_round(game, streams)
    fake = game.generator(round.chance.uniform("latent", 3) - 0.5)
    units = [classifier.layers[:-2]((x + 1) / 2) for x in (round.stream("real").x, fake)]
    gap = (units[0] - units[1]).mean(0)
    assert game("generator", round).total.item() == pytest.approx(gap.square().sum().item(), rel=1e-10)


def test_labels_are_needed_where_they_are_asked_for():
    game, streams = tiny()
    with pytest.raises(ValueError, match="'labelled' has no labels"):
        game("discriminator", first_round(game, streams | {"labelled": InMemory(streams["real"].x)}))


def test_its_sampler_classifies_without_noise():
    game, streams = tiny()
    sampler = game.sampler()
    x = streams["real"].x
    found = sampler.classify(x)
    assert found.shape == (64, K)
    torch.testing.assert_close(found.sum(1), torch.ones(64))
    torch.testing.assert_close(sampler.classify(x), found)
    torch.testing.assert_close(sampler.settled().classify(x), found)
    assert game.discriminator.training
    assert sampler.sample(2).shape == (2, 1, 4, 4)
