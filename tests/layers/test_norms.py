import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck

from evaluations import at
from sparring import GAN, Cost, InMemory, Key, Normal, Phase, Trainer
from sparring.layers.batch_norm import BatchNorm2d
from sparring.layers.norms import NORMS, norm
from sparring.networks.dcgan import Discriminator, Generator

KEY = Key(4)
SHAPE = (2, 17, 16)
ACROSS = {"layer": (1, 2, 3), "instance": (2, 3), "batch": (0, 2, 3)}
ALONE = [name for name in NORMS if name != "batch"]


@pytest.mark.parametrize("name", ACROSS)
def test_norms_by_the_axes_that_they_look_across(name):
    """Mean 0 and variance 1 over these, then a gain and a bias of each channel."""
    [layer], x = norm(name).after(3), 3 * KEY.normal("x", (4, 3, 5, 6), torch.float64) + 1
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, 2.0, -1.0])), layer.bias.copy_(torch.tensor([0.0, 1.0, 2.0]))
    variance, mean = torch.var_mean(x, ACROSS[name], correction=0, keepdim=True)
    y = (x - mean) / (variance + 1e-5).sqrt()
    gain, bias = torch.tensor([1.0, 2.0, -1.0]).double(), torch.tensor([0.0, 1.0, 2.0]).double()
    torch.testing.assert_close(layer.double()(x), y * gain[:, None, None] + bias[:, None, None])


def networks(name, width=2):
    """A generator and a discriminator with a norm, each begun by a batch, in float64."""
    torch.manual_seed(0)
    z, x = KEY.normal("z", (6, 3)), KEY.normal("x", (6, *SHAPE))
    generator = norm(name).begun(Generator(SHAPE, 3, width, norm=name), z)
    return generator.double(), norm(name).begun(Discriminator(SHAPE, width, norm=name), x).double()


@pytest.mark.parametrize("name", ALONE)
def test_without_batch_norm_examples_do_not_depend_on_each_other(name):
    generator, discriminator = (network.eval() for network in networks(name))
    z, x = KEY.normal("z", (5, 3), torch.float64), KEY.normal("y", (5, *SHAPE), torch.float64)
    for network, given in ((generator, z), (discriminator, x)):
        other = torch.cat([given[:2], 100 * given[2:]])
        torch.testing.assert_close(network(given)[:2], network(other)[:2])


@pytest.mark.parametrize("name", NORMS)
def test_derivatives_of_first_and_second_order_against_finite_differences(name):
    """Of a small network with a convolution and a norm: in its parameters, and in what it is given."""
    torch.manual_seed(0)
    chosen = norm(name)
    layers = [nn.Conv2d(1, 2, 2), *chosen.after(2), nn.Tanh(), nn.Conv2d(2, 1, 2)]
    network = nn.Sequential(*layers).double()
    chosen.whole(network)
    network = chosen.begun(network, KEY.normal("reference", (3, 1, 4, 3), torch.float64))
    network = network.train(name == "batch")
    if name == "batch":
        network[1].track_running_stats, network[1].running_mean, network[1].running_var = False, None, None
    x = KEY.normal("x", (2, 1, 4, 3), torch.float64).requires_grad_()
    parameters = [p.detach().requires_grad_() for p in network.parameters()]
    assert gradcheck(lambda *there: at(network, there)(x.detach()).sin().sum(), parameters)
    assert gradgradcheck(lambda *there: at(network, there)(x.detach()).sin().sum(), parameters)
    assert gradgradcheck(lambda x: network(x).sin().sum(), x)


@pytest.mark.parametrize("name", ALONE)
def test_third_derivatives_against_finite_differences_of_the_second(name):
    """Along a line, of what follows a convolution; consensus with a penalty on gradients has such."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(1, 3, 2), *norm(name).after(3), nn.Tanh()).double()
    norm(name).whole(network)
    network = norm(name).begun(network, KEY.normal("reference", (3, 1, 4, 3), torch.float64)).eval()
    x, v = (KEY.normal(part, (2, 1, 4, 3), torch.float64) for part in "xv")

    def slope(order, at):
        t = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        y = network(x + t * v).sin().sum()
        for _ in range(order):
            (y,) = torch.autograd.grad(y, t, create_graph=True)
        return y.item()

    numeric = (slope(2, 0.3 + 1e-5) - slope(2, 0.3 - 1e-5)) / 2e-5
    assert slope(3, 0.3) == pytest.approx(numeric, rel=1e-6)


@pytest.mark.parametrize("name", NORMS)
def test_a_dcgan_plays_with_every_norm(name):
    generator, discriminator = networks(name)
    game = GAN(generator, discriminator, Normal(3)).double()
    adams = {player: torch.optim.Adam(game.strategy(player).values(), 0.01) for player in game.players()}
    data, seen = InMemory(KEY.normal("data", (32, *SHAPE))), []
    Trainer(Phase(game, adams, {"real": data}, 3, batch=8), hooks=[lambda _, costs: seen.append(costs)]).play()
    assert all(isinstance(cost, Cost) and cost.total.isfinite() for costs in seen for cost in costs.values())


def test_the_default_is_batch_norm_with_the_names_of_old():
    torch.manual_seed(0)
    generator, discriminator = Generator((1, 14, 14), 5, 4), Discriminator((1, 14, 14), 4)
    torch.manual_seed(0)
    others = Generator((1, 14, 14), 5, 4, norm=BatchNorm2d), Discriminator((1, 14, 14), 4, norm=BatchNorm2d)
    for network, other in zip((generator, discriminator), others, strict=True):
        for (name, value), (known, expected) in zip(
            network.state_dict().items(), other.state_dict().items(), strict=True
        ):
            assert name == known
            assert torch.equal(value, expected)
    assert [name for name, _ in generator.named_parameters()] == [
        *("layers.1.weight", "layers.2.weight", "layers.2.bias", "layers.4.weight", "layers.5.weight"),
        *("layers.5.bias", "layers.7.weight", "layers.7.bias"),
    ]
    assert [name for name, _ in discriminator.named_parameters()] == [
        *("layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.3.weight", "layers.3.bias"),
        *("layers.5.weight", "layers.5.bias"),
    ]


def test_a_wrong_name_is_told():
    with pytest.raises(ValueError, match="there is no norm 'bach'; expected one of batch, layer, instance"):
        Discriminator(SHAPE, norm="bach")
