"""Training as in a container: a user without a name or a home, no terminal, and a source that cannot be written."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from blocked import SOURCE

WHO = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups", "--no-new-privs", "env", "-i"]


def stranger(*words, **environment):
    """Runs a command as somebody else, who has this environment alone."""
    pairs = [f"{name}={value}" for name, value in environment.items()]
    return subprocess.run([*WHO, *pairs, *map(str, words)], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, start_new_session=True, timeout=240)  # fmt: skip


READABLE = {"PYTHONPATH": f"{SOURCE}:{sysconfig.get_path('purelib')}", "PYTHONDONTWRITEBYTECODE": "1"}


def interpreter():
    """A Python of this version that anybody may run, and that finds this package and torch, if there is one.

    A checkout in a folder of one user alone, as `mktemp -d` makes it, can be read by nobody else.
    """
    names = (sys.executable, f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    look = ("-c", "import importlib.util as u; u.find_spec('sparring').name, u.find_spec('torch').name")
    return next((name for name in names if stranger(os.path.realpath(name), *look, **READABLE).returncode == 0), None)


@pytest.fixture
def room():
    """A folder of which a stranger may write `out` and `cache`, and read `data`."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("out", "cache"):
            folder.joinpath(part).mkdir()
            folder.joinpath(part).chmod(0o777)
        folder.joinpath("data").mkdir()
        for i in range(12):
            folder.joinpath("data", f"{i}.ppm").write_bytes(b"P6 8 8 255 " + bytes(range(i, i + 192)))
        yield folder


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs root")
def test_a_user_without_a_name_trains(room):
    python = interpreter()
    if python is None:
        pytest.skip("nobody else may run a Python or read the checkout here")
    here = {**READABLE, "PATH": "/usr/bin:/bin", "MPLCONFIGDIR": room / "cache"}
    small = ["--rounds", "2", "--batch", "4", "--width", "2", "--latent", "3", "--threads", "1", "--device", "cpu"]
    train = [python, "-m", "sparring", "train", "dcgan", "--data", room / "data", "--out", room / "out" / "run", *small]
    done = stranger(*train, **here)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "sparring: there is no home folder for the cache: set SPARRING_CACHE to a folder\n"
    done = stranger(*train, **here, SPARRING_CACHE=room / "cache")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Played to round 2" in done.stdout
    assert "\x1b" not in done.stdout, "a terminal's colours"
    assert room.joinpath("out", "run", "preview.png").stat().st_uid == 12345
    doctor = stranger(python, "-m", "sparring", "doctor", **here, SPARRING_CACHE=room / "cache")
    assert "Traceback" not in doctor.stdout + doctor.stderr
    assert doctor.stdout
