"""Classes beside the input, written out place by place."""

import torch
from torch import nn

from sparring import Key
from sparring.networks.concatenation import Concatenated

Y = torch.tensor([2, 0])


def test_beside_a_vector_the_class_is_one_hot():
    z = Key(0).normal("z", (2, 2))
    expected = [[*z[0].tolist(), 0.0, 0.0, 1.0], [*z[1].tolist(), 1.0, 0.0, 0.0]]
    assert Concatenated(nn.Identity(), 3)(z, Y).tolist() == expected


def test_beside_a_picture_each_class_is_a_plane():
    x = Key(0).normal("x", (2, 1, 3, 4))
    seen = Concatenated(nn.Identity(), 3)(x, Y)
    assert torch.equal(seen[:, :1], x)
    for row in range(2):
        for k in range(3):
            assert seen[row, 1 + k].tolist() == [[float(k == Y[row])] * 4] * 3
