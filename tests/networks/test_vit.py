import math

import pytest
import torch

from sparring.chance import Key
from sparring.networks.vit import clip, dinov2


def randomised(network):
    """In float64, every parameter random."""
    for name, p in network.double().named_parameters():
        p.data.copy_(Key(1).normal(name, tuple(p.shape), torch.float64) * 0.3)
    return network


def normed(x, norm, eps):
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / (centred.square().mean(dim=-1, keepdim=True) + eps).sqrt() * norm.weight + norm.bias


def block_by_hand(block, tokens, heads, eps, activation):
    """One picture's tokens [tokens, width] through a block, a head and a token at a time."""
    x = normed(tokens, block.norm1, eps)
    projected = x @ block.attn.qkv.weight.T + block.attn.qkv.bias
    queries, keys, values = projected.chunk(3, dim=1)
    size = tokens.shape[1] // heads
    mixed = torch.zeros_like(tokens)
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        for i, query in enumerate(queries[:, part]):
            weights = torch.stack([(query @ key / math.sqrt(size)).exp() for key in keys[:, part]])
            mixed[i, part] = (weights / weights.sum()) @ values[:, part]
    scales = [getattr(layer, "gamma", 1.0) for layer in (block.ls1, block.ls2)]
    tokens = tokens + scales[0] * (mixed @ block.attn.proj.weight.T + block.attn.proj.bias)
    hidden = activation(normed(tokens, block.norm2, eps) @ block.mlp.fc1.weight.T + block.mlp.fc1.bias)
    return tokens + scales[1] * (hidden @ block.mlp.fc2.weight.T + block.mlp.fc2.bias)


def gelu(x):
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def quick_gelu(x):
    return x / (1 + torch.exp(-1.702 * x))


def patches_by_hand(network, picture):
    """A row for each patch of a picture [3, H, W], row by row."""
    weight, bias, p = network.patch_embed.proj.weight, network.patch_embed.proj.bias, network.patch
    cut = [
        (weight * picture[:, i : i + p, j : j + p]).sum(dim=(1, 2, 3))
        for i in range(0, picture.shape[1], p)
        for j in range(0, picture.shape[2], p)
    ]
    return torch.stack(cut) + (0 if bias is None else bias)


@torch.no_grad()
def test_dinov2_by_hand():
    network = randomised(dinov2(12, 2, patch=2, grid=3, heads=3))
    x = Key(0).normal("x", (2, 3, 6, 6), torch.float64)
    for picture, features in zip(x, network(x), strict=True):
        tokens = torch.cat([network.cls_token[0], patches_by_hand(network, picture)]) + network.pos_embed[0]
        for block in network.blocks:
            tokens = block_by_hand(block, tokens, 3, 1e-6, gelu)
        torch.testing.assert_close(features, normed(tokens, network.norm, 1e-6)[0])


@torch.no_grad()
def test_clip_by_hand():
    network = randomised(clip(12, 2, patch=2, grid=3, projection=5, heads=3))
    x = Key(0).normal("x", (2, 3, 6, 6), torch.float64)
    for picture, features in zip(x, network(x), strict=True):
        tokens = torch.cat([network.cls_token[0], patches_by_hand(network, picture)]) + network.pos_embed[0]
        tokens = normed(tokens, network.norm_pre, 1e-5)
        for block in network.blocks:
            tokens = block_by_hand(block, tokens, 3, 1e-5, quick_gelu)
        torch.testing.assert_close(features, network.head.weight @ normed(tokens, network.norm, 1e-5)[0])


def cubic(t, a=-0.75):
    """Keys's (1981) kernel."""
    t = abs(t)
    if t <= 1:
        return (a + 2) * t**3 - (a + 3) * t**2 + 1
    return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0


def resized_by_hand(line, places, factor):
    """A row of `line` [n, D] for each place, from its four neighbours, the ends repeated."""
    rows = []
    for place in range(places):
        at = (place + 0.5) / factor - 0.5
        near = [math.floor(at) + k for k in (-1, 0, 1, 2)]
        rows.append(sum(cubic(at - k) * line[min(max(k, 0), len(line) - 1)] for k in near))
    return torch.stack(rows)


@torch.no_grad()
@pytest.mark.parametrize(("rows", "columns"), [(16, 16), (5, 41)])
def test_positions_are_interpolated_as_published(rows, columns):
    """From 37 x 37; the factor has a tenth of a patch too many."""
    network = randomised(dinov2(4, 0, grid=37, heads=1))
    square = network.pos_embed[0, 1:].reshape(37, 37, 4)
    tall = resized_by_hand(square.flatten(1), rows, (rows + 0.1) / 37).reshape(rows, 37, 4)
    wide = resized_by_hand(tall.transpose(0, 1).flatten(1), columns, (columns + 0.1) / 37).reshape(columns, rows, 4)
    positions = network.positions(rows, columns)
    assert torch.equal(positions[:, 0], network.pos_embed[:, 0])
    torch.testing.assert_close(positions[0, 1:], wide.transpose(0, 1).flatten(0, 1))
    assert network.positions(37, 37) is network.pos_embed


@torch.no_grad()
def test_patches_are_a_set_but_for_their_positions():
    network = randomised(dinov2(12, 2, patch=2, grid=2, heads=3))
    x = Key(0).normal("x", (1, 3, 4, 4), torch.float64)
    swapped = torch.cat([x[:, :, 2:], x[:, :, :2]], dim=2)
    assert not torch.allclose(network(swapped), network(x))
    expected = network(x)
    network.pos_embed.copy_(network.pos_embed[:, [0, 3, 4, 1, 2]])
    torch.testing.assert_close(network(swapped), expected)


def test_the_published_sizes():
    """As many parameters as transformers has (benchmarks/records/published.py), DINOv2's with a token for masks."""
    small, tower = (
        sum(p.numel() for p in network.parameters()) for network in (dinov2(384, 12), clip(768, 12, 32, 7, 512))
    )
    assert (small + 384, tower) == (22_056_576, 87_849_216)


def test_sides_that_patches_do_not_divide():
    with pytest.raises(ValueError, match="got pictures of 12 x 13; expected multiples of 4: resize them"):
        dinov2(8, 1, patch=4, grid=3, heads=2)(torch.zeros(1, 3, 12, 13))
