"""Schedules: values that change in the course of training, as functions of the share of it that is done, 0 to 1."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Schedule", "geometric", "linear"]

Schedule = Callable[[float], float]


def linear(start: float, end: float, first: float = 0.0, last: float = 1.0) -> Schedule:
    """`start` up to `first`, `end` from `last` on, and a straight line between them."""
    return lambda u: start + (end - start) * _share(u, first, last)


def geometric(start: float, end: float, first: float = 0.0, last: float = 1.0) -> Schedule:
    """`start` up to `first`, `end` from `last` on, and equal ratios between them.

    Example:
        >>> [geometric(8.0, 2.0)(u) for u in (0.0, 0.5, 1.0)]
        [8.0, 4.0, 2.0]
    """
    return lambda u: float(start * (end / start) ** _share(u, first, last))


def _share(u: float, first: float, last: float) -> float:
    return min(1.0, max(0.0, (u - first) / (last - first)))
