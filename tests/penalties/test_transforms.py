import re
from collections import Counter

import pytest
import torch

from rounds import draws_of
from sparring.penalties import Flip, Noise, Shift


def pictures(n, height=3, width=4):
    return torch.arange(n * 2 * height * width, dtype=torch.float64).reshape(n, 2, height, width)


def test_half_of_the_pictures_are_mirrored():
    x = pictures(2000)
    y = Flip()(x, draws_of(2000), "some")
    same, mirrored = (y == x).flatten(1).all(1), (y == x.flip(-1)).flatten(1).all(1)
    assert (same ^ mirrored).all()
    assert mirrored.double().mean().item() == pytest.approx(0.5, abs=0.05)


def test_shifts_are_whole_pixels_equally_likely_and_edges_are_repeated():
    """Each of the nine pictures moved by -1, 0 or 1, made by numpy-like slices of one with a wider edge."""
    x, n = pictures(1).expand(4500, -1, -1, -1), 4500
    wide = torch.nn.functional.pad(x[:1], (1, 1, 1, 1), mode="replicate")[0]
    moved = {(i, j): wide[:, i : i + 3, j : j + 4] for i in range(3) for j in range(3)}
    found = Counter()
    for y in Shift(1)(x, draws_of(n), "some"):
        [move] = [move for move, expected in moved.items() if torch.equal(y, expected)]
        found[move] += 1
    assert len(found) == 9
    assert max(abs(count - n / 9) for count in found.values()) < 5 * (n / 9) ** 0.5


def test_a_shift_beyond_the_picture_repeats_its_edge():
    y = Shift(50)(pictures(64), draws_of(64), "some")
    assert y.shape == (64, 2, 3, 4)
    assert (y == y[:, :, :1, :1]).flatten(1).all(1).sum() > 40


def test_noise_has_its_scale_in_every_dimension():
    y = Noise(0.3)(torch.zeros(4000, 2, 3), draws_of(4000), "some")
    torch.testing.assert_close(y.std(0), torch.full((2, 3), 0.3), rtol=0.05, atol=0)
    torch.testing.assert_close(y.mean(0), torch.zeros(2, 3), rtol=0, atol=0.03)


@pytest.mark.parametrize("transform", [Flip(), Shift(2), Noise(0.2)])
def test_a_transform_repeats_by_its_name_and_can_be_differentiated(transform):
    chance, x = draws_of(6, dtype=torch.float64), pictures(6).requires_grad_()
    assert torch.equal(transform(x, chance, "a"), transform(x, chance, "a"))
    assert not torch.equal(transform(x, chance, "a"), transform(x, chance, "b"))
    assert torch.autograd.gradcheck(lambda x: transform(x, chance, "a"), (x,))
    assert hash(transform) == hash(type(transform)(**vars(transform)))


def test_amounts_are_positive():
    with pytest.raises(ValueError, match="expected 1 or more"):
        Shift(0)
    with pytest.raises(ValueError, match=re.escape("expected a positive number, such as 0.1")):
        Noise(0.0)
