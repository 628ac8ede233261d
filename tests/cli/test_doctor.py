import json
import subprocess
import sys

import pytest

from sparring import cli
from sparring.doctor import environment


@pytest.fixture(autouse=True)
def space(monkeypatch):
    """A full disk is not this test's business."""
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 5 * 10**9}))


def test_all_is_well(capsys):
    assert cli.run("doctor", []) == 0
    out = capsys.readouterr().out
    assert out.endswith("\n\nNothing is wrong.\n")
    assert "5 GB free, can be written: " in out
    for name in environment.PROBES:
        assert f"\n{name} " in "\n" + out


def test_something_is_wrong(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPARRING_CACHE", str(tmp_path / "file" / "[bold]"))
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: {0}, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "64")
    assert cli.run("doctor", []) == 1
    words = " ".join(capsys.readouterr().out.split())
    assert f"the cache '{tmp_path}/file/[bold]' cannot be written (Not a directory) fix make it writable" in words
    assert "fix export OMP_NUM_THREADS=1, or unset it" in words


def test_a_user_without_a_home(monkeypatch, capsys):
    for name in ("SPARRING_CACHE", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", lambda number: {}[number])
    assert cli.run("doctor", []) == 1
    words = " ".join(capsys.readouterr().out.split())
    assert (
        "the cache has no place: there is no home folder for the cache fix set SPARRING_CACHE to another folder"
        in words
    )
    assert "install" not in words.partition("WRONG")[2]


def test_json(monkeypatch, capsys):
    assert cli.run("doctor", ["--json"]) == 0
    about = json.loads(capsys.readouterr().out)
    assert about["problems"] == []
    assert about["facts"]["packages"]["python"] == sys.version.split()[0]
    monkeypatch.setitem(sys.modules, "torch", None)
    assert cli.run("doctor", ["--json"]) == 1
    assert json.loads(capsys.readouterr().out)["problems"][0]["fix"].startswith("install torch again")


def test_it_works_where_packages_do_not():
    """Without any of the packages that sparring requires."""
    code = """
import sys
missing = ("torch", "numpy", "PIL", "PIL.features", "safetensors", "rich", "tyro", "matplotlib")
sys.modules.update(dict.fromkeys(missing))
from sparring.cli import main
main(["doctor"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "devices      not known, see below" in done.stdout
    assert "WRONG  arithmetic: ModuleNotFoundError" in done.stdout


def test_a_gpu_is_described(monkeypatch):
    from sparring.cli.doctor import _devices

    gpu = {"name": "A GPU", "total": 80 * 10**9, "free": 79 * 10**9}
    found = {"auto": "cuda", "all": ["cpu", "cuda:0"], "gpus": [gpu], "bf16": True, "build": "13.0", "nvidia-smi": None}
    assert list(_devices(found))[-1] == "A GPU: 80 GB, 79 GB of it free"


def test_wrong_options(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.run("doctor", ["--jsn"])
    assert stop.value.code == 2
    assert "--jsn" in capsys.readouterr().err
