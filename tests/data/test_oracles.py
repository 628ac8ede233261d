from itertools import product

import pytest
import torch

from sparring.data.oracles import entropy, random_lstm
from sparring.samplers import Mute

ALL = torch.tensor(list(product(range(4), repeat=3)))


def test_the_entropy_is_near_that_of_all_sequences():
    """Enumerated: 4^3 of them. The error is that of the mean, sqrt(variance of -log p / n)."""
    oracle, n = random_lstm(4, 3, 5, seed=2), 4000
    log_p = oracle.log_likelihood(ALL)
    p = log_p.exp()
    exact = -(p * log_p).sum().item()
    error = ((p * (log_p + exact).square()).sum() / n).sqrt().item()
    found = entropy(oracle, n, seed=1)
    assert p.sum().item() == pytest.approx(1)
    assert abs(found.value - exact) < 4 * error
    assert found.error == pytest.approx(error, rel=0.1)


def test_the_likelihood_is_that_of_a_recurrence_of_torch():
    """nn.LSTM with one bias, on the embeddings moved by one place."""
    network, other = random_lstm(4, 3, 5).generator, torch.nn.LSTM(5, 5, batch_first=True, dtype=torch.float64)
    other.load_state_dict({f"{name}_l0": p for name, p in network.cell.state_dict().items()})
    before = torch.cat([torch.full((len(ALL), 1), 4), ALL[:, :2]], 1)
    log_p = network.head(other(network.embedding(before))[0]).log_softmax(2)
    expected = sum(log_p[range(len(ALL)), place, ALL[:, place]] for place in range(3))
    torch.testing.assert_close(random_lstm(4, 3, 5).log_likelihood(ALL), expected)
    assert not network.cell.bias_hh.any()


def test_the_weights_are_standard_normal():
    """24,000 and more of them; Kolmogorov's distance of so many is below .013 in 999 of 1,000 draws."""
    network = random_lstm(200, 2, 32).generator
    weights = torch.cat([p.flatten() for name, p in network.named_parameters() if name != "cell.bias_hh"]).sort().values
    assert len(weights) > 20_000
    gap = torch.special.ndtr(weights) - torch.arange(len(weights)) / len(weights)
    assert gap.abs().max() < 0.014


def test_the_seed_decides_which():
    one, same, other = (random_lstm(9, 6, 4, seed).sample(20) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_what_has_no_known_entropy():
    with pytest.raises(ValueError, match="expected 2 or more"):
        entropy(random_lstm(3, 2, 2), 1)

    class Unknown(Mute):
        def sample(self, n, *, given=None, seed=0):
            return torch.zeros(n, 2)

    with pytest.raises(ValueError, match="give a sampler with log_likelihood"):
        entropy(Unknown(), 5)
