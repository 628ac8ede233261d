"""Counter-based chance: a draw is a pure function of a key and a name.

Nothing advances. Evaluating a cost again, resuming a run or splitting a batch asks the same key for the same name and
gets the same numbers (on another machine, normal ones up to the last digits of a logarithm). The bits come from Philox
(Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"), whose raw stream NumPy keeps fixed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

__all__ = ["Chance", "Key", "Rows", "torch_generators"]


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


def torch_generators() -> list[torch.Generator]:
    """The generators that torch draws from where it is not given one."""
    if not torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        return [torch.default_generator]
    return [torch.default_generator, *torch.cuda.default_generators]
