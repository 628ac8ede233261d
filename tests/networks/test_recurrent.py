from itertools import product

import pytest
import torch

from sparring.chance import Key
from sparring.networks.recurrent import CELLS, Recurrent, RecurrentSampler

ALL = torch.tensor(list(product(range(3), repeat=3)))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("end", [None, 0])
def test_the_probabilities_of_all_sequences_add_up_to_one(end, cell):
    total = Recurrent(3, 3, 4, end, cell).double().log_likelihood(ALL).exp().sum()
    torch.testing.assert_close(total, torch.ones_like(total))


@pytest.mark.parametrize(("cell", "layer"), [("gru", torch.nn.GRU), ("lstm", torch.nn.LSTM)])
def test_the_states_are_those_of_torch(cell, layer):
    """An independent recurrence: that of torch with the same weights, on the embeddings moved by one place."""
    network, other = Recurrent(3, 4, 5, cell=cell), layer(5, 5, batch_first=True)
    other.load_state_dict({f"{name}_l0": p for name, p in network.cell.state_dict().items()})
    words = Key(1).integers("words", (6, 4), 3)
    before = torch.cat([torch.full((6, 1), 3), words[:, :3]], 1)
    expected = network.head(other(network.embedding(before))[0]).log_softmax(2)
    torch.testing.assert_close(network(words), expected)


@pytest.mark.parametrize("temperature", [1.0, 0.3])
@pytest.mark.parametrize(("end", "cell"), [(None, "gru"), (2, "gru"), (None, "lstm")])
def test_samples_are_as_frequent_as_they_are_likely(end, cell, temperature):
    sampler, n = RecurrentSampler(Recurrent(3, 3, 4, end, cell)).tempered(temperature), 20_000
    drawn = (sampler.sample(n, seed=1) * torch.tensor([9, 3, 1])).sum(1)
    shares, expected = torch.bincount(drawn, minlength=27) / n, sampler.log_likelihood(ALL).exp()
    assert ((shares - expected).abs() <= 4.5 * (expected * (1 - expected) / n) ** 0.5).all()


@pytest.mark.parametrize(("end", "cell"), [(None, "gru"), (1, "lstm")])
def test_a_temperature_is_a_power_of_each_probability(end, cell):
    """p^(1/t) / Z at every place, after every beginning, and the network itself is as before."""
    network = Recurrent(3, 3, 4, end, cell).double()
    p = network(ALL).exp()
    for t in (0.5, 1.0, 3.0):
        power = p ** (1 / t)
        torch.testing.assert_close(network.tempered(t)(ALL).exp(), power / power.sum(2, keepdim=True))
    assert torch.equal(network(ALL).exp(), p)


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan")])
def test_a_temperature_is_above_zero(temperature):
    with pytest.raises(ValueError, match="expected more than 0"):
        Recurrent(3, 3, 4).tempered(temperature)


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
