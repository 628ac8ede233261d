import math

import pytest
import torch

from sparring import Key
from sparring.metrics.nearest import nearest_pair


def test_known_points():
    assert nearest_pair(torch.tensor([[0.0, 0], [3, 4], [3, 5]])) == pytest.approx((5 + 1 + 1) / 3)


def test_twins_have_distance_0():
    x = Key(0).normal("x", (5, 1, 4, 4))
    assert nearest_pair(x.repeat(2, 1, 1, 1)) == 0


def test_uniform_in_the_plane():
    """n points in the unit square: about 1 / (2 sqrt n), a little more at the border."""
    n = 2000
    assert nearest_pair(Key(0).uniform("x", (n, 2))) * math.sqrt(n) == pytest.approx(0.5, rel=0.06)


def test_one_sample_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        nearest_pair(torch.zeros(1, 3))
