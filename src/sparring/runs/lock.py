"""The lock of a run: one process at a time trains, prunes or removes it.

A lock of the operating system on `RUN/.lock`, so that a process that is killed holds it no longer. The file says who
has it: the process, its host and boot, and when the process started. It is there while the run is in use, or after its
user was killed. Readers need no lock.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sparring.machine.files import naming
from sparring.machine.plain import read_json
from sparring.runs.errors import InUseError

__all__ = ["LOCK", "Holder", "check", "holder", "locked"]

LOCK = ".lock"

TRIES, PAUSE = 8, 0.04
"""A reader that looks who has the lock has it itself for a moment; and a pause between tries, in seconds."""

_held: set[int] = set()
"""Handles of locks of this process."""


@dataclass(frozen=True)
class Holder:
    """Who has a lock.

    Attributes:
        pid: The process.
        host: The name of its machine.
        boot: What Linux calls the present boot of that machine, the same in all its containers; else "".
        start: When the process started, in ticks since the boot; else "".
        since: When it took the lock.
        doing: What happens to the run: trained, pruned, removed.
    """

    pid: int = 0
    host: str = ""
    boot: str = ""
    start: str = ""
    since: str = ""
    doing: str = "used"

    @property
    def here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.host == socket.gethostname() or (self.boot != "" and self.boot == _boot())

    @property
    def alive(self) -> bool:
        """Whether there is such a process; of this machine."""
        if os.name != "posix":
            return False  # nobody can be asked without harm
        if start := _start(self.pid):
            return start == self.start
        try:
            os.kill(self.pid, 0)
        except OSError as error:
            return error.errno == errno.EPERM
        return not Path("/proc/self").exists()  # with /proc, `_start` would have known it

    def __str__(self) -> str:
        return f"process {self.pid or '?'} on {self.host or 'a host that is not known'}, since {self.since or '?'}"


def holder(run: Path) -> Holder | None:
    """Who has the lock of a run, as far as can be told without taking it."""
    try:
        handle = os.open(run / LOCK, os.O_RDONLY)
    except OSError:
        return None
    try:
        got, there = _lock(handle, shared=True), _read(handle)
    finally:
        os.close(handle)
    if got is False:
        return there or Holder()
    return there if there and (not there.here or (got is None and there.alive)) else None


def check(run: Path, *, break_lock: bool = False) -> None:
    """Makes sure that nobody else has the run, before work that would be in vain.

    Raises:
        InUseError: Somebody has.
    """
    there = holder(run)
    if there and (there.here or not break_lock):
        raise _refusal(run, there)


@contextmanager
def locked(run: Path, doing: str, *, break_lock: bool = False) -> Iterator[None]:
    """Holds the lock of the run, whose folder is there.

    Args:
        run: Its directory.
        doing: What happens to it: trained, pruned, removed.
        break_lock: Take the lock from a process of another machine, of which nobody here can know whether it lives.

    Raises:
        InUseError: Another process has it.
        OSError: The lock cannot be written.
    """
    file = run / LOCK
    with naming(file):
        handle = _take(run, break_lock=break_lock)
        _held.add(handle)
    now = datetime.now().astimezone().isoformat(" ", "seconds")
    mine = Holder(os.getpid(), socket.gethostname(), _boot(), _start(os.getpid()), now, doing)
    try:
        with naming(file):
            _write(handle, mine)
        yield
    finally:
        if handle in _held:  # not in a child made by fork
            _held.remove(handle)
            _release(file, handle, mine)


def _take(run: Path, *, break_lock: bool) -> int:
    """The handle of the locked file, which may still name the one before."""
    file, there = run / LOCK, None
    for _ in range(TRIES):
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)  # closed on exec, as all that Python opens
        got, there = _lock(handle), _read(handle)
        foreign = there is not None and not there.here
        if got is not False and _is(handle, file) and (break_lock or not foreign):
            if got is None:
                _without_locks(run, handle, there)
            return handle
        os.close(handle)
        if got is False and foreign and break_lock:
            file.unlink(missing_ok=True)
        elif got is not False and foreign:
            break
        time.sleep(PAUSE)
    raise _refusal(run, there or Holder())


def _without_locks(run: Path, handle: int, there: Holder | None) -> None:
    """Where the filesystem has no locks, the file must do."""
    if there and there.here and there.alive:
        os.close(handle)
        raise _refusal(run, there)
    warnings.warn(
        f"the filesystem of {str(run)!r} has no locks: make sure that no second process uses this run",
        stacklevel=2,
    )


def _refusal(run: Path, there: Holder) -> InUseError:
    remedy = "wait until it has ended, or stop it"
    if not there.here:
        remedy += ". If that process has ended, add --break-lock"
    return InUseError(f"{str(run)!r} is being {there.doing} by {there}: {remedy}")


def _lock(handle: int, *, shared: bool = False) -> bool | None:
    """Whether the lock was free and is taken; None if there are no locks here."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}:
            return None
        raise
    return True


def _release(file: Path, handle: int, mine: Holder) -> None:
    with suppress(OSError):
        if _read(handle) in {mine, None}:  # else somebody broke the lock where there are none
            os.ftruncate(handle, 0)
            if _is(handle, file):
                file.unlink()
    os.close(handle)


def _is(handle: int, file: Path) -> bool:
    """Whether the file is still the opened one: the one who had it removes it."""
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except FileNotFoundError:
        return False


def _write(handle: int, mine: Holder) -> None:
    """Says who has the lock, if there is room for it: without, it holds all the same, and space can be made."""
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(asdict(mine)).encode())
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise


def _read(handle: int) -> Holder | None:
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        content = read_json(os.read(handle, 4096))
        return Holder(**content) if isinstance(content["pid"], int) else None
    except (OSError, ValueError, TypeError, LookupError):
        return None  # nobody, or half written


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _start(pid: int) -> str:
    """When a process started, in ticks since the boot; "" where nobody knows."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _let_go() -> None:
    """A child made by fork has the handles of its parent: with them it would hold the lock beyond the parent's end."""
    for handle in _held:
        os.close(handle)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
