"""The hinge loss against values by hand, and the total variation at its best discriminator."""

import math

import pytest
import torch

from sparring.losses import Hinge


def test_by_hand():
    real, fake = torch.tensor([2.0, 0.5, -1.0]), torch.tensor([-3.0, 0.5, 1.0])
    assert Hinge().discriminator(real, fake).item() == pytest.approx((0 + 0.5 + 2) / 3 + (0 + 1.5 + 2) / 3)
    assert Hinge().generator(real, fake).item() == pytest.approx(1.5 / 3)


@pytest.mark.parametrize("distance", [0.5, 1, 3])
def test_total_variation(distance):
    """N(0, 1) against N(d, 1): the best critic is 1 or -1, and its cost 2 (1 - TV)."""
    steps = (torch.arange(100_000, dtype=torch.float64) + 0.5) / 100_000
    real = torch.special.ndtri(steps)
    critic = lambda x: (distance / 2 - x).sign()  # noqa: E731
    expected = 2 * (1 - math.erf(distance / math.sqrt(8)))
    assert Hinge().discriminator(critic(real), critic(real + distance)).item() == pytest.approx(expected, abs=1e-4)
    for other in (lambda x: 0.8 * critic(x), lambda x: 1.2 * critic(x), lambda x: (distance / 2 - x).tanh()):
        assert Hinge().discriminator(other(real), other(real + distance)).item() > expected + 1e-3
