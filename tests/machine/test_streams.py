"""Programs whose output nobody reads any more, or that are asked to end."""

import signal
import subprocess
import sys

import pytest


def piped(line):
    """What a shell says of a pipe with our program in it: its exit codes, then all of standard error."""
    ours = f"{sys.executable} -c 'import sys; sys.argv[0] = \"sparring\"; from sparring.cli import main; main()'"
    script = f"{line.format(ours=ours)}; echo ${{PIPESTATUS[@]}} >&3"
    process = subprocess.run(["bash", "-c", f"exec 3>&1; {script}"], capture_output=True, text=True, check=False)
    return process.stdout.split("\n")[-2], process.stderr


@pytest.mark.parametrize(
    "line", ["--help | true", "--version | true", "runs list /nowhere | true", "runs --help | true", "data list | true"]
)
def test_nobody_reads(line):
    """`true` may be slow, so that the pipe is still open: then all is well too."""
    codes, error = piped("{ours} " + line)
    assert codes in {"141 0", "0 0", "2 0"}
    assert "Error" not in error
    assert "Traceback" not in error


def test_nobody_has_read_for_long():
    codes, error = piped("(sleep 0.2; {ours} --help) | true")
    assert (codes, error) == ("141 0", "")


def test_nobody_reads_what_is_wrong():
    codes, error = piped("(sleep 0.2; {ours} sampel 2>&1) | true")
    assert (codes, error) == ("2 0", "")


def test_a_full_disk_is_told():
    codes, error = piped("{ours} --help > /dev/full")
    assert codes == "4"
    assert "No space left on device" in error
    assert "Traceback" not in error


def test_no_output_at_all():
    assert piped("{ours} --help >&- 2>&-") == ("0", "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_a_verb_is_ended_quietly(number, code, tmp_path):
    """While it writes a folder, of which nothing stays."""
    body = f"""
import os, signal, sys
from pathlib import Path
from sparring import cli
from sparring.machine.files import folder_atomically
from types import ModuleType
verb = ModuleType("sparring.cli.sample")
def main(words):
    with folder_atomically(Path(words[0])) as folder:
        (folder / "0.png").write_bytes(b"x")
        os.kill(os.getpid(), {int(number)})
    return 0
verb.main = main
sys.modules["sparring.cli.sample"] = verb
cli.main(["sample", {str(tmp_path / "out")!r}])
"""
    done = subprocess.run([sys.executable, "-c", body], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, "sparring: stopped at once\n")
    assert not list(tmp_path.iterdir())


def test_a_hangup_that_is_ignored_ends_nothing():
    """As under nohup."""
    body = "import os, signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\nfrom sparring.machine.signals import *\n"
    body += "with ended_by_signals(): os.kill(os.getpid(), signal.SIGHUP)"
    assert subprocess.run([sys.executable, "-c", body], check=False).returncode == 0
