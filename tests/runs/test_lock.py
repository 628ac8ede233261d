"""One process at a time: locks of the operating system, and what is left of them."""

import errno
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
import warnings

import pytest

from sparring.machine.files import explained
from sparring.runs import lock
from sparring.runs.errors import InUseError

ELSEWHERE = {"pid": 7, "host": "elsewhere", "boot": "another", "start": "1", "since": "2026-01-01", "doing": "trained"}


def child(code, *arguments, **options):
    """A process with `run` and the lock at hand, which says something when it has got there."""
    head = "import os, signal, subprocess, sys, time; from pathlib import Path; from sparring.runs import lock\n"
    words = [sys.executable, "-c", head + "run = Path(sys.argv[1])\n" + code, *map(str, arguments)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, **options)


HOLD = "with lock.locked(run, 'trained'):\n    print('has it', flush=True); time.sleep(60)"


@pytest.fixture
def holder(tmp_path):
    process = child(HOLD, tmp_path)
    assert process.stdout.readline() == "has it\n"
    yield process
    process.kill()
    process.communicate()


def test_the_second_is_told_who_has_it(tmp_path, holder):
    there = lock.holder(tmp_path)
    assert (there.pid, there.here, there.alive) == (holder.pid, True, True)
    for break_lock in (False, True):
        with pytest.raises(InUseError, match=rf"is being trained by process {holder.pid} on "):
            lock.check(tmp_path, break_lock=break_lock)
        words = rf"process {holder.pid} on .*: wait until it has ended"
        with pytest.raises(InUseError, match=words), lock.locked(tmp_path, "pruned", break_lock=break_lock):
            pass


def test_the_dead_hold_nothing(tmp_path, holder):
    holder.kill()
    holder.wait()
    assert (tmp_path / lock.LOCK).exists()
    assert lock.holder(tmp_path) is None
    with lock.locked(tmp_path, "trained"):
        assert lock.holder(tmp_path).pid == os.getpid()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "birth",
    [
        "if not os.fork():\n        print(os.getpid(), flush=True); time.sleep(60)",
        "print(subprocess.Popen(['sleep', '60'], close_fds=False, stdout=2).pid, flush=True)",
    ],
    ids=["fork", "exec"],
)
def test_children_hold_nothing(tmp_path, birth):
    """They may live longer than the one who was killed."""
    code = f"with lock.locked(run, 'trained'):\n    {birth}\n    time.sleep(60)"
    process = child(code, tmp_path, stderr=subprocess.DEVNULL)
    born = int(process.stdout.readline())
    try:
        assert lock.holder(tmp_path).pid == process.pid
        process.kill()
        process.wait()
        os.kill(born, 0)
        with lock.locked(tmp_path, "trained"):
            pass
    finally:
        os.kill(born, signal.SIGKILL)
        process.stdout.close()


def test_another_machine_is_believed_until_the_lock_is_broken(tmp_path):
    (tmp_path / lock.LOCK).write_text(json.dumps(ELSEWHERE))
    assert lock.holder(tmp_path).host == "elsewhere"
    with pytest.raises(InUseError, match=r"process 7 on elsewhere, since 2026-01-01: .* add --break-lock"):
        lock.check(tmp_path)
    with pytest.raises(InUseError, match="process 7 on elsewhere"), lock.locked(tmp_path, "trained"):
        pass
    lock.check(tmp_path, break_lock=True)
    with lock.locked(tmp_path, "trained", break_lock=True):
        assert lock.holder(tmp_path).pid == os.getpid()
    assert not list(tmp_path.iterdir())


def test_a_lock_that_another_machine_still_has_can_be_broken(tmp_path):
    """As over a network, where a machine that is gone may hold a lock for long; its end leaves ours alone."""
    code = f"with lock.locked(run, 'trained'):\n    (run / lock.LOCK).write_text({json.dumps(ELSEWHERE)!r})\n"
    process = child(code + "    print('has it', flush=True); sys.stdin.read()", tmp_path, stdin=subprocess.PIPE)
    assert process.stdout.readline() == "has it\n"
    with pytest.raises(InUseError, match="elsewhere"), lock.locked(tmp_path, "trained"):
        pass
    with lock.locked(tmp_path, "trained", break_lock=True):
        process.communicate("")
        assert process.returncode == 0
        assert lock.holder(tmp_path).pid == os.getpid()


def test_the_same_boot_is_the_same_machine(tmp_path):
    """Containers have names of their own, and one kernel, whose locks are to be trusted."""
    boot = lock._boot()
    assert boot
    (tmp_path / lock.LOCK).write_text(json.dumps({**ELSEWHERE, "boot": boot}))
    with lock.locked(tmp_path, "trained"):
        pass


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL])
def test_without_locks_the_file_must_do(tmp_path, monkeypatch, number):
    def none(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", none)
    with warnings.catch_warnings(record=True, action="always") as said, lock.locked(tmp_path, "trained"):
        assert "has no locks: make sure" in str(said[0].message)
        content = json.loads((tmp_path / lock.LOCK).read_bytes())
        assert lock.holder(tmp_path).pid == os.getpid()
        with pytest.raises(InUseError, match=f"process {os.getpid()} "), lock.locked(tmp_path, "trained"):
            pass
    (tmp_path / lock.LOCK).write_text(json.dumps({**content, "start": "5"}))
    assert lock.holder(tmp_path) is None, "another process has had that number since"
    with warnings.catch_warnings(action="ignore"), lock.locked(tmp_path, "trained"):
        pass


def test_on_a_full_disk_there_is_a_lock_too(tmp_path, monkeypatch):
    """Pruning makes space."""

    def full(handle, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with lock.locked(tmp_path, "pruned"), pytest.raises(InUseError, match=r"is being used by process \?"):
        lock.check(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"[" * 4096, b"", b"half", b"[1]", b'{"pid": "x"}', b"\xff" * 99])
def test_what_is_no_content_is_nobody(tmp_path, content):
    (tmp_path / lock.LOCK).write_bytes(content)
    assert lock.holder(tmp_path) is None
    with lock.locked(tmp_path, "trained"):
        pass


def test_a_folder_in_its_place_is_named(tmp_path):
    (tmp_path / lock.LOCK).mkdir()
    assert lock.holder(tmp_path) is None
    with pytest.raises(OSError, match="directory") as error, lock.locked(tmp_path, "trained"):
        pass
    assert explained(error.value) == f"'{tmp_path / lock.LOCK}': a folder is where a file should be: move it away"


def test_those_who_look_are_not_in_the_way(tmp_path):
    done = threading.Event()

    seen = set()

    def look():
        while not done.is_set():
            seen.add(lock.holder(tmp_path) is None)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(100):
            with lock.locked(tmp_path, "trained"):
                pass
    finally:
        done.set()
        watcher.join()
    assert seen
    assert lock.holder(tmp_path) is None


def test_of_many_at_once_one_has_it(tmp_path):
    """Each adds one to a number, slowly; none is lost."""
    number = tmp_path / "number"
    number.write_text("0")
    code = """
got, end = 0, time.monotonic() + 2
while time.monotonic() < end:
    try:
        with lock.locked(run, 'trained'):
            before = int((run / 'number').read_text()); time.sleep(0.002)
            (run / 'number').write_text(str(before + 1)); got += 1
    except lock.InUseError:
        pass
print(got)"""
    start = time.monotonic()
    processes = [child(code, tmp_path) for _ in range(3)]
    counts = [int(process.communicate()[0]) for process in processes]
    assert int(number.read_text()) == sum(counts) > 0
    assert sum(map(bool, counts)) > 1, f"only one had it, in {time.monotonic() - start} seconds"
