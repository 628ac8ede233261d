"""A process that is killed with -9 again and again, on every contract game, ends with the bits of one left alone."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from same import same
from sparring.runs import checkpoint

SCRIPT = Path(__file__).with_name("killed.py")
ROUNDS = 8


@contextmanager
def start(folder):
    """The process, which does not outlive the test."""
    process = subprocess.Popen([sys.executable, str(SCRIPT), str(folder), str(ROUNDS)])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def saved(folder):
    """How many rounds of all games are saved."""
    return sum(int(path.name) for path in folder.glob("*/[0-9]*"))


def kill_after_some(folder):
    """Kills the process at some moment after it has saved something new."""
    before = saved(folder)
    with start(folder) as process:
        while saved(folder) <= before + 5 and process.poll() is None:
            time.sleep(0.01)
        time.sleep(0.001 * (before % 7))
    return process.returncode


def test_every_shape_ends_with_the_same_bits(tmp_path):
    with start(tmp_path / "whole") as whole:
        assert [kill_after_some(tmp_path / "killed") for _ in range(3)] == [-9] * 3
        with start(tmp_path / "killed") as last:
            assert last.wait() == 0
        assert whole.wait() == 0
    names = sorted(path.name for path in (tmp_path / "whole").iterdir())
    assert len(names) > 20
    for name in names:
        ends = [checkpoint.load(checkpoint.latest(tmp_path / side / name)) for side in ("whole", "killed")]
        assert same(*ends), name
