import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from sparring.networks.upsampling_dcgan import Discriminator, Generator


def in_two(before, after):
    return nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(before, after, 3, padding=1))


@given(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12))
@settings(max_examples=20)
def test_every_shape_is_met(channels, height, width):
    shape = (channels, 4 * height, 4 * width)
    pictures = Generator(shape, latent=3, width=2)(torch.randn(2, 3))
    assert pictures.shape == (2, *shape)
    assert Discriminator(shape, width=2)(pictures).shape == (2,)


@given(st.integers(1, 70), st.integers(1, 70))
@settings(max_examples=20)
def test_the_discriminator_takes_any_side(height, width):
    assert Discriminator((1, height, width), width=2)(torch.zeros(2, 1, height, width)).shape == (2,)


@pytest.mark.parametrize("shape", [(1, 30, 32), (3, 32, 30), (0, 32, 32), (1, 0, 4)])
def test_other_sides_are_explained(shape):
    with pytest.raises(ValueError, match=f"{shape[0]} x {shape[1]} x {shape[2]}.*Expected.*multiples of 4"):
        Generator(shape)


def test_as_many_parameters_as_there():
    """Counted by hand from PyTorch-GAN's layers at its defaults, 32 x 32 and grey."""
    linear, norms = 100 * 8192 + 8192, 2 * (128 + 128 + 64)
    convolutions = (128 * 128 + 128 * 64 + 64) * 9 + 128 + 64 + 1
    assert sum(p.numel() for p in Generator((1, 32, 32)).parameters()) == linear + norms + convolutions
    convolutions = (16 + 16 * 32 + 32 * 64 + 64 * 128) * 9 + 16 + 32 + 64 + 128
    norms, linear = 2 * (32 + 64 + 128), 128 * 4 + 1
    assert sum(p.numel() for p in Discriminator((1, 32, 32)).parameters()) == linear + norms + convolutions


def test_the_layer_changes_nothing():
    at_once = Generator((2, 12, 20), 5, 3).double()
    apart = Generator((2, 12, 20), 5, 3, upsampling=in_two).double()
    apart.load_state_dict(dict(zip(apart.state_dict(), at_once.state_dict().values(), strict=True)))
    z = torch.randn(4, 5, dtype=torch.float64)
    torch.testing.assert_close(at_once(z), apart(z))
