"""The same work on many things, in threads, in order, with progress."""

from __future__ import annotations

import itertools
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from sparring.machine import devices, progress

__all__ = ["parallel"]

T = TypeVar("T")
E = TypeVar("E", bound=Exception)


def parallel(
    work: Callable[[int], T],
    indices: Sequence[int],
    title: str,
    expected: type[E],
    block: int = 64,
    *,
    ahead: int | None = None,
) -> Iterator[T | E]:
    """`work(i)` of each index, in order, or the error of type `expected` that it raised.

    No more than `ahead` blocks, unset a few for each core, wait for whoever takes the results, so that they need little
    memory. Warnings of libraries about single broken files are silenced: what is wrong with a file is an error here.
    """

    def one(i: int) -> T | E:
        try:
            return work(i)
        except expected as error:
            return error.with_traceback(None)

    def many(part: Sequence[int]) -> list[T | E]:
        return [one(i) for i in part]

    workers = min(devices.cores(), devices.threads(0))
    pool = ThreadPoolExecutor(workers)
    futures: deque[Future[list[T | E]]] = deque()
    blocks = (indices[start : start + block] for start in range(0, len(indices), block))
    try:
        with progress.steps(title, len(indices)) as advance, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            futures.extend(pool.submit(many, part) for part in itertools.islice(blocks, ahead or 3 * workers))
            while futures:
                results = futures.popleft().result()
                futures.extend(pool.submit(many, part) for part in itertools.islice(blocks, 1))
                yield from results
                advance(len(results))
    finally:
        pool.shutdown(cancel_futures=True)
