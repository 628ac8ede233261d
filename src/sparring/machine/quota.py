"""What a container gives to a process of time and memory: Linux's control groups, of both versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["cores", "memory"]

GROUPS, CONTROLS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def cores() -> float | None:
    """How many cores the quota is worth, the smallest one of all groups around this process; None without one."""
    quotas = [quota for folder in _folders("cpu") if (quota := _quota(folder)) is not None]
    return min(quotas, default=None)


def memory() -> tuple[int, int] | None:
    """Bytes that this process may have, and those that are left of them, in the narrowest group; None without one."""
    limits = [limit for folder in _folders("memory") if (limit := _limit(folder)) is not None]
    return min(limits, key=lambda limit: limit[1], default=None)


def _folders(what: str) -> Iterator[Path]:
    """The folders of the groups that may have a quota, in which a container sees its own group as the root."""
    for line in filter(None, _words(GROUPS, "\n")):
        _, names, path = line.split(":", 2)
        if not names or what in names.split(","):
            parts = [part for part in path.split("/") if part not in {"", ".."}]
            yield from (CONTROLS.joinpath(names, *parts[:depth]) for depth in range(len(parts) + 1))


def _quota(folder: Path) -> float | None:
    """What a group has: microseconds of processor time in a period of so many."""
    words = _words(folder / "cpu.max") or _words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us")
    try:
        quota, period = map(int, words)
    except ValueError:  # "max", or no such files
        return None
    return quota / period if quota > 0 and period > 0 else None


def _limit(folder: Path) -> tuple[int, int] | None:
    """Bytes that a group may have, and those that are left; what is cached of files can be given up."""
    new = _words(folder / "memory.max")
    names = ("memory.max", "memory.current") if new else ("memory.limit_in_bytes", "memory.usage_in_bytes")
    facts = dict(zip(*[iter(_words(folder / "memory.stat"))] * 2, strict=False))
    try:
        limit, used = (int(_words(folder / name)[0]) for name in names)
        cached = int(facts.get("inactive_file", 0))
    except (ValueError, IndexError):  # "max", or no such files
        return None
    return (limit, max(0, limit - max(0, used - cached))) if limit < _NONE else None


_NONE = 2**60
"""Of version 1, a limit of so many bytes is none."""


def _words(file: Path, between: str | None = None) -> list[str]:
    try:
        return file.read_text().split(between)
    except (OSError, ValueError):
        return []
