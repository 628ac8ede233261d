import pytest
import torch

from sparring.machine import devices


def test_resolve():
    assert devices.resolve("cpu") == "cpu"
    assert devices.resolve("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(ValueError, match="--device tpu is not to be had here"):
        devices.resolve("tpu")


def test_threads():
    assert devices.threads(3) == 3
    assert devices.threads(0) >= 1


def test_no_low_precision_on_the_cpu():
    assert devices.autocast("cpu") is None
