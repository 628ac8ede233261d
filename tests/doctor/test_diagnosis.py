import math
import os
import subprocess
import sys
from importlib import metadata

import pytest
import torch

from sparring.doctor import environment
from sparring.doctor.diagnosis import CHECKS, examine
from sparring.machine import quota

GOOD = {"auto": "cpu", "all": ["cpu"], "gpus": [], "bf16": False, "build": None, "nvidia-smi": None}
FOLDER = {"path": "/x", "free": 2 * 10**9, "trouble": None}


def test_nothing_is_wrong_here():
    facts, problems = examine()
    assert facts.keys() == environment.PROBES.keys()
    assert [problem for problem in problems if "MB of free space" not in problem.what] == []
    assert facts["packages"]["torch"] == torch.__version__
    assert facts["arithmetic"]["got"] == facts["arithmetic"]["expected"]


def test_the_second_derivative_by_differences():
    """4 s^3 with s the sum of x: against central differences of the closed form."""
    expected, h = environment.arithmetic()["expected"], 1e-4
    value = lambda s: 4 * s**3  # noqa: E731
    slope = lambda s: (value(s + h) - value(s - h)) / (2 * h)  # noqa: E731
    second = 4 * (slope(10 + h) - slope(10 - h)) / (2 * h)  # moving one element moves the slope of all four
    assert all(math.isclose(a, b, rel_tol=1e-3) for a, b in zip(expected, (value(10), slope(10), second), strict=True))


@pytest.mark.parametrize("name", environment.PROBES)
def test_a_probe_that_fails_is_a_problem_of_its_own(name, monkeypatch):
    def fail():
        raise RuntimeError("line one\nline two")

    monkeypatch.setattr(environment, "PROBES", environment.PROBES)
    monkeypatch.setitem(environment.PROBES, name, fail)
    facts, problems = examine()
    assert facts[name] == {}
    assert [problem.what for problem in problems if "MB of free" not in problem.what] == [
        f"{name}: RuntimeError: line one line two"
    ]


def test_a_torch_that_cannot_be_imported(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    facts, problems = examine()
    assert {problem.what.partition(":")[0] for problem in problems} >= {"devices", "arithmetic", "processor"}
    assert facts["packages"]["numpy"]


@pytest.mark.parametrize(
    ("name", "found", "what", "fix"),
    [
        ("packages", {"torch": "2.9.1+cpu"}, "2.9.1+cpu; sparring needs 2.10 or newer", 'install -U "torch>='),
        ("packages", {"numpy": None}, "numpy is not installed", 'pip install "numpy>=2"'),
        ("torchvision", {"version": "0.1", "torch": "1.2.3"}, "0.1 was made for torch 1.2.3", "pip install"),
        ("devices", GOOD | {"nvidia-smi": "/x/nvidia-smi"}, "built for the CPU only", "install a torch for CUDA"),
        ("devices", GOOD | {"nvidia-smi": "/x", "build": "13.0"}, "CUDA 13.0 finds no GPU", "driver"),
        ("arithmetic", {"device": "mps", "got": [math.nan], "expected": [1.0]}, "mps computes [nan]", "--device cpu"),
        ("processor", {"OMP_NUM_THREADS": "9", "cores": 2}, "OMP_NUM_THREADS is 9", "export OMP_NUM_THREADS=2"),
        ("folders", {"cache": FOLDER | {"trouble": "Read-only file system"}}, "cache '/x' cannot be", "SPARRING_CACHE"),
        ("folders", {"cache": {"path": None, "free": None, "trouble": "no: set X"}}, "no place: no", "SPARRING_CACHE"),
        ("folders", {"runs": FOLDER | {"free": 5 * 10**8}}, "has only 500 MB", "sparring runs prune"),
        ("system", {"text": "ANSI_X3.4-1968", "files": "utf-8", "time": "2026-01-01"}, "not UTF-8", "PYTHONUTF8=1"),
        ("system", {"text": "UTF-8", "files": "utf-8", "time": "1970-01-01 00:00"}, "clock says 1970", "set the clock"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_its_fix(name, found, what, fix):
    facts = {**environment.packages(), **found} if name == "packages" else found
    (problem,) = CHECKS[name](facts)
    assert what in problem.what
    assert fix in problem.fix


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("packages", {**environment.packages(), "torch": "2.10.0"}),
        ("packages", {**environment.packages(), "torch": "3.0"}),
        ("torchvision", {"version": None, "torch": None}),
        ("torchvision", {"version": "0.1", "torch": torch.__version__.partition("+")[0]}),
        ("devices", GOOD),
        ("devices", GOOD | {"nvidia-smi": "/x", "build": "13.0", "auto": "cuda"}),
        ("processor", {"OMP_NUM_THREADS": None, "cores": 2}),
        ("processor", {"OMP_NUM_THREADS": "2,1", "cores": 2}),
        ("folders", {"cache": FOLDER}),
        ("system", {"text": "utf8", "files": "UTF-8", "time": "2024-01-01"}),
    ],
)
def test_what_is_right_is_not_wrong(name, found):
    assert list(CHECKS[name](found)) == []


def test_requirements_are_read_from_the_package(monkeypatch):
    lines = [
        "torch>=2.10", "rich", 'numpy<3,>=2; extra == "x"', "resvg-py>=0.4 ; extra == 'data'",
        'sparring[data]; extra == "x"',
    ]  # fmt: skip
    monkeypatch.setattr(metadata, "requires", lambda name: lines)
    assert environment.requirements() == {"torch": "2.10", "rich": ""}
    assert environment.requirements("data") == {"resvg-py": "0.4"}
    assert environment.requirements("x") == {"numpy": "2"}


def test_folders_that_cannot_be_written_are_seen(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.chdir(tmp_path)
    found = environment.folders()
    assert found["cache"]["trouble"] == "Not a directory"
    assert found["runs"] | {"free": 0} == {"path": str(tmp_path / "runs"), "free": 0, "trouble": None}
    assert [path.name for path in tmp_path.iterdir()] == ["file"], "looking leaves nothing"


def test_memory_against_another_source(monkeypatch):
    monkeypatch.setattr(quota, "memory", lambda: None)
    found = environment.memory()
    assert found["total"] == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert 0 < found["free"] <= found["total"]


def test_memory_of_a_container(monkeypatch):
    monkeypatch.setattr(quota, "memory", lambda: (2**20, 2**10))
    assert environment.memory() == {"total": 2**20, "free": 2**10}


def test_torchvision_is_asked_for_its_torch(monkeypatch):
    monkeypatch.setattr(environment, "version", lambda name: "0.28.0")
    monkeypatch.setattr(metadata, "requires", lambda name: ["numpy", "torch==2.13.0", "pillow>=5.3"])
    assert environment.torchvision() == {"version": "0.28.0", "torch": "2.13.0"}


def test_every_check_has_its_probe():
    assert CHECKS.keys() <= environment.PROBES.keys()


def test_an_encoding_that_is_not_utf8_is_seen():
    """Of a whole process: an encoding is settled when Python starts."""
    code = "from sparring.doctor import diagnosis, environment as e; print(*diagnosis.CHECKS['system'](e.system()))"
    old = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert "not UTF-8" in subprocess.check_output([sys.executable, "-c", code], env=old, text=True)
    assert subprocess.check_output([sys.executable, "-c", code], env={**old, "PYTHONUTF8": "1"}, text=True) == "\n"
