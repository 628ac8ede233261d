import copy

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck

from evaluations import at
from sparring import MLP, Key
from sparring.layers.upsampling import UpsampledConv2d
from sparring.layers.weight_norm import initialise_by, weight_norm
from sparring.networks.dcgan import Discriminator

KEY = Key(4)
LAYERS = {
    "linear": (lambda: nn.Linear(6, 4), (7, 6)),
    "of places": (lambda: nn.Linear(6, 4), (7, 3, 6)),
    "convolution": (lambda: nn.Conv2d(3, 5, 3, stride=2), (4, 3, 7, 5)),
    "transposed": (lambda: nn.ConvTranspose2d(3, 5, 4, 2, 1), (4, 3, 4, 3)),
    "upsampled": (lambda: UpsampledConv2d(3, 4), (4, 3, 4, 3)),
}


def pair(name):
    """The layer with and without a weight norm, in float64, and an input that is not centred."""
    torch.manual_seed(0)
    make, shape = LAYERS[name]
    plain = make().double()
    return weight_norm(copy.deepcopy(plain)), plain, 3 * KEY.normal("x", shape, torch.float64) + 1


def outputs(network, *batch):
    """What each linear or convolutional layer gives, [examples and places, units]."""
    found = []

    def look(layer, _, t):
        found.append(t.flatten(0, -2) if isinstance(layer, nn.Linear) else t.movedim(1, -1).flatten(0, -2))

    hooks = [layer.register_forward_hook(look) for layer in network.modules() if hasattr(layer, "parametrizations")]
    with torch.no_grad():
        network(*batch)
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_it_changes_no_value_and_has_a_length_for_each_unit(name):
    layer, plain, x = pair(name)
    torch.testing.assert_close(layer(x), plain(x))
    length = layer.parametrizations.weight.original0
    assert length.numel() == plain.bias.numel()
    with torch.no_grad():
        length.mul_(2)
    bias = plain.bias if plain.weight.ndim == 2 else plain.bias[:, None, None]
    torch.testing.assert_close(layer(x), 2 * plain(x) - bias)


@pytest.mark.parametrize("name", LAYERS)
def test_lengths_and_biases_are_those_of_the_paper(name):
    """From t = v . x / ||v|| of the plain layer; directions stay."""
    layer, plain, x = pair(name)
    v = layer.parametrizations.weight.original1.detach().clone()
    initialise_by(layer, x)
    axis = 1 if name == "transposed" else 0
    lengths = torch.stack([w.norm() for w in v.unbind(axis)])
    with torch.no_grad():
        plain.bias.zero_()
        t = plain(x).flatten(0, -2) if plain.weight.ndim == 2 else plain(x).movedim(1, -1).flatten(0, -2)
    t = t / lengths
    g = 1 / t.std(0, correction=0)
    torch.testing.assert_close(layer.parametrizations.weight.original0.flatten(), g, check_dtype=False)
    torch.testing.assert_close(layer.bias.detach(), -t.mean(0) * g)
    assert torch.equal(layer.parametrizations.weight.original1, v)


@pytest.mark.parametrize(
    ("network", "shape"),
    [(MLP(5, 16, 16, 3), (50, 5)), (Discriminator((2, 17, 16), 4, norm=None), (60, 2, 17, 16))],
    ids=["MLP", "DCGAN"],
)
def test_every_layer_has_mean_zero_and_variance_one_over_the_batch(network, shape):
    """Looked at again, in a pass of its own; before, no layer has."""
    batch = 2 * KEY.normal("batch", shape, torch.float64) - 1
    network = weight_norm(network.double())
    before = outputs(network, batch)
    after = outputs(initialise_by(network, batch), batch)
    assert len(after) == len(before) >= 3
    for old, t in zip(before, after, strict=True):
        assert (old.std(0, correction=0) - 1).abs().max() > 0.1
        torch.testing.assert_close(t.mean(0), torch.zeros_like(t[0]), rtol=0, atol=1e-12)
        torch.testing.assert_close(t.std(0, correction=0), torch.ones_like(t[0]), rtol=1e-12, atol=0)


def test_a_second_time_changes_nothing():
    network, batch = weight_norm(MLP(5, 16, 3).double()), KEY.normal("batch", (50, 5), torch.float64)
    first = copy.deepcopy(initialise_by(network, batch).state_dict())
    torch.testing.assert_close(initialise_by(network, batch).state_dict(), first, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", LAYERS)
def test_the_same_as_torchs(name):
    """A second implementation, which is right in values and first derivatives."""
    layer, plain, x = pair(name)
    other = torch.nn.utils.parametrizations.weight_norm(plain, dim=1 if name == "transposed" else 0)
    other.load_state_dict(layer.state_dict())
    mine, theirs = (torch.autograd.grad(each(x).sin().sum(), [*each.parameters()]) for each in (layer, other))
    torch.testing.assert_close(layer(x), other(x))
    torch.testing.assert_close(mine, theirs)


@pytest.mark.parametrize("name", LAYERS)
def test_derivatives_of_first_and_second_order_against_finite_differences(name):
    layer, _, x = pair(name)
    parameters = [p.detach().requires_grad_() for p in layer.parameters()]
    assert gradcheck(lambda *there: at(layer, there)(x).sin().sum(), parameters)
    assert gradgradcheck(lambda *there: at(layer, there)(x).sin().sum(), parameters)


def test_what_cannot_be_normalised_is_refused():
    with pytest.raises(ValueError, match="ReLU has no linear or convolutional layer"):
        weight_norm(nn.ReLU())
    with pytest.raises(ValueError, match="are parametrized already; expected plain ones"):
        weight_norm(weight_norm(nn.Linear(2, 2)))


def test_what_no_batch_can_initialise_is_refused_and_leaves_no_hook():
    x = KEY.normal("x", (8, 2))
    with pytest.raises(ValueError, match="has 0 layers with a weight norm"):
        initialise_by(nn.Linear(2, 2), x)
    with pytest.raises(ValueError, match="build layers with bias=True"):
        initialise_by(weight_norm(nn.Linear(2, 2, bias=False)), x)
    layer = weight_norm(nn.Linear(2, 2))
    with pytest.raises(ValueError, match="gives the same for the whole batch"):
        initialise_by(layer, torch.ones(8, 2))
    with pytest.raises(ValueError, match="is asked twice in one pass"):
        initialise_by(nn.Sequential(layer, layer), x)
    layer(torch.ones(8, 2))
