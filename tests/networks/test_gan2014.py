import pytest
import torch
from torch import nn

from slopes import agrees_with_finite_differences
from sparring.chance import Key
from sparring.networks.gan2014 import Discriminator, Generator

SHAPE = (1, 28, 28)
PICTURES = Key(0).uniform("pictures", (3, *SHAPE)) * 2 - 1


def test_sizes_and_first_weights_are_those_of_the_authors_file():
    """By hand: 100-1200-1200-784, and 240 maxout units of 5 pieces, twice."""
    generator, discriminator = Generator(SHAPE), Discriminator(SHAPE)
    count = lambda network: sum(p.numel() for p in network.parameters())  # noqa: E731
    assert count(generator) == 101 * 1200 + 1201 * 1200 + 1201 * 784
    assert count(discriminator) == 785 * 1200 + 241 * 1200 + 241
    for network, bound in ((generator, 0.05), (discriminator, 0.005)):
        for layer in (layer for layer in network.modules() if isinstance(layer, nn.Linear)):
            assert not layer.bias.any()
            assert layer.weight.abs().max() <= bound
            if layer.weight.numel() > 1000:
                torch.testing.assert_close(layer.weight.std().item(), bound / 3**0.5, rtol=0.02, atol=0)


def test_the_generator_is_a_sigmoid_brought_to_our_range():
    """2 sigmoid(a) - 1 is tanh(a / 2)."""
    generator = Generator(SHAPE)
    z = Key(1).normal("z", (4, 100))
    a = generator.last(generator.hidden(z))
    torch.testing.assert_close(generator(z), (a / 2).tanh().reshape(4, *SHAPE))


def test_it_begins_at_the_mean_picture():
    generator, mean = Generator(SHAPE).double(), PICTURES.double().mean(0)
    mean[0, 0] = -1  # a pixel that is always black
    generator.begin_at(mean)
    torch.testing.assert_close(generator(torch.zeros(1, 100).double())[0], mean, rtol=0, atol=3e-7)


def test_the_discriminator_sees_pictures_in_0_to_1_and_drops_what_it_should():
    discriminator = Discriminator(SHAPE)
    probabilities = [layer.p for layer in discriminator.layers if isinstance(layer, nn.Dropout)]
    assert probabilities == [0.2, 0.5, 0.5]
    seen = []
    discriminator.layers.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    discriminator(PICTURES)
    torch.testing.assert_close(seen[0], (PICTURES + 1) / 2)
    assert not torch.equal(discriminator(PICTURES), discriminator(PICTURES))
    assert torch.equal(discriminator.eval()(PICTURES), discriminator(PICTURES))


@pytest.mark.parametrize("seed", range(3))
def test_penalties_of_slopes_have_right_gradients(seed):
    torch.manual_seed(seed)
    network = Discriminator((1, 3, 4), 6, 3).double().eval()
    agrees_with_finite_differences(network, (1, 3, 4))
