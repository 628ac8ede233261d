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


@pytest.mark.parametrize("count", [999, -1, 10**30])
def test_threads_that_no_machine_has_use_for(monkeypatch, count):
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    with pytest.raises(ValueError, match=rf"--threads is {count}; expected 1 to 64\. .*: --threads {devices.cores()}"):
        devices.threads(count)
    if count > 0:
        monkeypatch.setenv("OMP_NUM_THREADS", str(count))
        with pytest.raises(ValueError, match=rf"OMP_NUM_THREADS is {count}; .*: export OMP_NUM_THREADS=[12]"):
            devices.threads(0)
    monkeypatch.setattr("os.cpu_count", lambda: 1000)
    assert devices.threads(999) == 999


@pytest.mark.parametrize(
    ("quota", "ranks", "found"), [(None, 1, 8), (0.5, 1, 1), (1.5, 1, 2), (3.0, 1, 3), (99.0, 1, 8), (4.0, 2, 2)]
)
def test_cores_are_those_of_the_container(monkeypatch, quota, ranks, found):
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr("sparring.machine.quota.cores", lambda: quota)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", str(ranks))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
    assert devices.cores() == devices.threads(0) == found
    devices.patient()
    assert os.environ.get("OMP_NUM_THREADS") == (None if found == 8 else str(found))
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    devices.patient()
    assert os.environ["OMP_NUM_THREADS"] == "5"


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
