import pytest

from sparring.schedules import geometric, linear


def test_linear():
    f = linear(1.0, 0.0, 0.5)
    assert [f(u) for u in (0, 0.5, 0.75, 1, 2)] == pytest.approx([1, 1, 0.5, 0, 0])


def test_geometric():
    f = geometric(8.0, 1.0, 0.2, 0.8)
    assert [f(u) for u in (0, 0.2, 0.4, 0.6, 0.8, 1)] == pytest.approx([8, 8, 4, 2, 1, 1])
