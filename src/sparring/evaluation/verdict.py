"""The verdict on generated samples: one word for all figures, from those of real examples against real ones.

A figure and its floor, the same figure of held-out real examples, say one of four things of samples:

same        the figure lies inside the floor's interval or on its better side, or their intervals meet
close       they do not, but a distance is at most twice the floor, and a share at least half of it
far         it is worse than that
different   they do not, but the floor may be 0 (bias was removed), and nothing is twice 0

More samples tell more: the floor of a distance with a bias falls as their number grows, so what is close at 500 may be
far at 3,000. The words have the number.

The worst figure decides. `different` weighs as much as `close` where another figure says how far samples are. Both
intervals count, as both figures are uncertain and there are several: of 20 sets of 500 real garments none is called
different from real ones so, and 5 would be, were only the floor's interval looked at
(tests/evaluation/test_verdict.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sparring.evaluation.measures import Line
from sparring.machine.words import rounded

__all__ = ["FEW", "Outcome", "Verdict", "outcome", "verdict"]

Outcome = Literal["same", "different", "close", "far", "unknown"]

RANK: tuple[Outcome, ...] = ("same", "different", "close", "far")
"""The later, the worse."""

FEW = 500
"""With fewer samples of each side only what is far can be told."""


@dataclass(frozen=True)
class Verdict:
    """What figures say of samples, together.

    Attributes:
        outcome: In a word; `unknown` where it cannot be said.
        words: In a sentence or two.
        figure: The figure that decided; "" if none did.
        doubts: Why it cannot be said, or only in part.
    """

    outcome: Outcome
    words: str
    figure: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def doubts_beside(self) -> tuple[str, ...]:
        """The doubts that are not in the words."""
        return tuple(doubt for doubt in self.doubts if doubt not in self.words)

    def json(self) -> dict[str, Any]:
        """All of it."""
        return {**asdict(self), "doubts": list(self.doubts)}


def outcome(line: Line) -> Outcome:
    """What one figure says, beside its floor; `unknown` if they are not finite."""
    score, floor = line.score, line.floor
    if not all(math.isfinite(number) for part in (score, floor) for number in (part.low, part.value, part.high)):
        return "unknown"
    lower = score.better == "lower"
    if min(score.low, score.value) <= floor.high if lower else max(score.high, score.value) >= floor.low:
        return "same"
    if floor.low <= 0:
        return "different"
    close = score.value <= 2 * floor.value if lower else score.value >= floor.value / 2
    return "close" if close else "far"


def verdict(lines: Sequence[Line], doubts: Sequence[str] = ()) -> Verdict:
    """What all figures say together.

    Args:
        lines: Figures of the same samples, with their floors.
        doubts: Why figures may flatter these samples, in sentences. What is far all the same, is far.
    """
    known = [(found, line) for line in lines if (found := outcome(line)) != "unknown"]
    if not known:
        return Verdict("unknown", f"{_UNKNOWN} no figure of real examples to compare with.")
    worst, line = max(known, key=lambda pair: (RANK.index(pair[0]), _times(pair[1])))
    doubts = (*doubts, *_few(line))
    if worst == "far":
        return Verdict("far", _far(line), line.score.metric, tuple(doubts))
    if doubts:
        return Verdict("unknown", f"{_UNKNOWN} {' '.join(doubts)}", line.score.metric, tuple(doubts))
    if worst == "different" and any(line.floor.low > 0 for _, line in known):
        worst = "close"
    return Verdict(worst, _WORDS[worst].format(n=f"{line.score.generated:,}"), line.score.metric)


_UNKNOWN = "Unknown how close these samples are to real examples:"

_WORDS = {
    "same": "Not distinguishable from real examples at this number of samples ({n}).",
    "close": "Close to real examples at this number of samples ({n}). Some figures are worse, by a factor of at "
    "most two where that is known.",
    "different": "Different from real examples. How far is unknown: the figure of real examples is about 0.",
}


def _far(line: Line) -> str:
    score, floor = line.score, line.floor
    return (
        f"Far from real examples: {score.metric} is {rounded(score.value)}, and {rounded(floor.value)} for real ones."
    )


def _times(line: Line) -> float:
    """How many times worse than its floor a figure is, where that can be said; infinitely, where a share is 0."""
    above, below = (line.score.value, line.floor.value)[:: 1 if line.score.better == "lower" else -1]
    if line.floor.low <= 0:
        return 0.0
    return above / below if below > 0 else math.inf


def _few(line: Line) -> list[str]:
    n = line.score.generated
    advice = f"Use {FEW:,} or more; a run keeps them by --hold-out {FEW}."
    return [f"With {n:,} samples only large differences show. {advice}"] if n < FEW else []
