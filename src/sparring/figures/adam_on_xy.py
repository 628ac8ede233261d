"""Adam on V = xy under five rules, ExtraAdam among them: rings instead of points, beside Adam written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.extragradient import Extragradient
from sparring.dynamics.optimistic import Optimistic
from sparring.dynamics.past_extrapolation import PastExtrapolation
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.xy import XY
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank

__all__ = ["FIGURE"]

Array = NDArray[np.float64]

RATE, ROUNDS, START, INK = 0.05, 200, (1.0, 0.4), COLOURS["ink"].light
FIELD = np.array([[0.0, 1.0], [-1.0, 0.0]])
"""The gradients of x and y are FIELD @ (x, y)."""


@dataclass
class Adam:
    """Kingma and Ba 2015, algorithm 1, in numpy: both players have one each, of the same age."""

    betas: tuple[float, float]
    m: Array | float = 0.0
    v: Array | float = 0.0
    t: int = 0

    def step(self, gradients: Array) -> Array:
        """What is taken off (x, y) for gradients [2]."""
        (a, b), self.t = self.betas, self.t + 1
        self.m, self.v = a * self.m + (1 - a) * gradients, b * self.v + (1 - b) * gradients**2
        found: Array = RATE * (self.m / (1 - a**self.t)) / (np.sqrt(self.v / (1 - b**self.t)) + 1e-8)
        return found


def at_once(z: Array, adam: Adam, last: list[Array]) -> Array:
    return z - adam.step(FIELD @ z)


def in_turn(z: Array, adam: Adam, last: list[Array]) -> Array:
    """First x, then y at the new x: the step of x is tried with a copy of the moments."""
    trial = Adam(adam.betas, adam.m, adam.v, adam.t)
    moved = np.array([(z - trial.step(FIELD @ z))[0], z[1]])
    return z - adam.step(np.array([z[1], (FIELD @ moved)[1]]))


def extra(z: Array, adam: Adam, last: list[Array]) -> Array:
    """ExtraAdam: a step from z along the gradients that are seen a step ahead."""
    return z - adam.step(FIELD @ (z - adam.step(FIELD @ z)))


def past(z: Array, adam: Adam, last: list[Array]) -> Array:
    """The step ahead is along the gradients of the round before."""
    last[:] = [FIELD @ (z - adam.step(last[0]) if last else z)]
    return z - adam.step(last[0])


def optimistic(z: Array, adam: Adam, last: list[Array]) -> Array:
    """Twice this step, less the last one."""
    step = adam.step(FIELD @ z)
    before = last[0] if last else step
    last[:] = [step]
    return z - 2 * step + before


Hand = Callable[[Array, Adam, list[Array]], Array]
RULES: Mapping[str, tuple[Dynamics, Hand]] = {
    "at once": (Simultaneous(), at_once),
    "in turn": (Alternating(), in_turn),
    "optimistic": (Optimistic(), optimistic),
    "ExtraAdam": (Extragradient(), extra),
    "from the past": (PastExtrapolation(), past),
}
BETAS = {"\u03b2 = 0.5 and 0.9": (0.5, 0.9), "\u03b2 = 0.9 and 0.999": (0.9, 0.999)}


def played(rule: Dynamics, betas: tuple[float, float]) -> Array:
    """(x, y) before the first round and after each, [ROUNDS + 1, 2]."""
    game, found = XY(*START), [START]
    optimizers = {name: torch.optim.Adam(game.strategy(name).values(), RATE, betas) for name in game.players()}
    trainer = Trainer(Phase(game, optimizers, {}, ROUNDS, rule))
    for _ in range(ROUNDS):
        trainer.play_round()
        found.append((game.x().item(), game.y().item()))
    return np.array(found)


def by_hand(rule: Hand, betas: tuple[float, float]) -> Array:
    z, adam, last = np.array(START), Adam(betas), list[Array]()
    for _ in range(ROUNDS):
        z = rule(z, adam, last)
    return z


def make() -> Drawn:
    pictures, pairs, rings = [], [], {}
    for (title, betas), size in zip(BETAS.items(), (1.25, 5.5), strict=True):
        axes = blank(f"Adam, {title}", "x", "y", (4.6, 4.6))
        for (name, (rule, hand)), colour in zip(RULES.items(), SERIES, strict=True):
            style = (0, (4, 3)) if name == "from the past" else "-"  # it hides ExtraAdam
            path, (x, y) = played(rule, betas), by_hand(hand, betas)
            rings[title, name] = float(np.hypot(*path[-100:].T).max())
            axes.plot(*path.T, color=colour, linestyle=style, linewidth=1.3, label=f"{name}: {rings[title, name]:.2f}")
            pairs += [Pair(f"{name}, {title}: {letter} after {ROUNDS} rounds", float(found), float(known), 1e-9)
                      for letter, found, known in zip("xy", path[-1], (x, y), strict=True)]  # fmt: skip
        axes.plot(0, 0, "+", markersize=11, color=INK)
        axes.plot(*START, "s", markersize=5, color=INK)
        axes.set(xlim=(-1.15 * size, 1.15 * size), ylim=(-size, 1.3 * size), aspect="equal")
        axes.figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2, handlelength=1.2,
                           title="with the largest radius of the last 100 rounds")  # fmt: skip
        words = ", ".join(f"{name} {rings[title, name]:.2f}" for name in RULES)
        pictures.append(Picture.of(axes, f"Five paths round (0, 0). Largest radius of the last 100 rounds: {words}."))
    small, large = BETAS
    pairs += [
        Pair(f"{small}: ring of ExtraAdam less than half of that of at once, 1 is yes",
             rings[small, "ExtraAdam"] < rings[small, "at once"] / 2, 1, 0),
        Pair(f"{large}: rules that end farther out than they began", sum(rings[large, name] > 1.08 for name in RULES),
             len(RULES), 0),
    ]  # fmt: skip
    return Drawn(tuple(pictures), tuple(pairs))


FIGURE = Figure(
    title="Adam on V = xy, and ExtraAdam",
    text="Adam's steps do not shrink with the gradient, so with little momentum every rule ends on a ring, a small "
    "one under ExtraAdam. With the usual \u03b2 of 0.9 and 0.999 all five rules go away from the equilibrium.",
    source="report, section 8.2; Gidel et al. 2019, ExtraAdam and extrapolation from the past; Daskalakis et al. 2018, "
    "optimistic Adam. Play is from (1, 0.4) with a rate of 0.05; expected is Adam written out in numpy",
    section="8.2",
    make=make,
    seconds=2.5,
    python="""
import torch
from sparring import Phase, Trainer
from sparring.dynamics.extragradient import Extragradient
from sparring.games.theory.xy import XY

game = XY(1.0, 0.4)
adams = {name: torch.optim.Adam(game.strategy(name).values(), 0.05, (0.5, 0.9)) for name in game.players()}
Trainer(Phase(game, adams, {}, 200, Extragradient())).play()  # with Adam it is ExtraAdam
name = "ExtraAdam, \u03b2 = 0.5 and 0.9"
measured = {f"{name}: x after 200 rounds": game.x().item(), f"{name}: y after 200 rounds": game.y().item()}
print(measured)
""",
)
