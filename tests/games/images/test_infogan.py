"""The bound of InfoGAN against enumerated mutual information, and who learns of it."""

import math

import pytest
import torch
from torch.distributions import Categorical, Normal, kl_divergence
from torch.nn.functional import one_hot

from sparring import Key, Phase, Trainer
from sparring.conditions.codes import Codes
from sparring.games.images.infogan import information, tiny

COUNTS = torch.tensor([[6, 2, 0], [1, 6, 1], [4, 0, 4]])
"""Of pairs (code, sample): each code is as frequent as the others."""


@pytest.fixture
def pairs():
    """Codes and samples, each pair as often as it is counted."""
    cells = [(c, x) for c in range(3) for x in range(3) for _ in range(COUNTS[c, x])]
    return torch.tensor(cells).T


@pytest.fixture
def turn():
    game, streams = tiny()
    return game, next(Trainer(Phase(game.double(), {}, streams, 1, batch=8)).turns())


def mutual_information(p):
    """Of a joint distribution [C, X], by its definition."""
    p = p.tolist()
    of_c, of_x = [sum(row) for row in p], [sum(column) for column in zip(*p, strict=True)]
    each = [v * math.log(v / (of_c[c] * of_x[x])) for c, row in enumerate(p) for x, v in enumerate(row) if v]
    return sum(each)


def test_the_bound_is_the_mutual_information_where_q_is_the_posterior(pairs):
    c, x = pairs
    p = COUNTS.double() / COUNTS.sum()
    posterior = (p / p.sum(0)).log().clamp(min=-700).T[x]
    found = information(Codes((3,)), posterior, one_hot(c, 3).double())
    assert found.item() == pytest.approx(mutual_information(p), rel=1e-12)


def test_it_is_less_otherwise_by_the_divergence_of_q_from_the_posterior(pairs):
    c, x = pairs
    p = COUNTS.double() / COUNTS.sum()
    logits = torch.tensor([[0.3, -1.0, 0.5], [0.0, 2.0, 0.1], [-0.4, 0.2, 0.9]]).double()
    found = information(Codes((3,)), logits[x], one_hot(c, 3).double()).item()
    apart = kl_divergence(Categorical((p / p.sum(0)).T), Categorical(logits=logits)) @ p.sum(0)
    assert apart > 0.1
    assert found == pytest.approx(mutual_information(p) - apart.item(), rel=1e-12)


def test_codes_add_up_and_numbers_are_gaussian_of_variance_1():
    codes = Codes((3, 2), 2)
    c = codes.draw(Key(0).rows(6))
    guess = torch.linspace(-2, 2, 6 * 7).reshape(6, 7)
    parts = [
        Categorical(logits=guess[:, :3]).log_prob(c[:, :3].argmax(1)) + math.log(3),
        Categorical(logits=guess[:, 3:5]).log_prob(c[:, 3:5].argmax(1)) + math.log(2),
        Normal(guess[:, 5:], 1.0).log_prob(c[:, 5:]).sum(1) + 2 * math.log(2),
    ]
    assert information(codes, guess, c).item() == pytest.approx(sum(parts).mean().item(), rel=1e-6)


def test_both_costs_are_lowered_by_the_weighted_bound(turn):
    game, round = turn
    costs = {player: game(player, round) for player in game.players()}
    c = game.condition.draw(round.chance)
    output = game.discriminator(game.generator(round.chance.normal("latent", 2), c))
    bound = information(game.condition, output[:, 1:], c).item()
    assert all(cost.terms["codes"].item() == pytest.approx(-0.5 * bound, rel=1e-12) for cost in costs.values())
    assert costs["discriminator"].watch["information"].item() == pytest.approx(bound, rel=1e-12)
    logits = output[:, 0].tolist()
    assert costs["generator"].terms["loss"].item() == pytest.approx(
        sum(math.log(1 + math.exp(-a)) for a in logits) / 8, rel=1e-10
    )


def test_the_trunk_that_q_shares_learns_of_the_codes(turn):
    """A known bug of copies: Natsu6767/InfoGAN-PyTorch, issue 2."""
    game, round = turn
    trunk = game.discriminator.layers[1].weight
    (gradient,) = torch.autograd.grad(game("discriminator", round).terms["codes"], trunk)
    assert gradient.abs().max() > 1e-3


def test_what_q_reads_of_samples(turn):
    game, round = turn
    x = round.stream("real").x
    assert torch.equal(game.read(x), game.discriminator(x)[:, 1:])
    assert torch.equal(game.judge(x), game.discriminator(x)[:, 0])
