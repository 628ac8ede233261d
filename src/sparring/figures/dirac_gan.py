"""The Dirac-GAN: which losses, penalties and rules converge on the smallest GAN, by paths and eigenvalues."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.consensus import Consensus
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.extragradient import Extragradient
from sparring.equilibrium import examine, round_of
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.figures.saddle import largest
from sparring.games.theory.dirac import DiracGAN, data
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import NonSaturating, Wasserstein
from sparring.penalties import interpolated, r1, r2

__all__ = ["FIGURE", "played"]

INK = COLOURS["ink"].light
Path = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A game, and the middle m and square s of its eigenvalues m +- sqrt(s) at the equilibrium."""

    middle: float
    square: float
    how: Mapping[str, Any] = field(default_factory=dict)
    batch: int = 8
    within: float = 1e-9

    def eigenvalue(self) -> complex:
        """The one with the larger real part, or above the axis, by the library."""
        game = DiracGAN(0.0, 0.0, **self.how)
        return max(examine(game, round_of(game, {"real": data()}, batch=self.batch)).motion.eigenvalues, key=order)

    def theory(self) -> complex:
        return max((self.middle + sign * cmath.sqrt(self.square) for sign in (1, -1)), key=order)


def order(value: complex) -> tuple[float, float]:
    return round(value.real, 9), value.imag


GAMMA = 0.6
CASES = {
    "unregularised": Case(0.0, -0.25),
    "non-saturating": Case(0.0, -0.25, {"loss": NonSaturating()}),
    "WGAN": Case(0.0, -1.0, {"loss": Wasserstein()}),
    "R1": Case(-GAMMA / 2, GAMMA**2 / 4 - 0.25, {"penalties": {r1: GAMMA / 2}}),
    "R2": Case(-GAMMA / 2, GAMMA**2 / 4 - 0.25, {"penalties": {r2: GAMMA / 2}}),
    "R1 and R2": Case(-GAMMA, GAMMA**2 - 0.25, {"penalties": {r1: GAMMA / 2, r2: GAMMA / 2}}),
    "instance noise 1": Case(-0.25, 1 / 16 - 0.25, {"noise": 1.0}, 100_000, 0.01),
}
RULES: Mapping[str, tuple[Dynamics, float]] = {
    "at once": (Simultaneous(), math.sqrt(1 + 0.09)),
    "in turn": (Alternating(fresh=False), 1.0),
    "extragradient": (Extragradient(), math.sqrt(1 - 0.09 + 0.0081)),
    "consensus, weight 1": (Consensus(1.0), abs(1 - 0.15 + 0.3j)),
}
"""Near the equilibrium of the unregularised game with steps of 0.6, which is V = xy with steps of 0.3."""


def played(game: DiracGAN, rounds: int, step: float = 0.1, dynamics: Dynamics | None = None, batch: int = 1) -> Path:
    """Where t and psi are before the first round and after each, [rounds + 1, 2]."""
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), step) for player in game.players()}
    trainer = Trainer(Phase(game, optimizers, {"real": data()}, rounds, dynamics or Simultaneous(), batch))
    found = [game.point]
    for _ in range(rounds):
        trainer.play_round()
        found.append(game.point)
    return np.array(found)


def critic(rounds: int, step: float) -> tuple[float, float]:
    """WGAN-GP from (.5, .5) by hand: psi also descends (abs(psi) - 1)^2 / 4."""
    t, psi = 0.5, 0.5
    for _ in range(rounds):
        t, psi = t + step * psi, psi - step * (t + (abs(psi) - 1) / 2 * math.copysign(1, psi))
    return t, psi


def spectrum() -> Picture:
    """Eigenvalues against gamma, of R1."""
    gammas = np.linspace(0.0, 1.6, 17)
    cases = [Case(-g / 2, g * g / 4 - 0.25, {"penalties": {r1: g / 2}}) for g in gammas.tolist()]
    axes = blank("R1: the eigenvalue that decides", "\u03b3: twice the weight of R1", "parts of it", (4.6, 4.0))
    for part, colour, (x, y) in (("real", SERIES[0], (0.1, -0.44)), ("imag", SERIES[1], (0.45, 0.52))):
        axes.plot(gammas, [getattr(case.theory(), part) for case in cases], color=colour, linewidth=1)
        axes.plot(gammas, [getattr(case.eigenvalue(), part) for case in cases], "o", color=colour, markersize=4)
        axes.text(x, y, f"{part}inary part" if part == "imag" else "real part", color=colour)
    axes.axvline(1, color=INK, linewidth=1, linestyle=(0, (4, 2)))
    axes.text(1.03, 0.3, "critical", color=INK)
    axes.set(ylim=(-0.6, 0.6))
    words = (
        "Against gamma: the real part falls from 0 to -1/2 at gamma 1 and rises again; the imaginary part falls to 0."
    )
    return Picture.of(axes, words)


def make() -> Drawn:
    paths = {
        "unregularised": played(DiracGAN(1.0, 1.0), 90, 0.2),
        "R1": played(DiracGAN(1.0, 1.0, penalties={r1: GAMMA / 2}), 90, 0.2),
        "instance noise": played(DiracGAN(1.0, 1.0, noise=1.0), 90, 0.2, batch=2048),
        "WGAN": played(DiracGAN(0.5, 0.5, Wasserstein()), 90),
        "WGAN-GP": played(DiracGAN(0.5, 0.5, Wasserstein(), {interpolated: 0.25}), 200),
    }
    pictures = []
    ends = ("the first goes away, the others lead into it", "the first goes away, the other goes round it")
    groups = {"Logistic loss": list(paths)[:3], "Wasserstein loss": list(paths)[3:]}
    for (title, names), end in zip(groups.items(), ends, strict=True):
        axes = blank(f"{title}, steps at once", "t: where G is, data at 0", "\u03c8: slope of D", (4.6, 4.0))
        for name, colour in zip(names, SERIES, strict=False):
            axes.plot(*paths[name].T, color=colour, marker="o", markersize=2.2, linewidth=0.8, label=name)
        axes.plot(*paths[names[0]][0], "s", color=INK, markersize=6)
        axes.plot(0, 0, "+", color=INK, markersize=12)
        axes.set(aspect="equal", xlim=(-2.4, 2.4), ylim=(-2.1, 2.6))
        axes.legend(loc="upper left", ncols=2, columnspacing=1.0, handlelength=1.2)
        words = f"Paths near (0, 0), of {', '.join(names)}: {end}."
        pictures.append(Picture.of(axes, words))
    pictures.append(spectrum())
    found = []
    for name, case in CASES.items():
        measured, known = case.eigenvalue(), case.theory()
        found.append(Pair(f"{name}: eigenvalue, real part", measured.real, known.real, case.within))
        found.append(Pair(f"{name}: eigenvalue, imaginary part", abs(measured.imag), abs(known.imag), case.within))
    for name, (dynamics, factor) in RULES.items():
        near = played(DiracGAN(1e-5, 1e-5), 10, 0.6, dynamics)
        found.append(Pair(f"{name}: factor of the radius near 0, h = 0.6", largest(near), factor, 1e-6))
    for name, measured, known in zip(("t", "\u03c8"), paths["WGAN-GP"][-1], critic(200, 0.1), strict=True):
        found.append(Pair(f"WGAN-GP: {name} after 200 steps of 0.1", float(measured), known, 1e-9))
    return Drawn(tuple(pictures), tuple(found))


FIGURE = Figure(
    title="The smallest GAN, and what makes it converge",
    text="Without help the eigenvalues are imaginary, and play goes round the equilibrium or away from it. "
    "R1, R2 and instance noise move them to the left, so that play converges; the penalty of WGAN-GP does not.",
    source="Mescheder et al. 2018, the Dirac-GAN; the report has the question in section 5.1. Our \u03c8 has the other "
    "sign. R1 and R2 are with \u03b3 = 0.6, WGAN-GP is with weight 0.25: its path goes out to a "
    "ring, and stays on it",
    section="5.1",
    make=make,
    seconds=2.5,
    python="""
from sparring.equilibrium import examine, round_of
from sparring.games.theory.dirac import DiracGAN, data
from sparring.penalties import r1

measured = {}
for name, penalties in {"unregularised": {}, "R1": {r1: 0.3}}.items():
    game = DiracGAN(0.0, 0.0, penalties=penalties)
    motion = examine(game, round_of(game, {"real": data()})).motion
    print(name, motion)
    measured[f"{name}: eigenvalue, real part"] = motion.eigenvalues[0].real
""",
)
