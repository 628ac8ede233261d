"""The quota of processor time that a container gives to a process: Linux's control groups, of both versions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["cores"]

GROUPS, CONTROLS = Path("/proc/self/cgroup"), Path("/sys/fs/cgroup")


def cores() -> float | None:
    """How many cores the quota is worth, the smallest one of all groups around this process; None without one."""
    quotas = [quota for folder in _folders() if (quota := _quota(folder)) is not None]
    return min(quotas, default=None)


def _folders() -> Iterator[Path]:
    """The folders of the groups that may have a quota, in which a container sees its own group as the root."""
    for line in filter(None, _words(GROUPS, "\n")):
        _, names, path = line.split(":", 2)
        if not names or "cpu" in names.split(","):
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


def _words(file: Path, between: str | None = None) -> list[str]:
    try:
        return file.read_text().split(between)
    except (OSError, ValueError):
        return []
