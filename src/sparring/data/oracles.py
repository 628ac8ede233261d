"""Random networks as data: their likelihood is exact, and their entropy an estimate with an error.

The synthetic oracle of Yu et al. (2017), https://arxiv.org/abs/1609.05473, section 4.1: a long short-term memory, all
of whose weights are standard normal. Theirs has 5,000 tokens, sequences of 20 and a width of 32. In ours what stands
before the first token has an embedding of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from sparring.chance import Key
from sparring.networks.recurrent import Recurrent, RecurrentSampler
from sparring.samplers import Sampler

__all__ = ["Entropy", "entropy", "random_lstm"]


def random_lstm(vocabulary: int, length: int, width: int, seed: int = 0) -> RecurrentSampler:
    """A sampler of sequences [n, length] from such a network, which the seed decides.

    It computes in float64, so that rounding on another machine does not change a sequence.
    """
    network = Recurrent(vocabulary, length, width, cell="lstm").double().requires_grad_(requires_grad=False)
    assert isinstance(network.cell, nn.LSTMCell)
    for name, p in network.named_parameters():
        p.copy_(Key(seed, ("oracle",)).normal(name, tuple(p.shape), p.dtype))
    network.cell.bias_hh.zero_()  # torch adds two vectors to each gate; theirs has one
    return RecurrentSampler(network)


@dataclass(frozen=True)
class Entropy:
    """Of a sequence, nats.

    Attributes:
        value: The estimate.
        error: Its standard error.
        n: The samples it is made of.
    """

    value: float
    error: float
    n: int


def entropy(sampler: Sampler, n: int, seed: int = 0) -> Entropy:
    """The entropy of a sampler that knows its likelihood: the mean of -log p over `n` of its samples.

    Raises:
        ValueError: Its likelihood is not known, or `n` is less than 2.
    """
    if n < 2:
        raise ValueError(f"n is {n}; expected 2 or more samples, for an error")
    nats = sampler.log_likelihood(sampler.sample(n, seed=seed))
    if nats is None:
        raise ValueError("it is not known how likely these samples are: give a sampler with log_likelihood")
    deviation, mean = torch.std_mean(-nats.double())
    return Entropy(mean.item(), deviation.item() / n**0.5, n)
