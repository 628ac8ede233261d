import math

import pytest
import torch

from sparring.data.toys import RING_STD, ring, ring_modes
from sparring.metrics.modes import modes


def test_a_perfect_sampler():
    """1 - exp(-9/2) of high quality, an eighth on each mode."""
    n = 100_000
    found = modes(ring(n, seed=5), ring_modes(), RING_STD)
    assert found.high_quality == pytest.approx(1 - math.exp(-4.5), abs=4 * math.sqrt(0.011 / n))
    assert found.covered == 8
    assert max(found.weights) - min(found.weights) < 0.01


def test_a_collapsed_sampler():
    found = modes(ring_modes()[:1].repeat(100, 1), ring_modes(), RING_STD)
    assert (found.high_quality, found.covered, found.weights[0]) == (1.0, 1, 1.0)


def test_a_sampler_beside_the_modes():
    found = modes(torch.tensor([[0.0, 0.0], [1.0, 0.029], [1.0, 0.031]]), ring_modes(), RING_STD)
    assert found.high_quality == pytest.approx(1 / 3)
    assert found.weights[0] == pytest.approx(1 / 3)


def test_shapes():
    with pytest.raises(ValueError, match="expected"):
        modes(torch.zeros(4, 3), ring_modes(), RING_STD)
