import copy

import pytest
import torch
from torch import nn
from torch.nn.functional import avg_pool2d, interpolate, relu

from slopes import agrees_with_finite_differences
from sparring.chance import Key
from sparring.layers.spectral import spectral
from sparring.networks.resnet import Discriminator, Generator


def count(network):
    return sum(p.numel() for p in network.parameters())


def test_numbers_of_parameters_by_hand():
    """The layers of the authors' code for CIFAR-10, counted: 3 x 3 and 1 x 1 convolutions with biases, batch norms."""
    conv = lambda before, after, side: before * after * side**2 + after  # noqa: E731
    up = 2 * conv(256, 256, 3) + conv(256, 256, 1) + 2 * 512
    assert count(Generator((3, 32, 32))) == 129 * 4096 + 3 * up + 512 + conv(256, 3, 3)
    first = conv(3, 128, 3) + conv(128, 128, 3) + conv(3, 128, 1)
    down = 2 * conv(128, 128, 3) + conv(128, 128, 1)
    assert count(Discriminator((3, 32, 32))) == first + down + 2 * 2 * conv(128, 128, 3) + 128


def test_a_discriminator_of_separate_layers_says_the_same():
    """Convolve, then take means; 1 x 1 after it in the first block, before it in the others, as the authors have it."""
    torch.manual_seed(0)
    network, x = Discriminator((2, 12, 8), 4).double(), Key(0).normal("x", (3, 2, 12, 8), torch.float64)
    plain = lambda layer, x: nn.functional.conv2d(x, layer.weight, layer.bias, padding=layer.padding)  # noqa: E731
    blocks = list(network.layers)
    a, _, b = blocks[0].through
    h = avg_pool2d(plain(b, relu(plain(a, x))), 2) + plain(blocks[0].around[1], avg_pool2d(x, 2))
    _, a, _, b = blocks[1].through
    h = avg_pool2d(plain(b, relu(plain(a, relu(h)))), 2) + avg_pool2d(plain(blocks[1].around[1], h), 2)
    for block in blocks[2:4]:
        _, a, _, b = block.through
        h = h + plain(b, relu(plain(a, relu(h))))
    torch.testing.assert_close(network(x), (relu(h).sum((2, 3)) @ network.last.weight.T)[:, 0])


def test_a_generator_of_separate_layers_says_the_same():
    torch.manual_seed(0)
    network, z = Generator((2, 8, 16), 5, 4, norm=nn.Identity).double(), Key(0).normal("z", (3, 5), torch.float64)
    plain = lambda layer, x: nn.functional.conv2d(x, layer.weight, layer.bias, padding=layer.padding)  # noqa: E731
    linear, _, block, *_, last, _ = network.layers
    h = linear(z).reshape(3, 4, 4, 8)
    _, _, a, _, _, b = block.through
    through = plain(b, relu(plain(a, interpolate(relu(h), scale_factor=2))))
    h = through + plain(block.around[0], interpolate(h, scale_factor=2))
    torch.testing.assert_close(network(z), plain(last, relu(h)).tanh())


def test_channels_grow_as_the_authors_have_them_for_64_pixels():
    shape = (3, 64, 64)
    generator, discriminator = (
        Generator(shape, 5, 2, growth=2),
        Discriminator(shape, 2, growth=2, halvings=5, further=0),
    )
    up = [block.around[0] for block in generator.layers if hasattr(block, "around")]
    down = [block.around[1] for block in discriminator.layers if hasattr(block, "around")]
    assert [(layer.in_channels, layer.out_channels) for layer in up] == [(32, 16), (16, 8), (8, 4), (4, 2)]
    assert [(layer.in_channels, layer.out_channels) for layer in down] == [(3, 2), (2, 4), (4, 8), (8, 16), (16, 32)]
    assert discriminator(generator(torch.zeros(2, 5))).shape == (2,)


def test_first_weights():
    """Glorot's range, sqrt(6 / (fan_in + fan_out)), and sqrt 2 times as much in the 3 x 3 convolutions of blocks."""
    network = Discriminator((3, 32, 32), 64)
    inside, around = network.layers[1].through[1], network.layers[1].around[1]
    torch.testing.assert_close(inside.weight.abs().max().item(), (12 / (9 * 128)) ** 0.5, rtol=0.01, atol=0)
    torch.testing.assert_close(around.weight.abs().max().item(), (6 / 128) ** 0.5, rtol=0.01, atol=0)
    assert not inside.bias.any()


def test_a_norm_is_optional_and_a_spectral_norm_fits_on():
    assert not any(isinstance(m, nn.BatchNorm2d) for m in Generator((1, 28, 28), 5, 4, norm=nn.Identity).modules())
    assert sum(isinstance(m, nn.BatchNorm2d) for m in Generator((1, 28, 28), 5, 4).modules()) == 2 * 2 + 1
    network, x = Discriminator((1, 28, 28), 4), Key(0).normal("x", (2, 1, 28, 28))
    plain = copy.deepcopy(network)
    assert not torch.allclose(spectral(network).eval()(x), plain(x))
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    assert len(layers) == 3 + 3 + 2 * 2 + 1
    for layer in layers:
        size = torch.linalg.matrix_norm(layer.weight.flatten(1), 2)
        torch.testing.assert_close(size, torch.ones(()), rtol=1e-3, atol=0)


def test_penalties_of_slopes_have_right_gradients():
    torch.manual_seed(0)
    agrees_with_finite_differences(Discriminator((2, 8, 8), 3).double(), (2, 8, 8))


@pytest.mark.parametrize("shape", [(1, 7, 8), (1, 6, 6), (0, 8, 8)])
def test_wrong_sizes_are_explained(shape):
    with pytest.raises(ValueError, match=r"expected even sides.*resize or pad"):
        Generator(shape, 5, 2)
    with pytest.raises(ValueError, match="choose fewer halvings"):
        Discriminator(shape, 2, halvings=6)


def test_sides_need_be_even_only_once():
    assert Generator((3, 30, 32), 5, 2)(torch.zeros(2, 5)).shape == (2, 3, 30, 32)
    assert Discriminator((3, 31, 29), 2)(torch.zeros(2, 3, 31, 29)).shape == (2,)
