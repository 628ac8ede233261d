"""The largest step with which each rule still converges on V = xy, found by halving, beside theory."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sparring import Alternating, Simultaneous
from sparring.dynamics.competitive import CompetitiveGradient
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.extragradient import Extragradient
from sparring.dynamics.functional import SGD
from sparring.dynamics.lookahead import Lookahead
from sparring.dynamics.negative_momentum import NegativeMomentum
from sparring.dynamics.optimistic import Optimistic
from sparring.dynamics.past_extrapolation import PastExtrapolation
from sparring.dynamics.symplectic import Symplectic
from sparring.dynamics.unrolled import Unrolled
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.figures.saddle import largest, played
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank

__all__ = ["FIGURE"]

INK = COLOURS["ink"].light
SLACK = 1e-7
"""By how much a factor of 1 may be missed by rounding."""


def lookahead() -> float:
    """Where |1 + (1 + ih)^5| = 2, of five steps at once and half of the way back: the least positive root h."""
    real, imaginary = [5.0, 0.0, -10.0, 0.0, 2.0], [1.0, 0.0, -10.0, 0.0, 5.0, 0.0]  # by the binomial formula
    roots = np.roots(np.polysub(np.polyadd(np.polymul(real, real), np.polymul(imaginary, imaginary)), [4.0]))
    return float(min(root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 1e-6))


@dataclass(frozen=True)
class Limit:
    """A rule, and the step up to which it does not go away.

    Attributes:
        dynamics: The rule.
        step: By theory.
        every: How many rounds repeat.
    """

    dynamics: Dynamics
    step: float
    every: int = 1

    def factor(self, h: float) -> float:
        """That of the radius in a round, by the matrix of what was played."""
        return largest(played(self.dynamics, h, 8 * self.every, (1.0, 0.4)), self.every)

    def found(self) -> float:
        """The step where the factor passes 1, to a millionth."""
        low, high = 0.05, 3.0
        while high - low > 1e-6:
            middle = (low + high) / 2
            low, high = (middle, high) if self.factor(middle) <= 1 + SLACK else (low, middle)
        return low


LIMITS: Mapping[str, Limit] = {
    "extragradient": Limit(Extragradient(), 1.0),
    "optimistic": Limit(Optimistic(), 1 / math.sqrt(3)),
    "consensus, weight 1/2": Limit(Consensus(0.5), 0.8),  # 2 g / (1 + g^2)
    "unrolled, 2 steps of 0.3": Limit(Unrolled(2, SGD(0.3)), 1.2),  # 2 k s
    "in turn": Limit(Alternating(), 2.0),
    "momentum \u22120.3": Limit(NegativeMomentum(-0.3), 1.4),  # 2 (1 + m), where the factor -1 is a root
    "lookahead": Limit(Lookahead(Simultaneous()), lookahead(), 5),
    "extrapolation from the past": Limit(PastExtrapolation(), 1 / math.sqrt(3)),
    "symplectic, weight 1/3": Limit(Symplectic(1 / 3), 0.6),
    "in turn, five steps of y": Limit(Alternating({"y": 5}), 2 / math.sqrt(5)),
}
PANELS = {"Gradients from elsewhere": list(LIMITS)[:4], "Turns, memory and averages": list(LIMITS)[4:7]}


def make() -> Drawn:
    pictures = []
    found = {name: limit.found() for name, limit in LIMITS.items()}
    for title, names in PANELS.items():
        axes = blank(title, "step h", "factor of the radius in a round", (4.6, 3.6))
        axes.axhline(1, color=INK, linewidth=1, linestyle=(0, (4, 2)))
        for name, colour in zip(names, SERIES, strict=False):
            limit = LIMITS[name]
            steps = np.concatenate([np.linspace(0.05, limit.step, 14), limit.step + np.array([0.04, 0.08, 0.12])])
            axes.plot(steps, [limit.factor(h) for h in steps], color=colour, label=name)
            axes.plot(found[name], 1, "o", markersize=8, color=colour, markerfacecolor="#ffffff")
        axes.set(xlim=(0, 2.15), ylim=(0.7, 1.75))
        axes.legend(loc="upper left")
        ends = ", ".join(f"{name} at {found[name]:.3f}" for name in names)
        words = f"Curves against the step that begin at 1 and pass 1 at their limits: {ends}."
        pictures.append(Picture.of(axes, words))
    pairs = [Pair(f"{name}: limit of h", found[name], limit.step, 5e-6) for name, limit in LIMITS.items()]
    small, large = Limit(Simultaneous(), 0.0).factor(0.01), Limit(CompetitiveGradient(), math.inf).factor(100.0)
    pairs += [
        Pair("at once, no limit above 0: factor at h = 0.01", small, math.sqrt(1.0001), 1e-9),
        Pair("competitive, no limit: factor at h = 100", large, 1 / math.sqrt(10001), 1e-6),
    ]
    return Drawn(tuple(pictures), tuple(pairs))


FIGURE = Figure(
    title="How large a step may be",
    text="On V = xy a rule stays bounded only with steps below its limit, where the factor of the radius passes 1. "
    "Most rules converge below it, steps in turn go round, and theory gives the limits that halving an interval found.",
    source="report, section 8.2; the table of methods names the papers of the rules. Lookahead goes half of the way "
    "back after five steps at once",
    section="8.2",
    make=make,
    seconds=5.0,
    python="""
import math
import torch
from sparring import Phase, Trainer
from sparring.dynamics.competitive import CompetitiveGradient
from sparring.dynamics.optimistic import Optimistic
from sparring.games.theory.xy import XY

def radius(dynamics, step, rounds):
    game = XY(1.0, 0.0)
    optimizers = {name: torch.optim.SGD(game.strategy(name).values(), step) for name in game.players()}
    Trainer(Phase(game, optimizers, {}, rounds, dynamics)).play()
    return math.hypot(game.x().item(), game.y().item())

measured = {"competitive, no limit: factor at h = 100": radius(CompetitiveGradient(), 100.0, 1)}
print(measured)
print({step: radius(Optimistic(), step, 200) for step in (0.56, 0.59)})  # its limit is between them
""",
)
