"""Ranks: processes that play one game together, each on its share of every batch.

The cost of the game is the mean of the ranks' costs. What looks across examples (batch norm, feature matching) goes
through `gather`; a gradient is averaged where it is made, by `mean`. Both can be differentiated, any number of times,
so that a dynamics that differentiates gradients is right on any number of ranks.
"""

from __future__ import annotations

import atexit
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

import torch
from torch import Tensor

__all__ = ["ALONE", "Alone", "Processes", "Ranks", "Threads", "leads", "of_environment"]

T = TypeVar("T")


class Ranks(ABC):
    """All ranks, seen from one of them.

    Attributes:
        index: The number of this one, from 0.
        size: How many there are.
    """

    index: int = 0
    size: int = 1

    @abstractmethod
    def gather(self, x: Tensor) -> Tensor:
        """The rows [B, ...] of every rank, in order, [size B, ...]. Its derivative sums over ranks."""

    @abstractmethod
    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The mean of each tensor over ranks; differentiable."""

    def any(self, flag: bool) -> bool:
        """Whether any rank says so."""
        return flag


class Alone(Ranks):
    """One process."""

    def gather(self, x: Tensor) -> Tensor:
        """The rows themselves."""
        return x

    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The tensors themselves."""
        return list(tensors)


ALONE = Alone()


class Several(Ranks):
    """Ranks that exchange tensors in a way that subclasses know."""

    def __init__(self, index: int, size: int) -> None:
        self.index, self.size = index, size

    @abstractmethod
    def collect(self, x: Tensor) -> Tensor:
        """The tensors of all ranks, one after the other along the first axis, without gradients."""

    @abstractmethod
    def total(self, x: Tensor) -> Tensor:
        """The sum of the tensors of all ranks, without gradients."""

    def any(self, flag: bool) -> bool:
        """Whether any rank says so."""
        return bool(self.total(torch.tensor([float(flag)])).item())

    def gather(self, x: Tensor) -> Tensor:
        """The rows of all ranks."""
        rows: Tensor = _Gather.apply(x, self)  # type: ignore[no-untyped-call]
        return rows

    def mean(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The mean of each tensor, in one exchange for each type of number."""
        means = dict.fromkeys(range(len(tensors)), torch.empty(0))
        for dtype in dict.fromkeys(t.dtype for t in tensors):
            places = [i for i, t in enumerate(tensors) if t.dtype == dtype]
            flat: Tensor = _Total.apply(torch.cat([tensors[i].reshape(-1) for i in places]), self)  # type: ignore[no-untyped-call]
            flat = flat / self.size
            parts = torch.split(flat, [tensors[i].numel() for i in places])
            means.update((i, part.reshape(tensors[i].shape)) for i, part in zip(places, parts, strict=True))
        return list(means.values())


class Processes(Several):
    """The processes of `torch.distributed`, whose default group has been made."""

    def __init__(self) -> None:
        super().__init__(torch.distributed.get_rank(), torch.distributed.get_world_size())

    def collect(self, x: Tensor) -> Tensor:
        """All-gather."""
        parts = [torch.empty_like(x, memory_format=torch.contiguous_format) for _ in range(self.size)]
        torch.distributed.all_gather(parts, x.contiguous())
        return torch.cat(parts)

    def total(self, x: Tensor) -> Tensor:
        """All-reduce."""
        x = x.clone(memory_format=torch.contiguous_format)
        torch.distributed.all_reduce(x)
        return x


class Threads(Several):
    """Ranks in threads of one process, on its CPU: for tests.

    One plays at a time, until it waits for the others, and finds torch's own generator as it left it. Threads that
    share that generator can wait for each other for ever: reading its state locks it, and may run a finalizer, which
    lets another thread run.
    """

    def __init__(
        self, index: int, size: int, turn: threading.Lock, barrier: threading.Barrier, slots: list[Tensor]
    ) -> None:
        super().__init__(index, size)
        self._turn, self._barrier, self._slots = turn, barrier, slots

    @staticmethod
    def run(size: int, play: Callable[[Ranks], T]) -> list[T]:
        """What `play(ranks)` gives on each of `size` ranks; a rank that fails ends the others."""
        turn, barrier, slots = threading.Lock(), threading.Barrier(size, timeout=60.0), [torch.empty(0)] * size

        def one(index: int) -> T:
            try:
                with turn:
                    return play(Threads(index, size, turn, barrier, slots))
            except BaseException:
                barrier.abort()
                raise

        with ThreadPoolExecutor(size) as pool:
            futures = [pool.submit(one, index) for index in range(size)]
        errors = [error for future in futures if (error := future.exception())]
        for error in sorted(errors, key=lambda error: isinstance(error, threading.BrokenBarrierError)):
            raise error  # that of the rank that failed, not of those that waited for it
        return [future.result() for future in futures]

    def _exchange(self, x: Tensor) -> list[Tensor]:
        self._wait()
        self._slots[self.index] = x.detach()
        self._wait()
        return list(self._slots)

    def _wait(self) -> None:
        """Lets the others play until they wait as well."""
        state = torch.default_generator.get_state()
        self._turn.release()
        try:
            self._barrier.wait()
        finally:
            self._turn.acquire()
            torch.default_generator.set_state(state)

    def collect(self, x: Tensor) -> Tensor:
        """What every thread brings."""
        return torch.cat(self._exchange(x))

    def total(self, x: Tensor) -> Tensor:
        """The sum of what every thread brings."""
        return torch.stack(self._exchange(x)).sum(0)


def leads() -> bool:
    """Whether this process is the first rank, or alone: the one that writes and speaks."""
    return int(os.environ.get("RANK", "0")) == 0


def of_environment(device: str, timeout: float = 300.0) -> Ranks:
    """The ranks that `torchrun` started this process among, or this process alone.

    Args:
        device: Of the game: `gloo` joins CPUs, `nccl` GPUs.
        timeout: Seconds that a rank waits for the others before it gives up.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return ALONE
    if not torch.distributed.is_initialized():
        backend = "cpu:gloo,cuda:nccl" if torch.device(device).type == "cuda" else "gloo"
        torch.distributed.init_process_group(backend, timeout=timedelta(seconds=timeout))
        atexit.register(torch.distributed.destroy_process_group)
    return Processes()


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, ranks: Several) -> Tensor:
        ctx.ranks = ranks
        return ranks.collect(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        return _Scatter.apply(gradients[0], ctx.ranks), None  # type: ignore[no-untyped-call]


class _Scatter(torch.autograd.Function):
    """This rank's rows of the sum over ranks: the adjoint of `_Gather`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, ranks: Several) -> Tensor:
        ctx.ranks = ranks
        return ranks.total(x).chunk(ranks.size)[ranks.index].clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        return _Gather.apply(gradients[0], ctx.ranks), None  # type: ignore[no-untyped-call]


class _Total(torch.autograd.Function):
    """The sum over ranks, its own adjoint."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, ranks: Several) -> Tensor:
        ctx.ranks = ranks
        return ranks.total(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        return _Total.apply(gradients[0], ctx.ranks), None  # type: ignore[no-untyped-call]
