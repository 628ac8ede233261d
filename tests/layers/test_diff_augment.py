"""Each change against one that is written out, pixel by pixel; and its gradient."""

import pytest
import torch

from rounds import draws_of
from sparring import Key
from sparring.layers.diff_augment import DIFF_AUGMENT, Colour, Cutout, Translation

SHAPES = [(3, 3, 6, 6), (4, 1, 7, 5), (2, 2, 4, 9)]


def pictures(shape):
    return Key(0).normal("pictures", shape, torch.float64)


def chance(n):
    return draws_of(n, dtype=torch.float64)


@pytest.mark.parametrize("shape", SHAPES)
def test_colours_by_hand(shape):
    x, (b, s, c) = pictures(shape), (0.8, 0.6, 0.4)
    found = Colour(b, s, c)(x, chance(len(x)), "a")
    numbers = chance(len(x)).uniform("a colour", 3)
    for n, (u1, u2, u3) in enumerate(numbers.tolist()):
        y = [[[v + b * (u1 - 0.5) for v in row] for row in channel] for channel in x[n].tolist()]
        for i in range(shape[2]):
            for j in range(shape[3]):
                mean = sum(channel[i][j] for channel in y) / shape[1]
                for channel in y:
                    channel[i][j] = mean + (channel[i][j] - mean) * (1 + s * (2 * u2 - 1))
        mean = sum(v for channel in y for row in channel for v in row) / (shape[1] * shape[2] * shape[3])
        expected = torch.tensor(y, dtype=torch.float64)
        torch.testing.assert_close(found[n], mean + (expected - mean) * (1 + c * (u3 - 0.5)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [1 / 8, 0.4])
def test_moves_by_hand(shape, share):
    x = pictures(shape)
    found = Translation(share)(x, chance(len(x)), "a")
    up, left = int(share * shape[2] + 0.5), int(share * shape[3] + 0.5)
    draws = chance(len(x))
    downs = draws.integers("a rows", 1, high=2 * up + 1)[:, 0].tolist()
    rights = draws.integers("a columns", 1, high=2 * left + 1)[:, 0].tolist()
    for n, (down, right) in enumerate(zip(downs, rights, strict=True)):
        for i in range(shape[2]):
            for j in range(shape[3]):
                row, column = i + down - up, j + right - left
                there = 0 <= row < shape[2] and 0 <= column < shape[3]
                expected = x[n, :, row, column] if there else torch.zeros(shape[1], dtype=torch.float64)
                assert torch.equal(found[n, :, i, j], expected)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_rectangles_by_hand(shape, share):
    x = pictures(shape)
    found = Cutout(share)(x, chance(len(x)), "a")
    tall, wide = int(share * shape[2] + 0.5), int(share * shape[3] + 0.5)
    draws = chance(len(x))
    tops = draws.integers("a rows", 1, high=shape[2] + 1 - tall % 2)[:, 0].tolist()
    lefts = draws.integers("a columns", 1, high=shape[3] + 1 - wide % 2)[:, 0].tolist()
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        expected = x[n].clone()
        for i in range(top - tall // 2, top - tall // 2 + tall):
            for j in range(left - wide // 2, left - wide // 2 + wide):
                if 0 <= i < shape[2] and 0 <= j < shape[3]:
                    expected[:, i, j] = 0
        assert torch.equal(found[n], expected)


def test_every_move_is_as_likely():
    n = 20_000
    x = torch.zeros(n, 1, 8, 8)
    x[:, :, 4, 4] = 1
    found = Translation(1 / 8)(x, draws_of(n), "a").mean((0, 1))
    assert found[3:6, 3:6].sum().item() == pytest.approx(1)
    torch.testing.assert_close(found[3:6, 3:6], torch.full((3, 3), 1 / 9), rtol=0, atol=0.01)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("transform", [Colour(0, 0, 0), Translation(0), Cutout(0)])
def test_nothing_happens_at_strength_0(transform, shape):
    x = pictures(shape)
    torch.testing.assert_close(transform(x, chance(len(x)), "a"), x, rtol=0, atol=1e-15)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("transform", DIFF_AUGMENT)
def test_gradients_against_finite_differences(transform, shape):
    x = pictures(shape).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: transform(x, chance(len(x)), "a"), x)


def test_a_share_is_one():
    for transform in (Translation, Cutout):
        with pytest.raises(ValueError, match=r"the share of the picture is 1\.0"):
            transform(1.0)
