import math

import pytest
import torch
from torch import nn
from torch.nn.functional import leaky_relu

from slopes import agrees_with_finite_differences
from sparring.chance import Key
from sparring.networks.r3gan import CIFAR10, PRESETS, Block, Discriminator, Generator, Plan

SMALL = Plan((8, 4, 4), (1, 2, 1), 4)
CHANNELS = {28: 1, 32: 3, 64: 3}


def test_as_many_parameters_as_the_paper_has():
    """20.7 million in each network on CIFAR-10, table 9; and by hand. The meta device has shapes and no numbers."""
    with torch.device("meta"):
        networks = Generator((3, 32, 32), CIFAR10), Discriminator((3, 32, 32), CIFAR10)
    blocks = 8 * (2 * 768 * 1536 + 1536 * 16 * 9 + 2 * 1536)
    ends = 768 * (64 + 16 + 3), 768 * (3 + 16 + 1)
    for network, end in zip(networks, ends, strict=True):
        size = sum(p.numel() for p in network.parameters())
        assert size == blocks + end
        assert round(size / 1e6, 1) == 20.7
        grouped = [m.groups for m in network.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
        assert grouped == [96] * 8


def test_a_block_by_hand():
    """With a dense kernel that has zeros between the groups."""
    torch.manual_seed(0)
    block, x = Block(4, 3, 2).double(), Key(0).normal("x", (2, 4, 5, 6), torch.float64)
    assert torch.equal(block(x), x)  # the last convolution begins at 0
    for p in block.parameters():
        nn.init.normal_(p)
    first, _, middle, _ = block.layers
    last = block.zero
    dense = torch.zeros(8, 8, 3, 3, dtype=torch.float64)
    for group in range(4):
        rows = slice(2 * group, 2 * group + 2)
        dense[rows, rows] = middle.weight.detach()[rows]
    h = leaky_relu(torch.einsum("bchw,dc->bdhw", x, first.weight[:, :, 0, 0]) + first.bias[:, None, None], 0.2)
    h = leaky_relu(nn.functional.conv2d(h, dense, middle.bias, padding=1), 0.2)
    torch.testing.assert_close(block(x), x + torch.einsum("bchw,dc->bdhw", h, last.weight[:, :, 0, 0]))


def test_first_weights():
    """Standard deviations: gain / sqrt(fan_in) L^(-1/4) in a block, then 0; 1 / sqrt(fan_in) elsewhere; no biases."""
    torch.manual_seed(0)
    whole = Block(64, 5)
    block = whole.layers
    inside = math.sqrt(2 / 1.04) * 5**-0.25
    generator, discriminator = Generator((3, 8, 8), Plan((256, 128), (1, 1))), Discriminator((3, 8, 8), SMALL)
    expected = {
        block[0].weight: inside / 8,
        block[2].weight: inside / 12,  # 16 channels of a group, 3 x 3
        generator.basis: 1.0,
        generator.first.weight: 1 / 8,
        generator.layers[1].weight: 1 / 16,  # from 256 to 128 channels
    }
    for weight, size in expected.items():
        torch.testing.assert_close(weight.std().item(), size, rtol=0.05, atol=0)
    assert not whole.zero.weight.any()
    biases = [p for network in (generator, discriminator) for n, p in network.named_parameters() if n.endswith("bias")]
    assert len(biases) == 2 * 2 + 2 * 4
    assert not any(bias.any() for bias in biases)


def test_the_variance_of_a_deep_network_stays():
    """So L^(-1/4) is for: without it 16 blocks, no longer at their zeros, make the output many times as large."""
    sizes = []
    for total in (16, 1):
        torch.manual_seed(0)
        blocks = nn.Sequential(*(Block(32, total) for _ in range(16)))
        for block in blocks:
            nn.init.normal_(block.zero.weight, 0.0, 1 / 8)
        sizes.append(blocks(Key(1).normal("x", (4, 32, 8, 8))).std().item())
    assert sizes[0] < 3
    assert sizes[1] > 10


@pytest.mark.parametrize("side", PRESETS)
def test_presets_begin_at_pictures_of_an_ordinary_size(side):
    shape = (CHANNELS[side], side, side)
    x = Generator(shape)(Key(0).normal("z", (4, 64)))
    assert x.shape == (4, *shape)
    assert 0.2 < x.std() < 3
    assert Discriminator(shape)(x).shape == (4,)


def test_28_pixels_begin_with_7():
    assert Generator((1, 28, 28)).basis.shape[1:] == (7, 7)
    assert Generator((3, 32, 32)).basis.shape[1:] == (4, 4)


def test_penalties_of_slopes_have_right_gradients():
    torch.manual_seed(0)
    agrees_with_finite_differences(Discriminator((2, 16, 8), SMALL).double(), (2, 16, 8))


def test_what_does_not_fit_is_explained():
    with pytest.raises(ValueError, match="multiples of 4 for 3 stages"):
        Generator((1, 30, 28), SMALL)
    with pytest.raises(ValueError, match=r"expected 28, 32 or 64.*Or give a plan"):
        Discriminator((1, 48, 48))
    with pytest.raises(ValueError, match="multiples of the group"):
        Plan((8, 6), (1, 1), 8)
    for widths, blocks in [((8,), (1,)), ((8, 8), (1,)), ((8, 8), (0, 0))]:
        with pytest.raises(ValueError, match="two stages or more"):
            Plan(widths, blocks)
