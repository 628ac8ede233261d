import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from sparring.networks.dcgan import Discriminator, Generator, sizes


@given(st.integers(1, 4), st.integers(7, 70), st.integers(7, 70))
@settings(max_examples=40, deadline=None)
def test_every_shape_is_met(channels, height, width):
    shape = (channels, height, width)
    pictures = Generator(shape, latent=3, width=2)(torch.zeros(2, 3))
    assert pictures.shape == (2, *shape)
    assert Discriminator(shape, width=2)(pictures).shape == (2,)


@pytest.mark.parametrize("shape", [(1, 7, 1), (3, 1, 7), (1, 6, 28), (0, 28, 28)])
def test_too_small_is_explained(shape):
    for network in (Generator, Discriminator):
        with pytest.raises(ValueError, match=f"{shape[0]} x {shape[1]} x {shape[2]}.*Expected.*enlarge or pad"):
            network(shape)


def test_sizes_halve_rounding_up():
    assert sizes((3, 45, 33)) == [(45, 33), (23, 17), (12, 9), (6, 5)]
    assert sizes((1, 28, 28)) == [(28, 28), (14, 14), (7, 7), (4, 4)]


def test_guidelines():
    """Tutorial, section 3.3: no pooling; batch norm but in G's last and D's first layer; tanh at the end."""
    generator, discriminator = Generator((3, 32, 32)), Discriminator((3, 32, 32))
    for network in (generator, discriminator):
        assert not any("Pool" in type(m).__name__ or isinstance(m, nn.Linear | nn.Upsample) for m in network.modules())
    assert isinstance(generator.layers[-1], nn.Tanh)
    assert isinstance(generator.layers[-2], nn.ConvTranspose2d)
    assert [type(m) for m in discriminator.layers[:2]] == [nn.Conv2d, nn.LeakyReLU]
    norms = [sum(isinstance(m, nn.BatchNorm2d) for m in n.modules()) for n in (generator, discriminator)]
    assert norms == [3, 2]  # of 4 and 3 convolutions besides D's last
