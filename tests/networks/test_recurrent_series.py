"""The recurrence, written out; what a step may depend on; second derivatives."""

import torch
from torch import nn

from sparring import Key
from sparring.networks.recurrent_series import Discriminator, Generator, Judge


def states(cells: nn.GRU, x, start=None):
    """Gated recurrent units by the equations of Cho et al. (2014), as torch has them."""
    w, u = (p.double() for p in (cells.weight_ih_l0, cells.weight_hh_l0))
    b, c = (p.double() for p in (cells.bias_ih_l0, cells.bias_hh_l0))
    h, found = torch.zeros(len(x), cells.hidden_size, dtype=torch.float64) if start is None else start.double(), []
    for step in x.double().unbind(1):
        (r, z, n), (hr, hz, hn) = (step @ w.T + b).chunk(3, 1), (h @ u.T + c).chunk(3, 1)
        r, z = (r + hr).sigmoid(), (z + hz).sigmoid()
        h = (1 - z) * (n + r * hn).tanh() + z * h
        found.append(h)
    return torch.stack(found, 1)


def test_the_generator_is_its_equations():
    network, z = Generator(5, 2, 3, 4), Key(0).normal("z", (6, 18))
    both = torch.cat([z[:, 3:].view(6, 5, 3), z[:, None, :3].expand(6, 5, 3)], 2)
    found = states(network.cells, both, network.start(z[:, :3]).tanh())
    expected = (found @ network.head.weight.double().T + network.head.bias).tanh()
    torch.testing.assert_close(network(z).double(), expected, rtol=0, atol=1e-5)


def test_a_step_depends_on_the_noise_of_the_window_and_of_steps_until_then():
    network, z = Generator(5, 2, 3, 4), Key(0).normal("z", (1, 18)).requires_grad_()
    for step, x in enumerate(network(z)[0]):
        [slope] = torch.autograd.grad(x.sum(), z, retain_graph=True)
        assert slope[0, : 3 * (step + 2)].all()
        assert not slope[0, 3 * (step + 2) :].any()


def test_the_logit_is_the_mean_of_those_of_all_steps():
    network, x = Judge(2, 4), Key(0).normal("x", (6, 5, 2))
    steps = states(network.cells, x) @ network.head.weight.double().T + network.head.bias
    torch.testing.assert_close(network(x).double(), steps.mean((1, 2)), rtol=0, atol=1e-5)


def test_the_pieces_overlap_and_are_eight_steps_long():
    network = Discriminator(2, 3)
    for length, pieces in ((8, 1), (9, 1), (10, 2), (24, 9)):
        x = Key(0).normal("x", (1, length, 2)).requires_grad_()
        found = network.pieces(x.transpose(1, 2))
        assert found.shape == (1, 3, pieces)
        [slope] = torch.autograd.grad(found[..., -1].square().sum(), x)
        assert slope.any(2)[0].nonzero().flatten().tolist() == list(range(2 * pieces - 2, 2 * pieces + 6))
        assert network(x).shape == (1,)


def test_there_are_second_derivatives():
    network, x = Discriminator(2, 3).double(), Key(0).normal("x", (2, 8, 2), torch.float64).requires_grad_()
    assert torch.autograd.gradgradcheck(network, (x,))
