"""Saving a result, which is printed also if that fails: a full disk does not lose it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sparring.machine.files import explained

__all__ = ["saving"]


@contextmanager
def saving(show: Callable[[], object]) -> Iterator[None]:
    """Has an error of a file show the result and say that it is not saved.

    Args:
        show: Prints the result.

    Raises:
        OSError: It is not saved.
    """
    try:
        yield
    except OSError as error:
        show()
        raise OSError(f"{explained(error)}. The result is printed, but not saved") from error
