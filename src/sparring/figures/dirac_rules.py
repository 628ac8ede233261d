"""Every rule of play with every regulariser on the Dirac-GAN: how fast it converges, beside linear algebra."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sparring import Phase, Trainer
from sparring.figures import rules_on_xy
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.figures.saddle import largest
from sparring.games.theory.dirac import DiracGAN, data
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Wasserstein
from sparring.penalties import r1, r2

__all__ = ["FIGURE"]

Array = NDArray[np.float64]

H, GAMMA, INK = 0.6, 0.6, COLOURS["ink"].light
ONE, G, D = np.eye(2), np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
"""The identity, and what leaves the row of the generator or that of the discriminator."""

SLOWER = "at once, G half as fast"


def unrolled(f: Array, s: float = 0.5) -> Array:
    """G looks through one step of s of D, which goes on as before. Near 0 the cost of G is f[0, 1] t psi."""
    ahead = np.array([-2 * s * f[0, 1] * f[1, 0], f[0, 1] * (1 - s * f[1, 1])])
    return ONE - H * np.stack([ahead, f[1]])


def momentum(f: Array, m: float = -0.5) -> Array:
    """Of t, psi and their velocities; D moves first."""
    d, g = (np.block([[ONE - H * w @ f, -H * m * w], [w @ f, ONE - w + m * w]]) for w in (D, G))
    return np.asarray(g @ d)


RULES: Mapping[str, Callable[[Array], Array]] = {
    "at once": lambda f: ONE - H * f,
    SLOWER: lambda f: ONE - H * (G / 2 + D) @ f,
    "in turn": lambda f: (ONE - H * G @ f) @ (ONE - H * D @ f),
    "extragradient": lambda f: ONE - H * f @ (ONE - H * f),
    "optimistic": lambda f: np.block([[ONE - 2 * H * f, H * f], [ONE, 0 * ONE]]),
    "extrapolation from the past": lambda f: np.block([[ONE - H * f, H * H * f @ f], [ONE, -H * f]]),
    "consensus": lambda f: ONE - H * (f + f.T @ f),
    "symplectic": lambda f: ONE - H * (f + (f.T - f) @ f / 2),
    "competitive": lambda f: ONE - H * np.linalg.solve(ONE + H * (G @ f @ D + D @ f @ G), f),
    "unrolled": unrolled,
    "negative momentum": momentum,
    "lookahead": lambda f: (ONE + np.linalg.matrix_power(ONE - H * f, 5)) / 2,
}
"""The matrix of a round (of five for lookahead), of that of the gradients of t and psi at (0, 0)."""

REMEMBER = ("optimistic", "extrapolation from the past", "negative momentum")


@dataclass(frozen=True)
class Case:
    """A regulariser: how much of psi is in D's gradient, and how much of each player is in the other's."""

    damping: float
    how: Mapping[str, Any] = field(default_factory=dict)
    pull: float = 0.5

    def theory(self, name: str) -> float:
        """The factor of the radius in a round."""
        matrix = RULES[name](np.array([[0.0, -self.pull], [self.pull, self.damping]]))
        return float(abs(np.linalg.eigvals(matrix)).max() ** (1 / every(name)))

    def path(self, name: str, rounds: int, start: tuple[float, float] = (1e-5, 1e-5), batch: int = 1) -> Array:
        """Where t and psi are before the first round and after each, [rounds + 1, 2]."""
        game, slow = DiracGAN(*start, **self.how), 1 / 2 if name == SLOWER else 1.0
        rates = {"generator": slow * H, "discriminator": H}
        optimizers = {player: torch.optim.SGD(game.strategy(player).values(), rate) for player, rate in rates.items()}
        rule = rules_on_xy.RULES["at once" if name == SLOWER else name].dynamics
        trainer, found = Trainer(Phase(game, optimizers, {"real": data()}, rounds, rule, batch)), [game.point]
        for _ in range(rounds):
            trainer.play_round()
            found.append(game.point)
        return np.array(found)

    def factor(self, name: str) -> float:
        """As played."""
        return largest(self.path(name, 12 * every(name)), every(name))

    def noisy(self, name: str) -> float:
        """As played from four places with the same noise: their differences are the columns of the matrix."""
        ends = [self.path(name, every(name), (a * 1e-3, b * 1e-3), 20_000)[-1]
                for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))]  # fmt: skip
        matrix = np.stack([ends[0] - ends[1], ends[2] - ends[3]], 1) / 2e-3
        return float(abs(np.linalg.eigvals(matrix)).max() ** (1 / every(name)))


def every(name: str) -> int:
    return 5 if name == "lookahead" else 1


CASES: Mapping[str, Case] = {
    "none": Case(0.0),
    "R1": Case(GAMMA, {"penalties": {r1: GAMMA / 2}}),
    "R2": Case(GAMMA, {"penalties": {r2: GAMMA / 2}}),
    "R1, R2": Case(2 * GAMMA, {"penalties": {r1: GAMMA / 2, r2: GAMMA / 2}}),
    "noise": Case(0.5, {"noise": 1.0}),  # -2 f''(0) s^2
    "WGAN": Case(0.0, {"loss": Wasserstein()}, 1.0),
    "WGAN, R1": Case(GAMMA, {"loss": Wasserstein(), "penalties": {r1: GAMMA / 2}}, 1.0),
}


def table(factors: Mapping[tuple[int, int], float]) -> Picture:
    """The factors by row and column: below 1 in one colour, above it in another."""
    axes = blank("Factor of the radius in a round", "", "", (4.9, 4.9))
    for (row, column), factor in factors.items():
        axes.text(column, row, f"{factor:.2f}", ha="center", va="center", fontsize=10)
        colour, strength = SERIES[int(factor > 1)], 0.0 if abs(factor - 1) < 1e-6 else 0.12 + abs(factor - 1)
        axes.fill_between([column - 0.47, column + 0.47], row - 0.43, row + 0.43, color=colour, alpha=strength, lw=0)
    axes.set_xticks(range(len(CASES)), [title.replace(", ", ",\n") for title in CASES])
    axes.set_yticks(range(len(RULES)), [textwrap.fill(name, 14) for name in RULES])
    axes.set(xlim=(-0.5, len(CASES) - 0.5), ylim=(len(RULES) - 0.5, -0.5))
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.grid(visible=False)
    axes.set_xlabel("blue converges, orange goes away; blank: the rule\nremembers, but noise is new", fontsize=9)
    words = "A table of rules against regularisers. Without any, steps at once are above 1 and steps in turn at 1."
    return Picture.of(axes, f"{words} With R1, R2 or noise all are below 1 for the logistic loss.")


def make() -> Drawn:
    names, cases, factors, pairs = list(RULES), list(CASES.items()), {}, []
    for row, name in enumerate(names):
        for column, (title, case) in enumerate(cases):
            if not ((noise := title == "noise") and name in REMEMBER):
                factors[row, column] = found = case.noisy(name) if noise else case.factor(name)
                pairs.append(Pair(f"{name}, {title}", found, case.theory(name), 0.01 if noise else 1e-6))
    axes = blank("Without regulariser, from (1, 1)", "t: where G is, data at 0", "\u03c8: slope of D", (4.9, 4.9))
    for name, colour in zip(("at once", "in turn", "extragradient", "consensus", "competitive"), SERIES, strict=True):
        axes.plot(*CASES["none"].path(name, 50, (1.0, 1.0)).T, color=colour, marker="o", markersize=2.2, label=name)
    axes.set(xlim=(-3, 3), ylim=(-2.7, 3.3), aspect="equal")
    axes.legend(loc="upper left", ncols=2, columnspacing=1.0, handlelength=1.2)
    words = "Five paths from (1, 1): at once goes away, in turn goes round, and the others wind into (0, 0)."
    return Drawn((table(factors), Picture.of(axes, words), rules_on_xy.glossed(RULES, (4.9, 4.9))), tuple(pairs))


FIGURE = Figure(
    title="Every rule with every regulariser on the smallest GAN",
    text="With the GAN's cost a regulariser or a better rule makes play converge, and R1 under most rules is faster "
    "than either alone. Near the equilibrium a round is a matrix, whose largest eigenvalue is the factor that play "
    "shows.",
    source="Mescheder et al. 2018, the Dirac-GAN; the table of methods names the papers of the rules. Steps are 0.6, "
    "\u03b3 is 0.6, the noise has deviation 1. Rules are those of the figure rules-on-xy. A rule that "
    "remembers a round is left out with noise, new in each round",
    section="5.1",
    make=make,
    seconds=4.5,
    python="""
import numpy as np
import torch
from sparring import Phase, Simultaneous, Trainer
from sparring.dynamics.consensus import Consensus
from sparring.games.theory.dirac import DiracGAN, data
from sparring.penalties import r1

measured = {}
for name, rule in {"at once": Simultaneous(), "consensus": Consensus(1.0)}.items():
    ends = []
    for start in ((1e-5, 0.0), (0.0, 1e-5)):  # near (0, 0) a round is a matrix: these are its columns
        game = DiracGAN(*start, penalties={r1: 0.3})
        optimizers = {player: torch.optim.SGD(game.strategy(player).values(), 0.6) for player in game.players()}
        Trainer(Phase(game, optimizers, {"real": data()}, 1, rule)).play()
        ends.append(game.point)
    measured[f"{name}, R1"] = float(abs(np.linalg.eigvals(np.array(ends).T / 1e-5)).max())
print(measured)
""",
)
