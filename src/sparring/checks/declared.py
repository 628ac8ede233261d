"""What a game declares: where it rightly departs from its contract, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

__all__ = ["NOTHING", "Declared", "Estimator"]


@dataclass(frozen=True)
class Estimator:
    """A gradient that is not the derivative of its cost: straight-through, vector quantisation, gradient reversal.

    Attributes:
        why: Which one, and its source.
        oracle: Checks the gradient against an independent one, such as an enumeration of a tiny case; raises
            AssertionError.
    """

    why: str
    oracle: Callable[[], None]


@dataclass(frozen=True)
class Declared:
    """Where a game rightly departs from the contract: the module's `DECLARED`.

    Attributes:
        still: Parameters whose gradient is always zero, each with the reason.
        estimators: Players whose gradient is not the derivative of their cost.
    """

    still: Mapping[str, str] = field(default_factory=dict)
    estimators: Mapping[str, Estimator] = field(default_factory=dict)

    def reasons(self) -> Iterator[tuple[str, str]]:
        """What is declared, and why."""
        yield from self.still.items()
        yield from ((player, estimator.why) for player, estimator in self.estimators.items())


NOTHING = Declared()
