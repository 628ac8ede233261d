"""A disk that is full: what is said, what is printed all the same, and an exit code of its own."""

import errno
import json
import shutil
import subprocess
import sys

import pytest

from made import folder
from sparring import cli
from sparring.machine import files


@pytest.fixture
def full(monkeypatch):
    """From now on no file can be written to its end."""

    def fill(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "write", fill)


@pytest.mark.filterwarnings("ignore:.*What is found cannot be kept", "ignore:The best variance")
@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("verb", ["evaluate", "likelihood", "data"])
def test_a_result_is_printed_that_cannot_be_saved(garments, tmp_path, capsys, full, verb, as_json):
    run = shutil.copytree(garments / "seed 0", tmp_path / "run")
    folder(tmp_path / "photos", 4)
    words = {
        "evaluate": [str(run), "--n", "100", "--features", "pixels", "--training", "0"],
        "likelihood": [str(run), "--pictures", "12", "--temperatures", "6", "--chains", "4"],
        "data": ["report", str(tmp_path / "photos"), "--out", str(tmp_path / "sheet.png")],
    }[verb]
    assert cli.run(verb, [*words, *["--json"] * as_json]) == 4
    out, err = capsys.readouterr()
    assert len(json.loads(out) if as_json else out.splitlines()) > 2
    assert "Saved" not in out
    assert err.endswith("': the disk is full: make space. The result is printed, but not saved\n")
    assert err.count("\n") == 1


def test_another_file_has_the_same_exit_code(points, tmp_path, capsys, full):
    assert cli.run("sample", [str(points), "-n", "4", "--out", str(tmp_path / "a.npy")]) == 4
    assert capsys.readouterr().err == f"sparring: '{tmp_path / 'a.npy'}': the disk is full: make space\n"


SCRIPT = """mount -t tmpfs -o size=700k none "$1" || exit 77
"$2" -m sparring train ring --out "$1/run" --rounds 4000 --width 8 --batch 4 --checkpoint-every 5 --threads 1
code=$?; ls "$1/run/checkpoints"; exit $code"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs unshare")
def test_a_disk_that_fills_up_in_training(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(["unshare", "-m", "sh", "-c", SCRIPT, "sh", small, sys.executable], capture_output=True,
                          text=True, check=False, stdin=subprocess.DEVNULL)  # fmt: skip
    if done.returncode in {1, 77}:
        pytest.skip("needs root")
    newest = int(done.stdout.split()[-1])
    last = done.stderr.splitlines()[-1]
    assert done.returncode == 4
    assert last.startswith(f"sparring: '{small}/run/")
    assert ": the disk is full: make space; " in last
    assert last.endswith(f"saved at round {newest}, and that checkpoint is good. Then: sparring resume {small}/run")
