import os
import subprocess
import sys

import pytest
import torch

from sparring.machine import devices


def test_resolve():
    assert devices.resolve("cpu") == "cpu"
    assert devices.resolve("auto") == ("cuda" if torch.cuda.is_available() else "cpu")
    with pytest.raises(ValueError, match="--device tpu is not available here"):
        devices.resolve("tpu")


def test_threads(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert devices.threads(3) == 3
    assert devices.threads(0) == devices.cores() >= 1
    for asked, found in (("7", 7), ("5,2", 5), ("", devices.cores()), ("many", devices.cores())):
        monkeypatch.setenv("OMP_NUM_THREADS", asked)
        assert devices.threads(0) == found
        assert devices.threads(3) == 3


def test_the_command_lets_waiting_threads_sleep():
    """Unless its user wants something else; it must be set before torch is there."""
    look = "import os, sys; from sparring.cli import main; main(['runs', 'list', '--help'])"
    for given, policy in ({}, "PASSIVE"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE"):
        code = f"import atexit, os\natexit.register(lambda: print(os.environ['OMP_WAIT_POLICY']))\n{look}"
        bare = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
        done = subprocess.run(
            [sys.executable, "-c", code], env=bare | given, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == policy


def test_no_low_precision_on_the_cpu():
    assert devices.autocast("cpu") is None
