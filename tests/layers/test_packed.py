"""Packs are what they should be; a pack of one changes nothing."""

import pytest
import torch
from torch import nn

from sparring import GAN, MLP, InMemory, Key, Normal, Phase, Trainer
from sparring.layers.packed import Packed
from sparring.networks.dcgan import Discriminator

X = Key(0).normal("x", (12, 2, 8, 8))


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_packs_are_joined_along_channels(m):
    packs = Packed(nn.Identity(), m)(X)
    assert packs.shape == (12 // m, 2 * m, 8, 8)
    for i, pack in enumerate(packs):
        assert torch.equal(pack, torch.cat([X[i * m + j] for j in range(m)]))


def test_each_sample_of_a_pack_counts_and_no_other():
    x, network = X.clone().requires_grad_(), Packed(Discriminator((6, 8, 8), 4, norm=None), 3)
    logits = network(x)
    assert logits.shape == (4,)
    (slope,) = torch.autograd.grad(logits[1], x)
    assert slope.flatten(1).any(1).tolist() == [i in (3, 4, 5) for i in range(12)]


def test_the_order_of_packs_does_not_matter():
    network = Packed(Discriminator((4, 8, 8), 4, norm=None), 2)
    packs = X.view(6, 2, 2, 8, 8)
    order = torch.tensor([4, 2, 0, 5, 1, 3])
    torch.testing.assert_close(network(packs[order].flatten(0, 1)), network(X)[order])


def played(wrap):
    torch.manual_seed(0)
    game = GAN(MLP(3, 8, 2), wrap(MLP(2, 8, 1, logits=True)), Normal(3))
    optimizers = {player: torch.optim.Adam(game.strategy(player).values(), 0.01) for player in game.players()}
    Trainer(Phase(game, optimizers, {"real": InMemory(Key(1).normal("data", (64, 2)))}, 5, batch=8)).play()
    return torch.cat([p.flatten() for p in game.parameters()])


def test_a_pack_of_one_plays_as_the_network_alone():
    assert torch.equal(played(lambda network: Packed(network, 1)), played(lambda network: network))


def test_what_else_a_discriminator_is_told_is_packed_too():
    class Told(nn.Module):
        def forward(self, x, y):
            return y

    y = torch.arange(24).view(12, 2)
    assert torch.equal(Packed(Told(), 3)(X, y), y.view(4, 6))


def test_packs_are_whole():
    with pytest.raises(ValueError, match="got 12 samples; expected a multiple of 5, the samples of a pack"):
        Packed(nn.Identity(), 5)(X)
    with pytest.raises(ValueError, match="m is 0; expected 1"):
        Packed(nn.Identity(), 0)
