from itertools import product

import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from rounds import round_of
from sparring import Batch, Key, Round
from sparring.games.text.gumbel import GumbelGAN
from sparring.latents import Gumbel
from sparring.networks.recurrent import Recurrent
from sparring.networks.relaxed import Relaxed
from sparring.networks.text_cnn import TextCNN
from sparring.schedules import geometric

ALL = torch.tensor(list(product(range(3), repeat=3)))


@pytest.mark.parametrize("end", [None, 2])
def test_hard_sequences_are_as_frequent_as_they_are_likely(end):
    """Under the recurrent network, whose likelihood is enumerated; the temperature does not matter."""
    network, n = Recurrent(3, 3, 4, end), 20_000
    rows = Relaxed(network, 2.0)(Gumbel((3, 3))(Key(1).rows(n)))
    drawn = (rows.argmax(2) * torch.tensor([9, 3, 1])).sum(1)
    shares, expected = torch.bincount(drawn, minlength=27) / n, network.log_likelihood(ALL).exp()
    assert ((shares - expected).abs() <= 4.5 * (expected * (1 - expected) / n) ** 0.5).all()


def test_soft_rows_and_their_gradient_are_those_of_torch():
    """An independent recurrence: nn.GRU with the same weights, and softmax written out, a step at a time."""
    network, other = Recurrent(3, 4, 5).double(), nn.GRU(5, 5, batch_first=True).double()
    other.load_state_dict({f"{name}_l0": p for name, p in network.cell.state_dict().items()})
    noise, vectors = Gumbel((4, 3))(Key(1).rows(6)).double(), network.embedding.weight
    read, rows = vectors[3].expand(6, 1, 5), []
    for place in range(4):
        score = (network.head(other(read)[0][:, -1]) + noise[:, place]) / 0.5
        rows.append(score.exp() / score.exp().sum(1, keepdim=True))
        read = torch.cat([read, (rows[-1] @ vectors[:3])[:, None]], 1)
    found, expected = Relaxed(network, 0.5, hard=False)(noise), torch.stack(rows, 1)
    torch.testing.assert_close(found, expected)
    weights = Key(2).normal("weights", (6, 4, 3), torch.float64)
    slopes = [torch.autograd.grad((weights * y).sum(), vectors)[0] for y in (found, expected)]
    torch.testing.assert_close(*slopes)


@pytest.mark.parametrize("hard", [True, False])
def test_nothing_follows_the_end(hard):
    rows = Relaxed(Recurrent(4, 6, 3, end=1), 0.8, hard=hard)(Gumbel((6, 4))(Key(1).rows(200)))
    ended = (rows.argmax(2) == 1).cummax(1).values
    after = ended[:, :-1]
    assert after.any()
    assert (rows[:, 1:][after] == torch.tensor([0.0, 1.0, 0.0, 0.0])).all()


def test_the_discriminator_reads_a_token_and_its_row_alike():
    critic, words = TextCNN(3, 6), Key(1).integers("words", (5, 4), 3)
    torch.testing.assert_close(critic(words), critic(one_hot(words, 3).float()))


def test_the_temperature_follows_the_rounds_and_is_the_last_one_outside_of_them():
    game = GumbelGAN(Relaxed(Recurrent(3, 4, 6), geometric(4.0, 0.01), hard=False), TextCNN(3, 6))
    real, first = Batch(ALL[:8]), round_of()
    largest = []
    for progress in (0.0, 0.5, 1.0):
        round = Round(lambda _: real, first.chance, progress=progress)
        seen = {}
        handle = game.generator.register_forward_hook(lambda *made, seen=seen: seen.update(rows=made[2]))
        game("generator", round)
        handle.remove()
        largest.append(seen["rows"].amax(2).mean().item())
    outside = game.generator(game.latents(round)).amax(2).mean().item()
    assert largest[0] < largest[1] < largest[2] == pytest.approx(outside)
    assert largest[2] > 0.9


def test_samples_are_draws_of_the_recurrent_network():
    game = GumbelGAN(Relaxed(Recurrent(3, 3, 4), 1.0), TextCNN(3, 6))
    x = game.sampler().sample(5)
    assert x.dtype == torch.int64
    torch.testing.assert_close(game.sampler().log_likelihood(x), game.writer.log_likelihood(x))
