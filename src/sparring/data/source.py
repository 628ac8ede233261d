"""A data set in memory, drawn in an order that is a pure function of the seed."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from sparring.chance import Key
from sparring.data import numbers
from sparring.game import Batch
from sparring.kinds import drawing
from sparring.kinds.kind import Kind
from sparring.kinds.pictures import Pictures
from sparring.kinds.points import Points

if TYPE_CHECKING:
    from sparring.data.report import Report

__all__ = ["InMemory", "Mirrored", "Shifted"]


class InMemory:
    """Examples in one tensor, which may be mapped from a file. Every epoch shows each example once, in a new order.

    Args:
        x: Examples [N, ...]: floats as they are, or pictures [N, C, H, W] as bytes.
        y: Labels or partners [N, ...].
        classes: Names of the labels.
        captions: A text for each example.
        sha256: Of all examples and labels, where somebody has computed it.
        report: What the set is like.
        name: What `open_data` calls them, where they have a name.
        kind: What they are: how they are shown, saved and measured. Without it, bytes are pictures and others points.

    Attributes:
        fresh: Makes others like them that nobody trains on, where that is possible.

    Raises:
        TypeError: The examples are no tensor.
        ValueError: There are no examples, not as many labels or captions as examples, or pictures as floats in 0..255.
    """

    def __init__(
        self,
        x: Tensor,
        y: Tensor | None = None,
        *,
        classes: Sequence[str] = (),
        captions: Sequence[str] = (),
        sha256: str = "",
        report: Report | None = None,
        name: str = "",
        kind: Kind | None = None,
    ) -> None:
        if not isinstance(x, Tensor):
            raise TypeError(
                f"x is a {type(x).__name__}; expected a tensor: write sparring.open_data(x), which takes more"
            )
        if not len(x) or (y is not None and len(y) != len(x)):
            raise ValueError(
                f"got {len(x)} examples and {'no' if y is None else len(y)} labels; expected 1 or more, all with labels"
            )
        if captions and len(captions) != len(x):
            raise ValueError(f"got {len(x)} examples and {len(captions)} captions; expected the same number")
        if kind is None:
            numbers.refuse_bytes_as_floats(x)
        self.x, self.y, self.classes, self.captions = x, y, classes, captions
        self.sha256, self.report, self.name = sha256, report, name
        self.kind = kind or (Pictures() if x.dtype == torch.uint8 else Points())
        self.fresh: Callable[[], InMemory] | None = None
        self.rows: Tensor | None = None  # of x: those in use, all without
        self._epoch: tuple[object, Tensor] | None = None

    def __len__(self) -> int:
        """How many examples are in use."""
        return len(self.x if self.rows is None else self.rows)

    def view(self, index: Tensor) -> InMemory:
        """The examples of these numbers [n] alone, in this order: a view of the same tensors."""
        part = copy.copy(self)
        part.rows, part._epoch = self._places(index), None  # noqa: SLF001  # its own
        return part

    def split(self, n: int, seed: int) -> tuple[InMemory, InMemory]:
        """All but `n` examples, and those `n`, drawn at random and in random order: two views.

        Raises:
            ValueError: None would be left, or n is less than 1.
        """
        if not 0 < n < len(self):
            raise ValueError(f"got {n} of {len(self)} examples to hold out; expected 1 or more, and fewer than all")
        order = Key(seed, ("hold out",)).permutation("order", len(self))
        return self.view(order[n:].sort().values), self.view(order[:n])

    def _places(self, index: Tensor) -> Tensor:
        """Where in `x` the examples of these numbers are."""
        return index if self.rows is None else self.rows[index]

    def to(self, device: torch.device | str) -> InMemory:
        """The same data on a device: pictures stay bytes, a quarter of the size of floats."""
        there = copy.copy(self)
        there.x, there.y = self.x.to(device), None if self.y is None else self.y.to(device)
        return there

    def digest(self) -> str:
        """SHA-256 of the shapes and bytes of all examples and labels; in a view also of which ones are in use."""
        if self.rows is not None:
            whole = copy.copy(self)
            whole.rows = None
            return hashlib.sha256(whole.digest().encode() + self.rows.numpy().tobytes()).hexdigest()
        if self.sha256:
            return self.sha256
        digest = hashlib.sha256()
        for part in (self.x,) if self.y is None else (self.x, self.y):
            digest.update(repr((tuple(part.shape), part.dtype)).encode())
            digest.update(part.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def labelled(self, y: Tensor) -> Tensor | None:
        """Places [n] of examples with these labels [n], in the order they have here; None if a label has no example.

        Where a label has too few examples, some come again.
        """
        if self.y is None or self.y.ndim != y.ndim:
            return None
        mine = self.y[self._places(torch.arange(len(self))).to(self.y.device)].cpu()
        places = torch.zeros(len(y), dtype=torch.int64)
        for label in torch.unique(y):
            asked, there = y == label, (mine == label).nonzero().flatten()
            if not len(there):
                return None
            places[asked] = there[torch.linspace(0, len(there) - 1, int(asked.sum())).long()]
        return places

    def examples(self, index: Tensor | None = None) -> Tensor:
        """All examples, or those of these places [n], as a sampler would give them: on the CPU, pictures in [-1, 1]."""
        return self.batch(index).x

    def batch(self, index: Tensor | None = None) -> Batch:
        """All examples, or those of these places [n], with their labels or partners, as `examples` has them."""
        places = self._places(torch.arange(len(self)) if index is None else index).to(self.x.device)
        x, y = (None if part is None else _opened(part[places].cpu()) for part in (self.x, self.y))
        assert x is not None
        return Batch(x, y)

    def draw(self, n: int, key: Key) -> Batch:
        """Batch number `key.path[-1]`: examples n k to n k + n - 1 of all epochs one after the other."""
        start = int(key.path[-1]) * n
        epoch, place = divmod(start, len(self))
        index = self._order(key, epoch)[place : place + n]
        while len(index) < n:
            epoch += 1
            index = torch.cat([index, self._order(key, epoch)[: n - len(index)]])
        # Ten times as fast as indexing, for bytes.
        return Batch(self.x.index_select(0, index), None if self.y is None else self.y.index_select(0, index))

    def _order(self, key: Key, epoch: int) -> Tensor:
        """Places in `x`, in the order of an epoch, beside it: a GPU is waited for once an epoch. The last is kept."""
        place = key.seed, key.path[:-1], epoch, len(self), self.x.device
        if self._epoch is None or self._epoch[0] != place:
            order = Key(*place[:2]).permutation(f"epoch {epoch}", len(self))
            self._epoch = place, self._places(order).to(self.x.device)
        return self._epoch[1]

    def state_dict(self) -> dict[str, Any]:
        """Nothing: the number of batches drawn says it all, and the trainer counts them."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to take back."""


def _opened(values: Tensor) -> Tensor:
    """As a `Round` has them: bytes as pictures in [-1, 1], or else as whole numbers."""
    if values.dtype != torch.uint8:
        return values
    return drawing.from_bytes(values) if values.ndim >= 3 else values.long()


@dataclass(frozen=True)
class Mirrored:
    """Pictures of a source, each mirrored left to right half of the time; which ones, the key decides."""

    source: InMemory

    def draw(self, n: int, key: Key) -> Batch:
        """Batch number `key.path[-1]` of the source."""
        batch = self.source.draw(n, key)
        mirror = (key.uniform("mirror", (n,)) < 0.5).to(batch.x.device).reshape(n, *[1] * (batch.x.ndim - 1))
        return Batch(torch.where(mirror, batch.x.flip(-1), batch.x), batch.y)

    def state_dict(self) -> dict[str, Any]:
        """Nothing, as its source."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to take back."""


@dataclass(frozen=True)
class Shifted:
    """Pictures of a source, each moved by up to `by` pixels along both axes; how far, the key decides.

    Attributes:
        source: Pictures [N, C, H, W].
        by: The largest shift.
        fill: What appears at the edges: 0 is black in bytes, -1 in floats.
    """

    source: InMemory
    by: int = 2
    fill: float = 0.0

    def draw(self, n: int, key: Key) -> Batch:
        """Batch number `key.path[-1]` of the source."""
        batch = self.source.draw(n, key)
        padded = pad(batch.x, [self.by] * 4, value=self.fill)
        corner = key.integers("shift", (n, 2, 1), 2 * self.by + 1).to(batch.x.device)
        rows, columns = (
            corner[:, axis] + torch.arange(side, device=batch.x.device) for axis, side in enumerate(batch.x.shape[2:])
        )
        which = torch.arange(n, device=batch.x.device)[:, None, None]
        return Batch(padded[which, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2), batch.y)

    def state_dict(self) -> dict[str, Any]:
        """Nothing, as its source."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing to take back."""
