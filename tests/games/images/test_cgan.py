"""The formulas of conditional networks against plain ones, picture by picture in float64."""

import math

import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d, leaky_relu

from sparring import InMemory, Key, Phase, Trainer
from sparring.games.images.cgan import tiny
from sparring.networks.conditional_dcgan import Discriminator, Generator

SHAPE, CLASSES = (1, 28, 28), 3
Y = torch.tensor([2, 0, 2, 1, 1])


def normalised(x):
    """Each channel of [B, C, H, W] without its mean, over its standard deviation."""
    mean, variance = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, correction=0)
    return (x - mean) / (variance + 1e-5).sqrt()


@pytest.fixture
def networks():
    with Key(0).seeded():
        networks = Generator(SHAPE, CLASSES, 4, 2).double(), Discriminator(SHAPE, CLASSES, 2).double()
        for network in networks:
            for p in network.parameters():
                torch.nn.init.normal_(p, std=0.3)
    return networks


def test_the_critic_projects_features_on_the_class(networks):
    """Equation 3 of Miyato and Koyama (2018): y^T V phi(x) + psi(phi(x)), y one-hot."""
    x, p = Key(1).normal("x", (5, *SHAPE)).double(), dict(networks[1].named_parameters())
    features = leaky_relu(conv2d(x, p["phi.0.weight"], p["phi.0.bias"], 2, 1), 0.2)
    features = normalised(conv2d(features, p["phi.2.weight"], None, 2, 1))
    gain, bias = (p[f"phi.3.{name}"][:, None, None] for name in ("weight", "bias"))
    features = leaky_relu(features * gain + bias, 0.2).flatten(1)
    hot = torch.eye(CLASSES, dtype=torch.double)[Y]
    expected = [
        hot[i] @ p["v.weight"] @ features[i] + p["psi.weight"][0] @ features[i] + p["psi.bias"][0] for i in range(5)
    ]
    torch.testing.assert_close(networks[1](x, Y), torch.stack(expected), rtol=1e-12, atol=1e-12)


def test_the_generator_has_the_class_beside_the_latent_and_in_its_norms(networks):
    z, p = Key(1).normal("z", (5, 4)).double(), dict(networks[0].named_parameters())
    inputs = torch.cat([z, torch.eye(CLASSES, dtype=torch.double)[Y]], 1)
    x = (inputs @ p["first.weight"].T).reshape(5, 4, 7, 7)
    for layer, bias in ((0, None), (1, p["layers.1.bias"])):
        gains, biases = p[f"norms.{layer}.gain.weight"], p[f"norms.{layer}.bias.weight"]
        rows = [
            row * gains[c][:, None, None] + biases[c][:, None, None] for row, c in zip(normalised(x), Y, strict=True)
        ]
        x = conv_transpose2d(torch.stack(rows).clamp(min=0), p[f"layers.{layer}.weight"], bias, 2, 1)
    torch.testing.assert_close(networks[0](z, Y), x.tanh(), rtol=1e-12, atol=1e-12)


def test_both_players_are_told_the_classes_of_the_real_samples():
    """Equation 2 of Mirza and Osindero (2014), the generator's side as -E log D."""
    game, streams = tiny()
    round = next(Trainer(Phase(game.double(), {}, streams, 1, batch=8)).turns())
    costs = {player: game(player, round).total.item() for player in game.players()}
    batch, z = round.stream("real"), round.chance.normal("latent", 2)
    real, fake = game.discriminator(batch.x, batch.y), game.discriminator(game.generator(z, batch.y), batch.y)

    def mean_log(logits, sign):
        return sum(math.log(1 + math.exp(-sign * logit)) for logit in logits.tolist()) / 8

    assert costs["discriminator"] == pytest.approx(mean_log(real, 1) + mean_log(fake, -1), rel=1e-10)
    assert costs["generator"] == pytest.approx(mean_log(fake, 1), rel=1e-10)
    other = game.discriminator(batch.x, (batch.y + 1) % 3)
    assert not torch.allclose(real, other)


def test_a_sample_depends_on_the_seed_its_number_and_its_class_only():
    sampler = tiny()[0].sampler().settled()
    classes = torch.tensor([1, 0, 2])
    samples = sampler.sample(300, given=classes, seed=5)
    assert torch.allclose(sampler.sample(4, given=classes, seed=5), samples[:4], atol=1e-6)
    mixed = sampler.sample(4, given=torch.tensor([1, 2, 2, 0]), seed=5)
    assert [torch.allclose(a, b, atol=1e-6) for a, b in zip(mixed, samples, strict=False)] == [True, False, True, False]
    assert not torch.allclose(sampler.sample(4, given=classes, seed=6), samples[:4], atol=1e-3)
    drawn = sampler.given(4, seed=5)
    assert torch.equal(sampler.sample(4, seed=5), sampler.sample(4, given=drawn, seed=5))


def test_samples_without_labels_are_refused():
    game, streams = tiny()
    round = next(Trainer(Phase(game, {}, {"real": InMemory(streams["real"].x)}, 1, batch=8)).turns())
    with pytest.raises(ValueError, match="'real' has no labels"):
        game("discriminator", round)
