"""Minibatch discrimination against its equations written out as loops."""

import math

import pytest
import torch
from torch import nn

from sparring import Key
from sparring.layers.minibatch_discrimination import MinibatchDiscrimination, initialise

A, B, C = 4, 3, 2


@pytest.fixture
def layer():
    made = MinibatchDiscrimination(A, B, C).double()
    with torch.no_grad():
        for name, p in made.named_parameters():
            p.copy_(Key(1).normal(name, p.shape, p.dtype))
    return made


X = Key(0).normal("x", (6, A), torch.float64)


def written_out(layer, x):
    """Sums of exp(-L1 distance), number by number."""
    rows = []
    for i in range(len(x)):
        row = [*x[i].tolist()]
        for b in range(B):
            total = 0.0
            for j in (j for j in range(len(x)) if j != i):
                distance = 0.0
                for c in range(C):
                    theta = layer.theta[:, b, c]
                    t = theta * math.exp(layer.log_scale[b, c]) / theta.square().sum().sqrt()
                    distance += abs(sum((x[i, a] - x[j, a]) * t[a] for a in range(A)).item())
                total += math.exp(-distance)
            row.append(total + layer.bias[b].item())
        rows.append(row)
    return torch.tensor(rows, dtype=torch.float64)


@torch.no_grad()
def test_it_is_the_equations_written_out(layer):
    torch.testing.assert_close(layer(X), written_out(layer, X), rtol=1e-12, atol=1e-12)


def test_it_moves_with_the_rows(layer):
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    torch.testing.assert_close(layer(X[order]), layer(X)[order])


def test_copies_are_nearest(layer):
    """Six copies have five others at distance 0 each: 5 is the most there is."""
    torch.testing.assert_close(layer(X[:1].expand(6, A))[:, A:], (5 + layer.bias).expand(6, B))
    assert (layer(X)[:, A:] < 5 + layer.bias).all()


def test_a_sample_alone_has_no_others(layer):
    torch.testing.assert_close(layer(X[:1])[:, A:], layer.bias[None])


def test_pictures_are_flattened(layer):
    torch.testing.assert_close(layer(X.view(6, 1, 2, 2)), layer(X))


def test_data_set_the_scale_and_the_bias(layer):
    """The mean distance to the nearest other is 2, the mean output 0, however features are scaled."""
    x, network = 1000 * Key(3).normal("x", (50, A), torch.float64), nn.Sequential(nn.Identity(), layer)
    assert initialise(network, x) is network
    m = layer.matrices(x)
    for b in range(B):
        gaps = [[(m[i, b] - m[j, b]).abs().sum().item() for j in range(50) if j != i] for i in range(50)]
        assert sum(map(min, gaps)) / 50 == pytest.approx(2)
    torch.testing.assert_close(network(x)[:, A:].mean(0), torch.zeros(B, dtype=torch.float64))


@pytest.mark.parametrize("x", [X[:1], X[:1].expand(5, A)])
def test_data_must_differ(layer, x):
    with pytest.raises(ValueError, match="expected two or more different ones"):
        initialise(layer, x)


def test_sizes_are_positive():
    with pytest.raises(ValueError, match="are 4, 0, 5"):
        MinibatchDiscrimination(4, 0)


def test_it_begins_as_the_code_of_the_authors():
    layer = MinibatchDiscrimination(500)
    assert layer.theta.shape == (500, 100, 5)
    assert layer.theta.std().item() == pytest.approx(0.05, rel=0.02)
    assert layer.bias.unique().tolist() == [-1]
    assert not layer.log_scale.any()
