"""Numbers that are measured of pictures, against pictures drawn to have them, and against NumPy."""

import numpy as np
import pytest
import torch

from sparring import InMemory, Key
from sparring.data.measuring import aspect, brightness, measured, slant


def bar(lean, width=3, size=21):
    """A bright bar that leans `lean` pixels to the right for each pixel up."""
    x = torch.full((1, size, size), -1.0)
    for row in range(4, 17):
        middle = 10 + round(lean * (10 - row))
        x[0, row, middle - width // 2 : middle + width // 2 + 1] = 1
    return x


def test_a_bar_leans_as_it_was_drawn():
    found = slant(torch.stack([bar(lean) for lean in (-0.5, 0.0, 0.5)]))
    assert found.tolist() == pytest.approx([-0.5, 0, 0.5], abs=0.03)


def test_a_wide_bar_is_wide():
    x = torch.full((2, 1, 21, 21), -1.0)
    x[0, 0, 8:13, 3:18] = 1
    x[1, 0, 3:18, 8:13] = 1
    wide, high = aspect(x).tolist()
    assert wide == pytest.approx(((15**2 - 1) / (5**2 - 1)) ** 0.5, rel=1e-5), "the deviations of uniform numbers"
    assert wide * high == pytest.approx(1, rel=1e-5)


def test_brightness_is_the_share_of_white():
    x = torch.full((1, 3, 4, 4), -1.0)
    x[:, :, :1] = 1
    assert brightness(x).tolist() == [0.25]


def test_slant_is_the_slope_of_a_weighted_regression():
    x = Key(0).uniform("x", (1, 1, 9, 7)) * 2 - 1
    weight, (rows, columns) = (x[0, 0].numpy() + 1).ravel(), (axis.ravel() for axis in np.mgrid[:9, :7])
    slope = np.polyfit(-rows, columns, 1, w=np.sqrt(weight))[0]
    assert slant(x).item() == pytest.approx(slope, rel=1e-4)


def test_labels_that_are_numbers_can_be_asked_for():
    pictures = InMemory(torch.zeros(3, 1, 8, 8, dtype=torch.uint8), torch.tensor([1, 0, 1]), classes=("0.5", "2,25"))
    assert measured(pictures, ["label", "brightness"]).tolist() == [[2.25, 0], [0.5, 0], [2.25, 0]]
    assert measured(pictures.view(torch.tensor([1, 2])), ["label"]).tolist() == [[0.5], [2.25]]
    with pytest.raises(ValueError, match="there is no measure 'size'; there are aspect, brightness, slant, and label"):
        measured(pictures, ["size"])
    named = InMemory(pictures.x, pictures.y, classes=("bag", "coat"))
    with pytest.raises(ValueError, match="the labels are bag, coat; expected a number for each picture"):
        measured(named, ["label"])
