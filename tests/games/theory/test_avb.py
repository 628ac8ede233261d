"""Adversarial variational Bayes against enumeration: two examples, three latents, four equally likely noises."""

import math

import pytest
import torch
from torch import nn

from sparring import MLP, Normal, Phase, Trainer
from sparring.game import Batch
from sparring.games.theory.avb import AdversarialVariationalBayes, Gaussian, tiny
from sparring.networks.concatenation import Beside

PRIOR = torch.tensor([0.5, 0.25, 0.25])
Q = torch.tensor([[0.75, 0.25, 0.0], [0.25, 0.25, 0.5]])
LIKELIHOOD = torch.tensor([[0.8, 0.4, 0.1], [0.2, 0.6, 0.9]])
"""p(x | z) of two examples, [x, z]."""
DRAWN = torch.tensor([[0, 0, 0, 1], [0, 1, 2, 2]])
"""The latent of each example and each noise: as often as Q says."""
X, NOISE = torch.arange(2).repeat_interleave(4)[:, None].float(), torch.arange(4).repeat(2)[:, None].float()
FROM_PRIOR = torch.tensor([0.0, 0, 1, 2]).repeat(2)[:, None]


class Table(nn.Module):
    """A number for each pair."""

    def __init__(self, values):
        super().__init__()
        self.values = nn.Parameter(values.clone())

    def forward(self, x, z):
        return self.values[x[:, 0].long(), z[:, 0].long()]


class Drawn(nn.Module):
    """The latent of an example and a noise."""

    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(1))

    def forward(self, x, noise):
        return DRAWN[x[:, 0].long(), noise[:, 0].long()][:, None] + self.shift


class Enumeration:
    """A stream that gives the examples in this order."""

    def draw(self, n, key):
        return Batch(X)

    def state_dict(self):
        return {}

    def load_state_dict(self, state):
        pass


def enumerated(t):
    game = AdversarialVariationalBayes(
        Drawn(), Table(LIKELIHOOD.log()), Table(t), lambda chance: FROM_PRIOR, lambda chance: NOISE
    )
    return game, next(Trainer(Phase(game, {}, {"data": Enumeration()}, 1, batch=8)).turns())


BEST = (Q.clamp(min=1e-9) / PRIOR).log()


def divergence():
    """KL(q || p) of each example, by its definition."""
    rows = zip(Q.tolist(), strict=True)
    return [sum(q * math.log(q / p) for q, p in zip(row, PRIOR.tolist(), strict=True) if q) for (row,) in rows]


def test_the_mean_of_the_best_t_is_the_divergence():
    game, round = enumerated(BEST)
    found = game("encoder", round).terms["divergence"].item()
    assert found == pytest.approx(sum(divergence()) / 2, rel=1e-6)


def test_then_the_cost_is_less_log_evidence_and_the_divergence_from_the_posterior():
    game, round = enumerated(BEST)
    joint = (LIKELIHOOD * PRIOR).tolist()
    expected = 0.0
    for x, row in enumerate(joint):
        evidence = sum(row)
        apart = sum(q * math.log(q / (j / evidence)) for q, j in zip(Q[x].tolist(), row, strict=True) if q)
        expected += (apart - math.log(evidence)) / 2
    assert game("encoder", round).total.item() == pytest.approx(expected, rel=1e-6)


def test_the_best_t_is_the_logarithm_of_the_ratio():
    """Proposition 1: every step away from it raises the cost, which is 2 log 2 - 2 JS there."""
    game, round = enumerated(BEST)
    best = game("adversary", round).total.item()
    middle = (Q + PRIOR) / 2
    js = sum((p * (p.clamp(min=1e-12) / middle).log()).sum().item() / 4 for p in (Q, PRIOR.expand(2, 3)))
    assert best == pytest.approx(2 * math.log(2) - 2 * js, rel=1e-5)
    for x, z in ((0, 0), (0, 1), (1, 0), (1, 1), (1, 2)):
        for step in (-0.2, 0.2):
            t = BEST.clone()
            t[x, z] += step
            other, again = enumerated(t)
            assert other("adversary", again).total.item() > best + 1e-4


def test_the_likelihood_is_that_of_torch():
    likelihood, x, z = Gaussian(MLP(2, 4, 3), 0.3), torch.randn(5, 3), torch.randn(5, 2)
    expected = torch.distributions.Normal(likelihood.decoder(z), 0.3).log_prob(x).sum(1)
    torch.testing.assert_close(likelihood(x, z), expected)


def test_latents_of_an_example_depend_on_the_seed():
    game, streams = tiny()
    x = streams["data"].x[0]
    assert game.posterior(x, 5).shape == (5, 2)
    torch.testing.assert_close(game.posterior(x, 5), game.posterior(x, 9)[:5])
    assert not torch.equal(game.posterior(x, 5), game.posterior(x, 5, seed=1))


def test_one_name_for_two_draws_is_refused():
    network = Beside(MLP(3, 4, 1, logits=True))
    with pytest.raises(ValueError, match="are both named 'latent'; expected two names"):
        AdversarialVariationalBayes(Beside(MLP(3, 4, 2)), Gaussian(MLP(2, 1)), network, Normal(2), Normal(1))
