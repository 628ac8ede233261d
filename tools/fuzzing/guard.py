"""What a case may not do: take more time or memory than it should, write elsewhere, or run anything."""

from __future__ import annotations

import os
import resource
import sys
import sysconfig
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

__all__ = ["SECONDS", "Guard", "limit_memory", "limit_time"]

SECONDS, MEMORY = 10, 2**29
"""Of processor time, and bytes above what the process has."""

_RUNS = (
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
    "subprocess.Popen",
    "os.startfile",
    "ctypes.dlopen",
    "ctypes.dlsym",
    "ctypes.cdata",
    "pickle.find_class",
    "marshal.loads",
    "code.__new__",
    "webbrowser.open",
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "urllib.Request",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.utime",
    "os.setxattr",
    "shutil.rmtree",
    "shutil.move",
    "shutil.copyfile",
    "tempfile.mkstemp",
    "tempfile.mkdtemp",
    "shutil.unpack_archive",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_OURS = (
    *{sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    str(Path(__file__).parents[2]),
    "<frozen",
)


def limit_time() -> None:
    """Gives this process ten more seconds of processor time, after which the system ends it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + SECONDS, resource.RLIM_INFINITY))


def limit_memory() -> None:
    """Gives this process 512 MB more than it has; what is beyond raises MemoryError."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    now = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (now + MEMORY, resource.RLIM_INFINITY))


class Guard:
    """Watches what a process does, by audit events; what it may not do is noted, not forbidden.

    Attributes:
        noted: What was done.
    """

    def __init__(self) -> None:
        self.noted: list[str] = []
        self._home: str = ""
        self._may: Collection[str] = ()
        self._busy = False
        sys.addaudithook(self._hear)

    @contextmanager
    def watching(self, home: Path, may: Collection[str] = ()) -> Iterator[None]:
        """Notes what happens outside of a folder, and what is run, and warnings that are not sparring's.

        Args:
            home: The only folder that may be written to.
            may: Events that are right.
        """
        self.noted, self._home, self._may = [], os.path.realpath(home), may
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("always")
                warnings.simplefilter("ignore", ResourceWarning)
                warnings.showwarning = self._warned
                yield
        finally:
            self._home = ""

    def _warned(self, message: Warning | str, category: type[Warning], *_: object) -> None:
        """Warnings are for people if sparring gives them; one of a library is a loose end."""
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - who warns is in no argument
        while frame and frame.f_globals.get("__name__") == "warnings":
            frame = frame.f_back
        if frame is None or not str(frame.f_globals.get("__name__")).startswith("sparring"):
            self.noted.append(f"{category.__name__}: {str(message)[:200]}")

    def _hear(self, event: str, facts: tuple[Any, ...]) -> None:
        if not self._home or self._busy or event in self._may:
            return
        self._busy = True
        try:
            if self._wrong(event, facts):
                self.noted.append(f"{event} {' '.join(repr(fact)[:60] for fact in facts[:2])}")
        finally:
            self._busy = False

    def _wrong(self, event: str, facts: tuple[Any, ...]) -> bool:
        if event == "open":
            return bool((facts[2] or 0) & _WRITING) and self._outside(facts[0])
        if event in _CHANGES:
            return any(self._outside(fact) for fact in facts[:2] if isinstance(fact, str | bytes | os.PathLike))
        if event == "exec":
            return _foreign(facts[0])
        if event == "compile":
            return not _caller().startswith(_OURS)
        return event in _RUNS and not (event in {"marshal.loads", "code.__new__"} and _caller().startswith("<frozen"))

    def _outside(self, path: Any) -> bool:
        if isinstance(path, int) or path is None:
            return False
        real = os.path.realpath(os.fsdecode(path))
        return real not in {self._home, os.devnull} and not real.startswith(f"{self._home}{os.sep}")


def _caller() -> str:
    """The file of the nearest code that is not of this module."""
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - an audit hook has no other way
    while frame and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame.f_code.co_filename if frame else ""


def _foreign(code: object) -> bool:
    """Whether code is neither of an installed package nor made by one, as for dataclasses."""
    file = code.co_filename if isinstance(code, CodeType) else ""
    return not (file if file.startswith(_OURS) else _caller()).startswith(_OURS)
