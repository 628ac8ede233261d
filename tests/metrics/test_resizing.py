import numpy as np
import pytest
import torch
from PIL import Image

from sparring import Key
from sparring.metrics.resizing import described, resized

FILTERS = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}


@pytest.mark.parametrize("filter", FILTERS)
@pytest.mark.parametrize("shape", [(28, 28), (300, 257), (96, 500), (8, 8), (299, 299), (1, 5)])
@pytest.mark.parametrize("size", [224, 299, 32])
def test_against_pillow(shape, size, filter):
    """Pillow's mode F resizes floats, and is another implementation."""
    x = 2 * Key(0).uniform("x", (1, 3, *shape)) - 1
    cells = [Image.fromarray(cell.numpy()).resize((size, size), FILTERS[filter]) for cell in x[0]]
    expected = torch.from_numpy(np.stack([np.asarray(cell) for cell in cells])).clamp(-1, 1)
    torch.testing.assert_close(resized(x, size, filter)[0], expected, rtol=0, atol=1e-4)


def test_grey_becomes_three_equal_channels():
    x = Key(0).uniform("x", (2, 1, 9, 9))
    assert torch.equal(resized(x, 20), resized(x.expand(-1, 3, -1, -1), 20))


def test_a_picture_of_the_size_stays():
    x = 2 * Key(0).uniform("x", (2, 3, 33, 33)) - 1
    torch.testing.assert_close(resized(x, 33), x)


def test_edges_do_not_leave_the_range():
    x = torch.ones(1, 1, 8, 8)
    x[..., :4] = -1
    assert resized(x, 50).min() == -1
    assert resized(x, 50).max() == 1


def test_a_picture_does_not_depend_on_its_neighbours():
    x = Key(0).uniform("x", (5, 3, 20, 30))
    assert torch.equal(resized(x, 16)[3:], resized(x[3:], 16))


@pytest.mark.parametrize("shape", [(2, 4, 8, 8), (2, 2, 8, 8), (2, 8, 8), (0, 1, 8, 8)])
def test_other_channels(shape):
    with pytest.raises(ValueError, match=r"expected \[n, 1, H, W\] or \[n, 3, H, W\]: put pictures with alpha on"):
        resized(torch.zeros(shape), 16)


def test_it_is_told():
    assert described(299, "bilinear") == (
        "bilinear with antialias to 299 x 299 from any shape, in float, clamped; grey as 3 equal channels"
    )
