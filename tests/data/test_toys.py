import torch

from sparring.data.toys import RING_STD, ring, ring_modes


def test_eight_different_modes_on_the_unit_circle():
    centres = ring_modes()
    assert torch.allclose(centres.norm(dim=1), torch.ones(8))
    assert torch.pdist(centres).min() > 0.76  # 2 sin(pi / 8)


def test_spread_and_weights():
    x = ring(50_000)
    distances, nearest = torch.cdist(x, ring_modes()).min(dim=1)
    assert abs(distances.square().mean().sqrt() / (RING_STD * 2**0.5) - 1) < 0.02
    assert abs(torch.bincount(nearest) / 50_000 - 1 / 8).max() < 0.006


def test_the_same_points_every_time():
    assert torch.equal(ring(10), ring(10))
    assert not torch.equal(ring(10), ring(10, seed=1))
