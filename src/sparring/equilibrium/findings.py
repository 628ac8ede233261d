"""What was found of a point: how each player stands, how gradient play moves near it, and that in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor

__all__ = ["Findings", "Motion", "Side"]

_SHOWN = 6
"""Eigenvalues in a text, at most."""


@dataclass(frozen=True)
class Side:
    """How a player stands, with all others where they are.

    Attributes:
        player: Its name.
        parameters: How many numbers it controls.
        gradient: The length of the gradient of its own cost in them.
        smallest: The smallest eigenvalue of the Hessian of that: its smallest curvature.
        largest: The largest one.
        residual: How well the smallest is known: ||H v - smallest v||, 0 if the Hessian was made.
        still: A gradient of this length counts as 0.
        flat: A curvature of this size counts as 0.
        along: The parameters that have most of `direction`.
        direction: A unit vector, by the parameters' names: against the gradient, or where that is 0, along the smallest
            curvature.
    """

    player: str
    parameters: int
    gradient: float
    smallest: float
    largest: float
    residual: float
    still: float
    flat: float
    along: str
    direction: Mapping[str, Tensor] = field(repr=False, compare=False)

    @property
    def stationary(self) -> bool:
        """Whether the gradient counts as 0."""
        return self.gradient <= self.still

    @property
    def better(self) -> bool:
        """Whether the player could do better along `direction`. A negative curvature that was found is there."""
        return not self.stationary or self.smallest < -self.flat

    @property
    def known(self) -> bool:
        """Whether the residual leaves the sign of the smallest curvature open no more."""
        return abs(self.smallest) <= self.flat or self.smallest < 0 or self.smallest - self.residual > self.flat

    @property
    def minimum(self) -> bool:
        """Whether its cost has a strict local minimum here, as far as the first two derivatives tell."""
        return self.stationary and self.known and self.smallest > self.flat

    def __str__(self) -> str:
        """What there is to say of it."""
        if not self.stationary:
            return f"player {self.player!r} could do better along {self.along}, against its gradient"
        if self.better:
            return f"player {self.player!r} could do better along {self.along}, where its cost bends down"
        if not self.known:
            return f"the curvature of {self.player!r} is {self.smallest:.3g}, known to {self.residual:.2g} only"
        return f"the cost of {self.player!r} {'bends up' if self.minimum else f'is flat along {self.along}'}"


@dataclass(frozen=True)
class Motion:
    """How gradient play moves near a point: all players at once, each against its own gradient.

    Attributes:
        eigenvalues: Of the derivative of that motion, which is minus the game's Jacobian, by falling real part. All of
            a small game; of a large one those that Arnoldi's method finds, the outermost first.
        residual: How well the first is known; 0 if they are exact.
        exact: Whether these are all.
        zero: A value of this size counts as 0.
    """

    eigenvalues: tuple[complex, ...]
    residual: float
    exact: bool
    zero: float

    def factor(self, step: float) -> float:
        """The spectral radius of a simultaneous step: the distance grows by it a round, in the long run."""
        return max(abs(1 + step * value) for value in self.eigenvalues)

    @property
    def neutral(self) -> int:
        """How many eigenvalues count as 0: nothing moves there, to first order."""
        return sum(abs(value) <= self.zero for value in self.eigenvalues)

    @property
    def moving(self) -> tuple[complex, ...]:
        """The others."""
        return tuple(value for value in self.eigenvalues if abs(value) > self.zero)

    @property
    def converges(self) -> bool:
        """Whether small enough steps lead to the point, as far as the eigenvalues that are not 0 tell."""
        return bool(self.moving) and self.known and all(value.real < -self.zero for value in self.moving)

    @property
    def known(self) -> bool:
        """Whether the residual leaves the sign of the first real part open no more."""
        return self.exact or self.residual < abs(self.moving[0].real if self.moving else 0.0)

    @property
    def step(self) -> float:
        """Simultaneous steps below this converge, others do not; 0 if none does. An upper limit if not `exact`."""
        if not self.converges:
            return 0.0
        return min(-2 * value.real / abs(value) ** 2 for value in self.moving)

    def __str__(self) -> str:
        """What there is to say of it."""
        return f"gradient play {self._verdict()}; {self.listed}"

    @property
    def listed(self) -> str:
        """The eigenvalues in words: conjugates as one, those that count as 0 as 0, the first few."""
        clean = [complex(*(x if abs(x) > self.zero else 0.0 for x in (v.real, v.imag))) for v in self.eigenvalues]
        shown = [_number(value) for value in clean if value.imag >= 0]
        return f"eigenvalues of its motion: {', '.join(shown[:_SHOWN])}{', ...' if len(shown) > _SHOWN else ''}"

    def _verdict(self) -> str:
        if not self.moving:
            return "stands still, to first order"
        if not self.known:
            return f"was not decided: the first eigenvalue is known to {self.residual:.2g} only"
        if self.converges:
            but = f", but for {self.neutral} flat direction{'s' * (self.neutral > 1)}" if self.neutral else ""
            return f"converges with steps below {self.step:.3g}{'' if self.exact else ' at most'}{but}"
        if self.moving[0].real > self.zero:
            return "leads away"
        return "circles: steps of any size lead away"


@dataclass(frozen=True)
class Findings:
    """What `examine` found. `print` shows it.

    Attributes:
        sides: How each player stands, by name.
        motion: How gradient play moves near the point.
    """

    sides: Mapping[str, Side]
    motion: Motion

    @property
    def nash(self) -> bool:
        """Whether this is a local differential Nash equilibrium."""
        return all(side.minimum for side in self.sides.values())

    @property
    def stationary(self) -> bool:
        """Whether nobody has a gradient: gradient play rests here."""
        return all(side.stationary for side in self.sides.values())

    @property
    def verdict(self) -> str:
        """The same in words, with the reason if it is none."""
        sides = self.sides.values()
        if better := [side for side in sides if side.better]:
            return f"not an equilibrium: {_joined(better)}"
        if unknown := [side for side in sides if not side.known]:
            return f"not decided: {_joined(unknown)}. Look longer, with Search(steps=200)"
        if flat := [side for side in sides if not side.minimum]:
            return f"degenerate: {_joined(flat)}"
        return "a differential Nash equilibrium"

    def __str__(self) -> str:
        """The verdict, a table of the players, and the motion."""
        rows = [["player", "parameters", "gradient", "smallest curvature", "largest curvature"]]
        for name, side in self.sides.items():
            numbers = (f"{value + 0.0:.4g}" for value in (side.gradient, side.smallest, side.largest))
            rows.append([name, f"{side.parameters:,}", *numbers])
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
        motion = str(self.motion) if self.stationary else f"gradient play does not rest here; {self.motion.listed}"
        return "\n".join([self.verdict, *lines, motion])


def _joined(sides: Sequence[Side]) -> str:
    return ", and ".join(map(str, sides))


def _number(value: complex) -> str:
    real = f"{value.real:.4g}"
    return f"{real} ± {value.imag:.4g}i" if value.imag else real
