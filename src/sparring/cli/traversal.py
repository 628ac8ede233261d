"""What `sparring sample RUN --code` draws: the same latents at one value of a code after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Self

import torch
from torch import Tensor

from sparring.conditions.dials import Dials
from sparring.samplers import Sampler

__all__ = ["Cells", "Plan", "plan"]


class Cells(Sampler):
    """Samples in cells: each latent is drawn in all `count` of its cells, one after the other.

    Args:
        sampler: Draws them.
        count: Cells of a latent.
    """

    def __init__(self, sampler: Sampler, count: int) -> None:
        super().__init__()
        self.sampler, self.count, self.kind, self.condition = sampler, count, sampler.kind, sampler.condition

    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """`n` samples [n, ...], of latents 0, ..., 0, 1, ..., 1 and so on."""
        assert given is not None
        rows = given.reshape(-1, self.count, *given.shape[1:])
        cells = [self.sampler.sample(len(rows), given=rows[:, j], seed=seed) for j in range(self.count)]
        return torch.stack(cells, 1).flatten(0, 1)[:n]


@dataclass(frozen=True)
class Plan:
    """What is drawn.

    Attributes:
        given: What each sample is asked for, [latents x cells, D].
        cells: How many a latent has.
        heads: The values of the columns; () where no code goes from one value to another.
    """

    given: Tensor
    cells: int
    heads: tuple[str, ...]

    @classmethod
    def of(cls, dials: Dials, start: Tensor, settings: dict[str, list[float]]) -> Self:
        """The plan of settings by the name of the code, from what each latent is asked for besides, [latents, D]."""
        known = dials.dials()

        def cell(values: Sequence[float]) -> Tensor:
            turns = zip(settings, values, strict=True)
            return reduce(lambda rows, turn: known[turn[0]].turned(rows, turn[1]), turns, start)

        cells = [cell(values) for values in product(*settings.values())]
        ranges = [(name, values) for name, values in settings.items() if len(values) > 1]
        heads = tuple(f"{value:.2g}" for value in ranges[-1][1]) if ranges else ()
        return cls(torch.stack(cells, 1).flatten(0, 1), len(cells), heads)


def plan(sampler: Sampler, words: Sequence[str], n: int | None, steps: int, seed: int) -> Plan:
    """The plan of words such as `category=3` and `slant=-2:2`.

    Args:
        sampler: Whose codes they are.
        words: Theirs. A last range makes the columns; one before it makes the rows of each latent.
        n: How many latents; without it, 64 of no range, 10 of one, 1 of two.
        steps: Values of a range.
        seed: Of the latents, and of the codes that no word names.

    Raises:
        ValueError: There are no codes, no such codes, or more than two ranges.
    """
    condition = sampler.condition
    if not isinstance(condition, Dials):
        can = condition.describe()
        raise ValueError(f"--code is for runs with codes; this one can be asked for {can}: leave it out")  # noqa: TRY004
    settings = condition.settings(words, steps)
    ranges = sum(len(values) > 1 for values in settings.values())
    if ranges > 2:
        raise ValueError(f"--code got {ranges} ranges; expected at most 2, one for the rows and one for the columns")
    start = sampler.given(n or (64, 10, 1)[ranges], seed)
    assert start is not None
    return Plan.of(condition, start, settings)
