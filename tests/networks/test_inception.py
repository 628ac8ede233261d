from functools import partial

import numpy as np
import pytest
import torch
from torch.nn import functional

from sparring.chance import Key
from sparring.networks import inception
from sparring.networks.inception import InceptionV3, prepared, tensorflow_bilinear


def random_network():
    """In float64 and evaluation mode, every tensor random, so scaled that no layer dies or explodes."""
    network = InceptionV3().double().eval()
    for name, value in network.state_dict().items():
        draw = Key(1).normal(name, tuple(value.shape), torch.float64)
        if name.endswith("running_var"):
            draw = 0.5 + draw.square()
        elif value.ndim > 1:
            draw /= (value[0].numel() / 2) ** 0.5
        elif name.endswith("bn.weight"):
            draw = 1 + 0.1 * draw
        if value.is_floating_point():
            value.copy_(draw)
    return network


def unit(state, name, x, stride=1, padding=0):
    y = functional.conv2d(x, state[f"{name}.conv.weight"], None, stride, padding)
    mean, var = (state[f"{name}.bn.running_{k}"][:, None, None] for k in ("mean", "var"))
    weight, bias = (state[f"{name}.bn.{k}"][:, None, None] for k in ("weight", "bias"))
    return ((y - mean) / (var + 0.001).sqrt() * weight + bias).clamp(min=0)


def windows(x, stride, value=None):
    """All of 3 x 3 [n, C, H', W', 3, 3], with a border of `value` if one is given."""
    x = x if value is None else functional.pad(x, [1] * 4, value=value)
    return x.unfold(2, 3, stride).unfold(3, 3, stride)


def average(x):
    """The mean of what is not border, which is not a number."""
    return windows(x, 1, torch.nan).nanmean(dim=(4, 5))


def largest(x):
    return windows(x, 1, -torch.inf).amax(dim=(4, 5))


def halved(x):
    return windows(x, 2).amax(dim=(4, 5))


def by_hand(state, x):
    """The features, written out from table 1 and the figures with functions alone."""
    u = partial(unit, state)
    x = u("Conv2d_2b_3x3", u("Conv2d_2a_3x3", u("Conv2d_1a_3x3", x, 2)), padding=1)
    x = halved(u("Conv2d_4a_3x3", u("Conv2d_3b_1x1", halved(x))))
    for m in ("Mixed_5b", "Mixed_5c", "Mixed_5d"):
        a = u(f"{m}.branch1x1", x)
        b = u(f"{m}.branch5x5_2", u(f"{m}.branch5x5_1", x), padding=2)
        c = u(f"{m}.branch3x3dbl_2", u(f"{m}.branch3x3dbl_1", x), padding=1)
        c = u(f"{m}.branch3x3dbl_3", c, padding=1)
        x = torch.cat([a, b, c, u(f"{m}.branch_pool", average(x))], dim=1)
    a = u("Mixed_6a.branch3x3", x, 2)
    b = u("Mixed_6a.branch3x3dbl_2", u("Mixed_6a.branch3x3dbl_1", x), padding=1)
    x = torch.cat([a, u("Mixed_6a.branch3x3dbl_3", b, 2), halved(x)], dim=1)
    row, column = (0, 3), (3, 0)
    for m in ("Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"):
        a = u(f"{m}.branch1x1", x)
        b = u(f"{m}.branch7x7_2", u(f"{m}.branch7x7_1", x), padding=row)
        b = u(f"{m}.branch7x7_3", b, padding=column)
        c = u(f"{m}.branch7x7dbl_1", x)
        for i, padding in enumerate((column, row, column, row), 2):
            c = u(f"{m}.branch7x7dbl_{i}", c, padding=padding)
        x = torch.cat([a, b, c, u(f"{m}.branch_pool", average(x))], dim=1)
    a = u("Mixed_7a.branch3x3_2", u("Mixed_7a.branch3x3_1", x), 2)
    b = u("Mixed_7a.branch7x7x3_2", u("Mixed_7a.branch7x7x3_1", x), padding=row)
    b = u("Mixed_7a.branch7x7x3_4", u("Mixed_7a.branch7x7x3_3", b, padding=column), 2)
    x = torch.cat([a, b, halved(x)], dim=1)
    row, column = (0, 1), (1, 0)
    for m, pool in (("Mixed_7b", average), ("Mixed_7c", largest)):
        a = u(f"{m}.branch1x1", x)
        b = u(f"{m}.branch3x3_1", x)
        b = [u(f"{m}.branch3x3_2a", b, padding=row), u(f"{m}.branch3x3_2b", b, padding=column)]
        c = u(f"{m}.branch3x3dbl_2", u(f"{m}.branch3x3dbl_1", x), padding=1)
        c = [u(f"{m}.branch3x3dbl_3a", c, padding=row), u(f"{m}.branch3x3dbl_3b", c, padding=column)]
        x = torch.cat([a, *b, *c, u(f"{m}.branch_pool", pool(x))], dim=1)
    return x.mean(dim=(2, 3))


def test_the_network_is_that_of_the_paper_written_out():
    """139 pixels leave 2 x 2 at the end, so that no pool and no kernel is idle."""
    network, x = random_network(), Key(2).uniform("x", (2, 3, 139, 139), torch.float64) * 2 - 1
    state = network.state_dict()
    with torch.no_grad():
        expected = by_hand(state, x)
        assert expected.std() > 0.1
        torch.testing.assert_close(network.features(x), expected, rtol=1e-9, atol=1e-9)
        logits = expected @ state["fc.weight"].T + state["fc.bias"]
        torch.testing.assert_close(network(x), logits, rtol=1e-9, atol=1e-9)


def test_it_has_as_many_parameters_as_published():
    """Those of torchvision's without the auxiliary classifier, 21,785,568 before the last layer."""
    assert sum(p.numel() for p in InceptionV3().parameters()) == 21_785_568 + 1008 * 2049


def test_average_pool_does_not_count_padding():
    x = Key(0).normal("x", (1, 1, 4, 5), torch.float64)
    expected = torch.empty_like(x)
    for i in range(4):
        for j in range(5):
            expected[0, 0, i, j] = x[0, 0, max(i - 1, 0) : i + 2, max(j - 1, 0) : j + 2].mean()
    torch.testing.assert_close(inception.average(x), expected)


def tensorflow_one(x, side):
    """One channel [H, W] by TensorFlow's index arithmetic, a pixel at a time, in single precision."""
    height, width = x.shape
    result = np.empty((side, side), np.float32)
    for i in range(side):
        for j in range(side):
            y, z = np.float32(i) * np.float32(height / side), np.float32(j) * np.float32(width / side)
            top, left = int(y), int(z)
            bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
            dy, dz = np.float32(y - top), np.float32(z - left)
            above = x[top, left] + (x[top, right] - x[top, left]) * dz
            below = x[bottom, left] + (x[bottom, right] - x[bottom, left]) * dz
            result[i, j] = above + (below - above) * dy
    return result


@pytest.mark.parametrize(("height", "width", "side"), [(5, 7, 11), (13, 9, 4), (1, 1, 3), (32, 28, 61), (6, 6, 6)])
def test_resizing_is_tensorflows(height, width, side):
    x = Key(0).integers("x", (height, width), 256).float()
    expected = torch.from_numpy(tensorflow_one(x.numpy(), side))
    assert torch.equal(tensorflow_bilinear(x[None, None], side)[0, 0], expected)


def test_resizing_neither_averages_nor_centres():
    x = Key(0).normal("x", (2, 3, 8, 8))
    assert torch.equal(tensorflow_bilinear(x, 4), x[:, :, ::2, ::2])
    centred = functional.interpolate(x, (16, 16), mode="bilinear", align_corners=False)
    assert not torch.allclose(tensorflow_bilinear(x, 16), centred, atol=0.1)


def test_bytes_are_centred_at_128():
    x = torch.tensor([0, 128, 255], dtype=torch.uint8).reshape(1, 3, 1, 1)
    y = prepared(x)
    assert y.shape == (1, 3, 299, 299)
    assert y[0, :, 7, 290].tolist() == [-1.0, 0.0, 127 / 128]
