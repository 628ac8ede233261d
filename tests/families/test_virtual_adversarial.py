"""Virtual adversarial training, against exact second derivatives."""

import pytest
import torch
from torch import nn
from torch.autograd.functional import hessian

from sparring import MLP, InMemory, Key, Phase, Trainer
from sparring.families.virtual_adversarial import VirtualAdversarial, divergence, tiny, unit, worst
from sparring.layers.dropout import Dropout


def network_and_points():
    with Key(0).seeded():
        network = MLP(4, 8, 3, activation=nn.Tanh).double()
    return network, Key(1).normal("x", (6, 4), torch.float64)


def hessians(network, x):
    """Of the divergence in r, at r = 0, [B, D, D]."""

    def one(x):
        return hessian(lambda r: divergence(network(x).detach(), network(x + r)).sum(), torch.zeros_like(x))

    return torch.stack([one(row[None])[0, :, 0] for row in x])


def test_many_steps_find_the_top_eigenvector_of_the_hessian():
    network, x = network_and_points()
    d = worst(network, x, Key(2).normal("d", x.shape, x.dtype), xi=1e-5, steps=200)
    values, vectors = torch.linalg.eigh(hessians(network, x))
    assert (values[:, -1] > values[:, -2] * 1.05).all(), "there is one top eigenvector"
    assert (torch.einsum("bd,bd->b", d, vectors[:, :, -1]).abs() > 1 - 1e-6).all()


def test_one_step_is_a_product_with_the_hessian():
    network, x = network_and_points()
    start = unit(Key(2).normal("d", x.shape, x.dtype))
    product = unit(torch.einsum("bde,be->bd", hessians(network, x), start))
    torch.testing.assert_close(worst(network, x, start, xi=1e-5), product, atol=1e-4, rtol=0)


def test_the_hessian_of_a_softmax_is_the_covariance_of_its_weights():
    """W^T (diag p - p p^T) W, in closed form."""
    layer = nn.Linear(4, 3).double()
    x = Key(1).normal("x", (5, 4), torch.float64)
    p = layer(x).softmax(1)
    covariance = torch.diag_embed(p) - p[:, :, None] * p[:, None]
    torch.testing.assert_close(hessians(layer, x), layer.weight.T @ covariance @ layer.weight)


def test_the_divergence_is_that_of_kullback_and_leibler():
    a, b = Key(0).normal("a", (5, 3), torch.float64), Key(0).normal("b", (5, 3), torch.float64)
    p, q = a.softmax(1), b.softmax(1)
    torch.testing.assert_close(divergence(a, b), (p * (p / q).log()).sum(1))


def test_a_direction_of_zeros_stays_one_and_others_have_length_one():
    d = torch.tensor([[0.0, 0.0], [3e-30, 4e-30], [3e30, 4e30]])
    torch.testing.assert_close(unit(d), torch.tensor([[0.0, 0.0], [0.6, 0.8], [0.6, 0.8]]))


def test_layers_that_draw_give_the_same_at_both_points():
    """With dropout and r of length 0 the answers do not differ."""
    _, streams = tiny()
    game = VirtualAdversarial(nn.Sequential(nn.Linear(2, 50), Dropout(0.5), nn.Linear(50, 2)), 1e-12).double()
    round = next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns())
    assert game("classifier", round).terms["smoothness"].item() == pytest.approx(0.0, abs=1e-12)


def test_labels_are_needed_where_they_are_asked_for():
    game, streams = tiny()
    streams["labelled"] = InMemory(streams["real"].x)
    with pytest.raises(ValueError, match="'labelled' has no labels"):
        game("classifier", next(Trainer(Phase(game, {}, streams, 1, batch=8)).turns()))
