"""The data of a run: streams by name, and what is left of them to know without them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from sparring.conditions.condition import Condition, Nothing
from sparring.data.report import Report
from sparring.data.source import InMemory
from sparring.kinds.kind import Kind

__all__ = ["Data", "Form", "Numbers", "Spec"]


@dataclass(frozen=True)
class Data:
    """Everything that a run is trained on: what is not here can change without `resume` noticing.

    Attributes:
        streams: Sets of examples by name. Of the first one the samples are to be like: its kind is theirs, and examples
            are held out from it. Of pairs, which are `x` and `y` of one set, both go.
        condition: What samples can be asked for.

    Raises:
        ValueError: There are no streams.
    """

    streams: Mapping[str, InMemory]
    condition: Condition = field(default_factory=Nothing)

    def __post_init__(self) -> None:
        if not self.streams:
            raise ValueError("there are no streams; expected one or more: Data({'real': InMemory(x)})")

    @property
    def main(self) -> InMemory:
        """The first stream."""
        return next(iter(self.streams.values()))

    @property
    def kind(self) -> Kind:
        """What samples are."""
        return self.main.kind

    def __len__(self) -> int:
        """Examples of the first stream."""
        return len(self.main)

    @property
    def count(self) -> int:
        """Examples of all streams."""
        return sum(map(len, self.streams.values()))

    @property
    def reports(self) -> Mapping[str, Report]:
        """What each stream is like, where that is known."""
        return {name: part.report for name, part in self.streams.items() if part.report is not None}

    @property
    def has(self) -> frozenset[str]:
        """What there is besides the examples: labels, captions."""
        found = {"labels": any(part.classes for part in self.streams.values()),
                 "captions": any(part.captions for part in self.streams.values())}  # fmt: skip
        return frozenset(name for name, there in found.items() if there)

    def digest(self) -> str:
        """SHA-256 of the names and the content of all streams."""
        content = "".join(f"{part.digest()} {name}\n" for name, part in self.streams.items())
        return hashlib.sha256(content.encode()).hexdigest()

    def split(self, n: int, seed: int) -> tuple[Data, InMemory]:
        """The data without `n` examples of the first stream, and those `n`; see `InMemory.split`."""
        left, held_out = self.main.split(n, seed)
        return dataclasses.replace(self, streams={**self.streams, next(iter(self.streams)): left}), held_out

    @property
    def spec(self) -> Spec:
        """What a sampler has to know of them."""
        return Spec(self.kind, self.condition, {name: Form.of(part) for name, part in self.streams.items()})


@dataclass(frozen=True)
class Numbers:
    """What a tensor of examples [N, ...] is like.

    Attributes:
        shape: Of one example.
        dtype: Such as float32 or uint8.
    """

    shape: tuple[int, ...]
    dtype: str

    @classmethod
    def of(cls, values: Tensor) -> Numbers:
        """Of a tensor."""
        return cls(tuple(values.shape[1:]), str(values.dtype).removeprefix("torch."))

    def blank(self) -> Tensor:
        """One example, of zeros."""
        dtype = getattr(torch, self.dtype, None)
        if not isinstance(dtype, torch.dtype):
            raise ValueError(f"{self.dtype!r} is not a type of numbers; expected one of torch's, such as float32")  # noqa: TRY004
        return torch.zeros(1, *self.shape, dtype=dtype)


@dataclass(frozen=True)
class Form:
    """What a stream is like: examples, and labels or partners."""

    x: Numbers
    y: Numbers | None = None

    @classmethod
    def of(cls, data: InMemory) -> Form:
        """Of a stream."""
        return cls(Numbers.of(data.x), None if data.y is None else Numbers.of(data.y))

    def blank(self, kind: Kind) -> InMemory:
        """One blank example."""
        return InMemory(self.x.blank(), None if self.y is None else self.y.blank(), kind=kind)


@dataclass(frozen=True)
class Spec:
    """What a sampler has to know of the data it was trained on; it stands in the run's config.json.

    Attributes:
        kind: What samples are.
        condition: What they can be asked for.
        streams: What each stream is like.
    """

    kind: Kind
    condition: Condition
    streams: Mapping[str, Form]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of an example of the first stream, which a sample is to be like."""
        return next(iter(self.streams.values())).x.shape

    def stand_in(self) -> Data:
        """Data like these with one blank example in each stream, to make a game of that nobody plays."""
        blank = {name: form.blank(self.kind) for name, form in self.streams.items()}
        return Data(blank, self.condition)
