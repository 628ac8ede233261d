"""Chance: a draw is a pure function of an address and a name.

Costs draw from `Draws`, at the speed of torch's own kernels. Samplers and sources draw from a `Key`, row by row.
Evaluating a cost again, resuming a run or splitting a batch asks the same address for the same name and gets the same
numbers. Those of a key are the same on another machine too, normal ones up to the last digits of a logarithm: their
bits come from Philox (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), which NumPy keeps fixed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Chance", "Draws", "Key", "Rows"]

T = TypeVar("T")


@dataclass(frozen=True)
class Key:
    """The address of a piece of chance: a seed and a path below it.

    Element i of a draw depends on the key, the name and i only, so a shorter draw is the beginning of a longer one.

    Example:
        >>> key = Key(0).fold("round", 3)
        >>> bool((key.normal("latent", (4, 2)) == key.normal("latent", (9, 2))[:4]).all())
        True
    """

    seed: int
    path: tuple[str | int, ...] = ()

    def fold(self, *path: str | int) -> Key:
        """The key further down `path`; different paths give independent numbers."""
        return Key(self.seed, (*self.path, *path))

    def words(self, name: str, count: int) -> NDArray[np.uint64]:
        """`count` random 64-bit words."""
        return np.asarray(np.random.Philox(key=self._address(name, 16)).random_raw(count), dtype=np.uint64)

    def uniform(self, name: str, shape: Sequence[int], dtype: torch.dtype = torch.float32) -> Tensor:
        """Uniform numbers in the open interval (0, 1), on the CPU."""
        numbers = torch.from_numpy(self._open_unit(name, math.prod(shape))).to(dtype)
        return numbers.clamp_(max=1.0 - torch.finfo(dtype).eps / 2).reshape(tuple(shape))  # rounding may have made a 1

    def normal(self, name: str, shape: Sequence[int], dtype: torch.dtype = torch.float32) -> Tensor:
        """Standard normal numbers, on the CPU (Box and Muller 1958: two words make two numbers)."""
        count = math.prod(shape)
        pairs = self._open_unit(name, count + count % 2).reshape(-1, 2)
        radius, angle = np.sqrt(-2.0 * np.log(pairs[:, 0])), 2.0 * np.pi * pairs[:, 1]
        numbers = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).reshape(-1)[:count]
        return torch.from_numpy(numbers).to(dtype).reshape(tuple(shape))

    def integers(self, name: str, shape: Sequence[int], high: int) -> Tensor:
        """Integers in [0, high), int64, on the CPU."""
        return torch.from_numpy(np.floor(self._open_unit(name, math.prod(shape)) * high).astype(np.int64)).reshape(
            *shape
        )

    def permutation(self, name: str, count: int) -> Tensor:
        """The numbers 0 .. count - 1 in random order, int64, on the CPU."""
        return torch.from_numpy(np.argsort(self.words(name, count), kind="stable"))

    def rows(self, count: int) -> Rows:
        """`count` rows of chance, each a function of the key and of its own number only."""
        return Rows(self, count)

    @contextmanager
    def seeded(self) -> Iterator[None]:
        """Makes what runs inside (dropout, say) draw from this key, and leaves torch's own generators as they were."""
        generators = torch_generators()
        before = [generator.get_state() for generator in generators]
        seed = self._address("torch", 7)
        try:
            for generator in generators:
                generator.manual_seed(seed)
            yield
        finally:
            for generator, state in zip(generators, before, strict=True):
                generator.set_state(state)

    def _address(self, name: str, size: int) -> int:
        """A number of `size` bytes, different for different keys and names."""
        address = repr((self.seed, self.path, name)).encode()
        return int.from_bytes(hashlib.blake2b(address, digest_size=size).digest(), "little")

    def _open_unit(self, name: str, count: int) -> NDArray[np.float64]:
        # The upper 52 bits and a half, so that neither 0 (whose logarithm is infinite) nor 1 can come out.
        return ((self.words(name, count) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class Chance(Protocol):
    """Chance for `rows` examples, by name: the same name gives the same numbers again.

    What a latent, a penalty or a layer draws from, whether in training (`Draws`) or in sampling (`Rows`).
    """

    @property
    def rows(self) -> int:
        """The number of examples."""
        ...

    def normal(self, name: str, *row: int) -> Tensor:
        """Standard normal numbers [rows, *row]."""
        ...

    def uniform(self, name: str, *row: int) -> Tensor:
        """Uniform numbers in the open interval (0, 1), [rows, *row]."""
        ...

    def integers(self, name: str, *row: int, high: int) -> Tensor:
        """Integers in [0, high), int64, [rows, *row]."""
        ...


@dataclass(frozen=True)
class Rows:
    """Chance from a key, on the CPU: row i depends on the key, the name and i only.

    Example:
        >>> few, many = Key(0).rows(4), Key(0).rows(9)
        >>> bool((few.normal("latent", 2) == many.normal("latent", 2)[:4]).all())
        True
    """

    key: Key
    rows: int

    def normal(self, name: str, *row: int) -> Tensor:
        """Standard normal numbers [rows, *row]."""
        return self.key.normal(name, (self.rows, *row))

    def uniform(self, name: str, *row: int) -> Tensor:
        """Uniform numbers in the open interval (0, 1), [rows, *row]."""
        return self.key.uniform(name, (self.rows, *row))

    def integers(self, name: str, *row: int, high: int) -> Tensor:
        """Integers in [0, high), int64, [rows, *row]."""
        return self.key.integers(name, (self.rows, *row), high)


class Counter(Protocol):
    """Whoever counts draws."""

    draws: int


class Draws:
    """The chance of one turn, from torch's own kernels on the game's device.

    Every name gets the number of its draw when it is first asked for: for each kind of number and each shape, so that
    two that share a name have nothing in common. The generator is seeded with it, so that asking
    again, or after a resumption, gives the same numbers. torch's generator for CPUs keeps 32 bits of a seed: hashed
    addresses would meet, 2^32 counted ones do not.

    Args:
        seed: Of the run.
        counter: Counts the draws.
        generator: Makes the numbers; it is seeded anew for each draw.
        total: The rows of the whole batch.
        dtype: Of normal and uniform numbers.
        share: Which part of the batch is asked for, and of how many: whole batches are drawn, so that the parts of
            several ranks are those of one.

    Raises:
        ValueError: The batch cannot be shared equally.
    """

    def __init__(
        self,
        seed: int,
        counter: Counter,
        generator: torch.Generator,
        total: int,
        *,
        dtype: torch.dtype = torch.float32,
        share: tuple[int, int] = (0, 1),
    ) -> None:
        if total % share[1]:
            raise ValueError(f"a batch of {total} cannot be shared by {share[1]}: choose a multiple of {share[1]}")
        self.seed, self.counter, self.generator, self.total = seed, counter, generator, total
        self.dtype, self.share, self.device = dtype, share, generator.device
        self.rows = total // share[1]
        self.numbers: dict[object, int] = {}
        self._scope, self._asked, self._theirs = "", 0, torch_generators()

    def part(self, share: tuple[int, int]) -> Draws:
        """The same chance for another part of the batch."""
        other = Draws(self.seed, self.counter, self.generator, self.total, dtype=self.dtype, share=share)
        other.numbers = self.numbers
        return other

    def normal(self, name: str, *row: int) -> Tensor:
        """Standard normal numbers [rows, *row]."""
        size = (self.total, *row)
        return self._mine(
            torch.randn(size, generator=self._seeded(("normal", name, row)), device=self.device, dtype=self.dtype)
        )

    def uniform(self, name: str, *row: int) -> Tensor:
        """Uniform numbers in the open interval (0, 1), [rows, *row]."""
        return self._mine(self._uniform(name, (self.total, *row)))

    def integers(self, name: str, *row: int, high: int) -> Tensor:
        """Integers in [0, high), int64, [rows, *row]."""
        size = (self.total, *row)
        return self._mine(
            torch.randint(high, size, generator=self._seeded(("integers", name, row)), device=self.device)
        )

    def like(self, x: Tensor) -> Tensor:
        """Uniform numbers in (0, 1) for each of `x` [m rows, ...], other ones at each call within a scope.

        Raises:
            ValueError: Several ranks share the batch, and `x` has not a multiple of its rows.
        """
        self._asked += 1
        name = f"{self._scope} {self._asked}"
        if len(x) % self.rows:
            return self._alone(name, x)
        whole = self._uniform(name, (len(x) // self.rows, self.total, *x.shape[1:]))
        return whole.chunk(self.share[1], dim=1)[self.share[0]].flatten(0, 1)

    def _alone(self, name: str, x: Tensor) -> Tensor:
        if self.share[1] > 1:
            raise ValueError(
                f"got {len(x)} rows; expected a multiple of {self.rows}, the rows of this share of the batch"
            )
        return self._uniform(name, tuple(x.shape))

    def within(self, scope: str, compute: Callable[[], T]) -> T:
        """`compute()`, in which `like` counts its calls from 1, however often it is computed."""
        outer = self._scope, self._asked
        self._scope, self._asked = scope, 0
        try:
            return compute()
        finally:
            self._scope, self._asked = outer

    def seeding(self, scope: str, compute: Callable[[], T]) -> T:
        """`within`, with torch's own generators seeded too, for layers that draw from them; they are put back."""
        before = [(generator, generator.get_state()) for generator in self._theirs]
        try:
            for generator, _ in before:
                generator.manual_seed(self._seed(scope))
            return self.within(scope, compute)
        finally:
            for generator, state in before:
                generator.set_state(state)

    def _uniform(self, name: str, size: tuple[int, ...]) -> Tensor:
        numbers = torch.rand(
            size, generator=self._seeded(("uniform", name, size)), device=self.device, dtype=self.dtype
        )
        return numbers.clamp_(min=torch.finfo(self.dtype).eps / 4)  # it may be 0, whose logarithm is infinite

    def _mine(self, x: Tensor) -> Tensor:
        return x if self.share[1] == 1 else x.chunk(self.share[1])[self.share[0]]

    def _seeded(self, name: object) -> torch.Generator:
        return self.generator.manual_seed(self._seed(name))

    def _seed(self, name: object) -> int:
        number = self.numbers.get(name)
        if number is None:
            number = self.numbers[name] = self.counter.draws
            self.counter.draws += 1
        return scrambled(number & 0xFFFFFFFF) ^ _mask(self.seed, number >> 32)


def scrambled(number: int) -> int:
    """A bijection of 32-bit numbers, in which neighbours have nothing in common (the finalizer of MurmurHash3)."""
    number = (number ^ number >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    number = (number ^ number >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return number ^ number >> 16


@lru_cache(maxsize=64)
def _mask(seed: int, upper: int) -> int:
    """32 bits of a run's seed, others for each 2^32 draws."""
    return int.from_bytes(hashlib.blake2b(repr((seed, upper)).encode(), digest_size=4).digest(), "little")


def torch_generators() -> list[torch.Generator]:
    """The generators that torch draws from where it is not given one."""
    if not torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        return [torch.default_generator]
    return [torch.default_generator, *torch.cuda.default_generators]
