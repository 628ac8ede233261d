from importlib.resources import files

import torch

from sparring.data.embedded import FASHION_CLASSES, fashion_mnist


def test_parts():
    train, held_out = fashion_mnist(), fashion_mnist("held_out")
    assert train.x.shape == (10_000, 1, 28, 28)
    assert held_out.x.shape == (1000, 1, 28, 28)
    assert train.x.dtype == torch.uint8
    assert torch.bincount(train.y).tolist() == [1000] * 10
    assert torch.bincount(held_out.y).tolist() == [100] * 10
    assert len(FASHION_CLASSES) == 10


def test_no_picture_is_in_both_parts():
    pictures = [{bytes(x.numpy().tobytes()) for x in fashion_mnist(part).x} for part in ("train", "held_out")]
    assert len(pictures[0] & pictures[1]) == 0


def test_small_and_licensed():
    folder = files("sparring.data")
    assert len(folder.joinpath("fashion_mnist.npz").read_bytes()) < 5_000_000
    assert "Zalando" in folder.joinpath("fashion_mnist.LICENSE").read_text()
