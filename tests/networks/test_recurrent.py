from itertools import product

import pytest
import torch

from sparring.chance import Key
from sparring.networks.recurrent import Recurrent, RecurrentSampler

ALL = torch.tensor(list(product(range(3), repeat=3)))


@pytest.mark.parametrize("end", [None, 0])
def test_the_probabilities_of_all_sequences_add_up_to_one(end):
    total = Recurrent(3, 3, 4, end).double().log_likelihood(ALL).exp().sum()
    torch.testing.assert_close(total, torch.ones_like(total))


def test_the_states_are_those_of_torch():
    """An independent recurrence: nn.GRU with the same weights, on the embeddings moved by one place."""
    network, other = Recurrent(3, 4, 5), torch.nn.GRU(5, 5, batch_first=True)
    other.load_state_dict({f"{name}_l0": p for name, p in network.cell.state_dict().items()})
    words = Key(1).integers("words", (6, 4), 3)
    before = torch.cat([torch.full((6, 1), 3), words[:, :3]], 1)
    expected = network.head(other(network.embedding(before))[0]).log_softmax(2)
    torch.testing.assert_close(network(words), expected)


@pytest.mark.parametrize("end", [None, 2])
def test_samples_are_as_frequent_as_they_are_likely(end):
    sampler, n = RecurrentSampler(Recurrent(3, 3, 4, end)), 20_000
    drawn = (sampler.sample(n, seed=1) * torch.tensor([9, 3, 1])).sum(1)
    shares, expected = torch.bincount(drawn, minlength=27) / n, sampler.log_likelihood(ALL).exp()
    assert ((shares - expected).abs() <= 4.5 * (expected * (1 - expected) / n) ** 0.5).all()


def test_nothing_follows_the_end():
    sampler = RecurrentSampler(Recurrent(4, 6, 3, end=1))
    x = sampler.sample(200)
    ended = (x == 1).cummax(1).values
    assert ended.any()
    assert (x[ended] == 1).all()
    assert sampler.log_likelihood(x).isfinite().all()
    assert sampler.log_likelihood(torch.tensor([[0, 1, 2, 1, 1, 1]])).item() == -torch.inf


def test_a_sample_depends_on_its_number_alone():
    sampler = RecurrentSampler(Recurrent(5, 6, 3))
    assert torch.equal(sampler.sample(40, seed=2)[:7], sampler.sample(7, seed=2))


def test_samples_cannot_be_asked_for():
    with pytest.raises(ValueError, match="no condition"):
        RecurrentSampler(Recurrent(5, 6, 3)).sample(2, given=torch.zeros(2))
