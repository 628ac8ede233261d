"""A data set in memory, drawn in an order that is a pure function of the seed."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.game import Batch

__all__ = ["InMemory"]


class InMemory:
    """Examples held in one tensor. Every epoch shows each example once, in a new order.

    Args:
        x: Examples [N, ...]: floats as they are, or pictures [N, C, H, W] as bytes.
        y: Labels or partners [N, ...].

    Raises:
        ValueError: There are no examples, or not as many labels as examples.
    """

    def __init__(self, x: Tensor, y: Tensor | None = None) -> None:
        if not len(x) or (y is not None and len(y) != len(x)):
            raise ValueError(
                f"got {len(x)} examples and {'no' if y is None else len(y)} labels; expected 1 or more, as many of each"
            )
        self.x, self.y = x, y

    def to(self, device: torch.device | str) -> InMemory:
        """The same data on a device: pictures stay bytes, a quarter of the size of floats."""
        return InMemory(self.x.to(device), None if self.y is None else self.y.to(device))

    def digest(self) -> str:
        """SHA-256 of the shapes and bytes of the examples and labels."""
        digest = hashlib.sha256()
        for part in (self.x,) if self.y is None else (self.x, self.y):
            digest.update(repr((tuple(part.shape), part.dtype)).encode())
            digest.update(part.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def draw(self, n: int, key: Key) -> Batch:
        """Batch number `key.path[-1]`: examples n k to n k + n - 1 of all epochs one after the other."""
        start = int(key.path[-1]) * n
        order = Key(key.seed, key.path[:-1])
        parts: list[Tensor] = []
        while n:
            epoch, place = divmod(start, len(self.x))
            parts.append(_order(order, epoch, len(self.x))[place : place + n])
            start, n = start + len(parts[-1]), n - len(parts[-1])
        index = torch.cat(parts).to(self.x.device)
        return Batch(self.x[index], None if self.y is None else self.y[index])

    def state_dict(self) -> dict[str, Any]:
        """Nothing: the number of batches drawn says it all, and the trainer counts them."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to take back."""


@lru_cache(maxsize=8)
def _order(key: Key, epoch: int, count: int) -> Tensor:
    return key.permutation(f"epoch {epoch}", count)
