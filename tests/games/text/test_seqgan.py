"""REINFORCE with roll-outs against the gradient of the expected reward, which a small policy lets us enumerate."""

from itertools import product

import pytest
import torch
from torch import nn

from sparring import InMemory, Phase, Trainer
from sparring.chance import Key
from sparring.games.text.seqgan import Rollouts, SeqGAN, Written
from sparring.networks.recurrent import Recurrent

WORDS, LENGTH = 3, 3
ALL = torch.tensor(list(product(range(WORDS), repeat=LENGTH)))


class Table(nn.Module):
    """A logit for each sequence."""

    def __init__(self):
        super().__init__()
        self.logits = nn.Parameter(5 * Key(3).normal("logits", (WORDS,) * LENGTH, torch.float64))

    def forward(self, words):
        return self.logits[words.unbind(1)]


@pytest.fixture
def game():
    generator = Recurrent(WORDS, LENGTH, 2).double()
    with torch.no_grad():
        for name, p in generator.named_parameters():
            p.copy_(Key(2).normal(name, tuple(p.shape), p.dtype))
    return SeqGAN(generator, Table())


def flat(tensors):
    return torch.cat([tensor.flatten() for tensor in tensors])


def slope(game, cost):
    return flat(torch.autograd.grad(cost, list(game.generator.parameters())))


def expected_reward(game):
    return (game.generator.log_likelihood(ALL).exp() * game.discriminator(ALL).sigmoid().detach()).sum()


def estimates(game, rounds, batch):
    streams = {"real": InMemory(ALL), **game.streams(2)}
    turns = Trainer(Phase(game, {}, streams, rounds, batch=batch)).turns()
    return torch.stack([slope(game, game("generator", next(turns)).total) for _ in range(rounds)])


def test_the_mean_gradient_is_that_of_the_expected_reward(game):
    """Enumerated over all 27 sequences. In batches of two, a mean that holds one's own reward would halve it."""
    exact = -slope(game, expected_reward(game))
    for rounds, batch in ((100, 64), (1000, 2)):
        found = estimates(game, rounds, batch)
        assert ((found.mean(0) - exact).abs() <= 4 * found.std(0) / rounds**0.5 + 1e-12).all()
        along = found @ exact / exact.square().sum()
        error = (along.std() / rounds**0.5).item()
        assert abs(along.mean().item() - 1) <= 4 * error
        assert 4 * error < 0.5, "a half could be told from one"


def test_the_mean_gradient_is_exact_where_batch_and_roll_outs_are_all_there_are(game):
    """Equation 6 with every roll-out weighted by its probability, without a baseline and with one for each place."""
    likely = game.generator.log_likelihood(ALL).exp().detach()
    reward = game.discriminator(ALL).sigmoid().detach()
    begun = [(ALL[:, None, : t + 1] == ALL[None, :, : t + 1]).all(2) for t in range(LENGTH)]
    value = torch.stack([(same * likely * reward).sum(1) / (same * likely).sum(1) for same in begun], 1)
    for baseline in (torch.zeros(LENGTH), torch.tensor([0.3, -1.0, 2.0])):
        chosen = game.generator(ALL).gather(2, ALL[..., None])[..., 0]
        found = slope(game, (likely[:, None] * chosen * (value - baseline)).sum())
        torch.testing.assert_close(found, slope(game, expected_reward(game)))


def test_a_constant_reward_moves_nobody(game):
    with torch.no_grad():
        game.discriminator.logits.fill_(1.0)
    assert estimates(game, 3, 8).abs().max() < 1e-15


def test_roll_outs_begin_as_the_sequence_does_and_go_on_as_the_generator_does(game):
    batch = Rollouts(game.generator, 50).draw(400, Key(1, ("stream", 0)))
    assert torch.equal(batch.x, Written(game.generator).draw(400, Key(1, ("stream", 0))).x)
    for place in range(LENGTH):
        kept = batch.y[:, place, :, : place + 1]
        assert torch.equal(kept, batch.x[:, None, : place + 1].expand_as(kept))
    last = batch.y[batch.x[:, 1] == 0][:, 1]
    begun = last[last[:, 0, 0] == batch.x[0, 0]].flatten(0, 1)
    shares = torch.bincount(begun[:, 2], minlength=WORDS) / len(begun)
    expected = game.generator(begun[:1])[0, 2].exp()
    assert ((shares - expected).abs() <= 4 * (expected * (1 - expected) / len(begun)) ** 0.5).all()
