"""Every rule of play on V = xy: where it goes, and how fast, beside the rate that theory gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
from sparring.looks.vector import blank, glossary

__all__ = ["FIGURE", "RULES", "Rule", "glossed"]

H, ROUNDS, INK = 0.3, 80, COLOURS["ink"].light


@dataclass(frozen=True)
class Rule:
    """A rule, and the factor of the radius in a round as a function of the step h.

    Attributes:
        dynamics: The rule.
        theory: The factor, in closed form.
        every: How many rounds repeat.
    """

    dynamics: Dynamics
    theory: Callable[[float], float]
    every: int = 1


def optimistic(h: float) -> float:
    """Of z - 2 h F z + h F (last z), by the roots of l^2 - (1 - 2 i h) l - i h."""
    if h <= 0.5:
        return math.sqrt((1 + math.sqrt(1 - 4 * h * h)) / 2)
    return math.sqrt((1 + (2 * h + math.sqrt(4 * h * h - 1)) ** 2) / 4)


def momentum(m: float) -> Callable[[float], float]:
    """Of steps in turn with momentum m, by the roots of (l - 1)^2 (l - m)^2 + h^2 l^3."""
    square = np.polymul(np.poly([1, 1]), np.poly([m, m]))
    return lambda h: float(abs(np.roots(np.polyadd(square, [h * h, 0, 0, 0]))).max())


def adjusted(h: float) -> float:
    """Of consensus and of symplectic adjustment, weight 1: on xy they are one."""
    return math.hypot(1 - h, h)


RULES: Mapping[str, Rule] = {
    "at once": Rule(Simultaneous(), lambda h: math.hypot(1, h)),
    "in turn": Rule(Alternating(), lambda h: max(1, (h * h - 2 + h * math.sqrt(max(0, h * h - 4))) / 2)),
    "in turn, five steps of y": Rule(Alternating({"y": 5}), lambda h: RULES["in turn"].theory(math.sqrt(5) * h)),
    "extragradient": Rule(Extragradient(), lambda h: math.sqrt(1 - h**2 + h**4)),
    "optimistic": Rule(Optimistic(), optimistic),
    "extrapolation from the past": Rule(PastExtrapolation(), optimistic),
    "consensus": Rule(Consensus(1.0), adjusted),
    "symplectic": Rule(Symplectic(1.0), adjusted),
    "competitive": Rule(CompetitiveGradient(), lambda h: 1 / math.hypot(1, h)),
    "unrolled": Rule(Unrolled(1, SGD(0.5)), lambda h: math.sqrt(1 - h + h * h)),
    "negative momentum": Rule(NegativeMomentum(-0.5), momentum(-0.5)),
    "lookahead": Rule(Lookahead(Simultaneous()), lambda h: abs(0.5 + 0.5 * (1 + 1j * h) ** 5) ** 0.2, 5),
}
PANELS = {"No help: round, or away": ("at once", "in turn"),
          "A look ahead": ("extragradient", "optimistic"),
          "Another direction": ("consensus", "competitive", "unrolled"),
          "Memory": ("negative momentum", "lookahead")}  # fmt: skip
"""What is drawn; the path of extrapolation from the past is near optimistic's, that of symplectic is consensus'."""


def slope(points: NDArray[np.float64], every: int) -> float:
    """The slope of the log radius against rounds, from the 21st on; its wobble, a function of the angle, is fitted."""
    points = points[20::every]
    angle, n = np.arctan2(points[:, 1], points[:, 0]), every * np.arange(len(points))
    wobble = [f(k * angle) for k in (2, 4, 6) for f in (np.cos, np.sin)]
    return float(np.linalg.lstsq(np.stack([n, n**0, *wobble], 1), np.log(np.hypot(*points.T)))[0][0])


def glossed(names: Iterable[str], size: tuple[float, float]) -> Picture:
    """Rules in a few words."""
    told = {name: GLOSSES[name] for name in names}
    axes = glossary("The rules in a few words", told, size)
    return Picture.of(axes, " ".join(f"{name.capitalize()}: {gloss}" for name, gloss in told.items()))


def make() -> Drawn:
    paths = {name: played(rule.dynamics, H, ROUNDS, (1.0, 0.4)) for name, rule in RULES.items()}
    pictures = []
    for title, names in PANELS.items():
        axes = blank(title, "x", "y", (4.6, 3.9))
        for name, colour in zip(names, SERIES, strict=False):
            shown = paths[name][:28] if name in ("at once", "in turn") else paths[name]
            axes.plot(*shown.T, color=colour, marker="o", markersize=2.6, linewidth=0.8, label=name)
        axes.plot(0, 0, "+", markersize=10, color=INK)
        axes.plot(1, 0.4, "s", markersize=5, color=INK)
        axes.set(xlim=(-1.85, 1.85), ylim=(-1.35, 1.8), aspect="equal")
        axes.legend(loc="upper left", ncols=2, handlelength=1.2, columnspacing=1.0)
        inside = "round the centre, or away from it" if title in list(PANELS)[:1] else "into the centre"
        pictures.append(Picture.of(axes, f"Paths from (1, 0.4), {inside}: {', '.join(names)}."))
    axes = blank("Factor of the radius in a round", "1 and more: no convergence", "", (4.6, 3.9))
    slopes = {name: slope(paths[name], rule.every) for name, rule in RULES.items()}
    for place, (name, rule) in enumerate(RULES.items()):
        known, seen = ("theory", "measured") if not place else (None, None)
        axes.plot(rule.theory(H), place, "o", markersize=10, markerfacecolor="#ffffff", color=INK, label=known)
        axes.plot(math.exp(slopes[name]), place, "o", markersize=4, color=SERIES[0], label=seen)
    axes.legend(loc="upper left", handlelength=1.0)
    axes.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 2)))
    axes.set_yticks(range(len(RULES)), list(RULES))
    axes.set(ylim=(len(RULES) - 0.4, -0.6))
    words = "A ring for each rule where theory is, in it a dot that was measured: one above 1, two at 1, nine below."
    pictures.append(Picture.of(axes, words))
    pictures.append(glossed(RULES, (4.6, 4.6)))
    return Drawn(tuple(pictures), tuple(pairs(paths, slopes)))


def pairs(paths: Mapping[str, NDArray[np.float64]], slopes: Mapping[str, float]) -> list[Pair]:
    found = []
    for name, rule in RULES.items():
        theory = rule.theory(H)
        found.append(Pair(f"{name}: slope of log radius", slopes[name], math.log(theory), 5e-5))
        found.append(Pair(f"{name}: spectral radius", largest(paths[name], rule.every), theory, 1e-9))
    best = (("extragradient, h = 1/\u221a2", Extragradient(), 0.5**0.5, 0.75**0.5),
            ("consensus, weight 1, h = 1/2", Consensus(1.0), 0.5, 0.5**0.5),
            ("optimistic, h = 1/2", Optimistic(), 0.5, 0.5**0.5),
            ("negative momentum \u22120.5, h = 0.87", NegativeMomentum(-0.5), 0.87, 0.885),
            ("negative momentum \u22120.3, h = 1.221", NegativeMomentum(-0.3), 1.221, 0.7595))  # fmt: skip
    for name, dynamics, h, theory in best:
        found.append(Pair(f"best rate of {name}", largest(played(dynamics, h, 12, (1.0, 0.4))), theory, 5e-4))
    return found


FIGURE = Figure(
    title="Every rule on V = xy",
    text="With the same steps of 0.3 some rules go away from the equilibrium, some round it, and most into it. "
    "In the long run the distance changes by one factor a round, and the measured factor is that of theory.",
    source="report, sections 5.1 and 8.2; the table of methods names the papers of the rules. Consensus and symplectic "
    "are with weight 1, unrolled through one step of 0.5, momentum is \u22120.5. The part of the gradients that turns "
    "is the antisymmetric half of the Jacobian. The spectral radius is that of the matrix of a round",
    section="8.2",
    make=make,
    seconds=2.0,
    python="""
import math
import torch
from sparring import Phase, Trainer
from sparring.dynamics.extragradient import Extragradient
from sparring.games.theory.xy import XY

game = XY(1.0, 0.4)
optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.3) for name in game.players()}
trainer = Trainer(Phase(game, optimizers, {}, 40, Extragradient()))
logs = []
for _ in range(40):
    trainer.play_round()
    logs.append(math.log(math.hypot(game.x().item(), game.y().item())))
measured = {"extragradient: slope of log radius": (logs[-1] - logs[0]) / 39}  # the factor of a round is exp of it
print(measured)
""",
)

GLOSSES = {
    "at once": "Both step from where they are.",
    "at once, G half as fast": "The same, with half the step of G.",
    "in turn": "The second steps after it has seen the step of the first.",
    "in turn, five steps of y": "One player makes five steps for one of the other.",
    "extragradient": "A step by the gradients that are found one step ahead.",
    "optimistic": "A step by twice this gradient less the last one.",
    "extrapolation from the past": "Extragradient, with last time's gradients to look ahead.",
    "consensus": "Also down the squared length of all gradients.",
    "symplectic": "Consensus of that part of the gradients that turns.",
    "competitive": "To the equilibrium of the game as it looks from here.",
    "unrolled": "One player looks through a step of the other.",
    "negative momentum": "Also minus half of the last step.",
    "lookahead": "After five steps at once, half of the way back.",
}
"""The rules in a few words."""
