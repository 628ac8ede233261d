"""The same loss and steps in function space, where play converges, and in parameters, where it goes away."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from sparring import Game, Phase, Simultaneous, Trainer
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.dirac import DiracGAN, data
from sparring.games.theory.tabular import Tabular
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.phase import Source

__all__ = ["FIGURE"]

P, Q = np.array([0.5, 0.3, 0.2]), [0.2, 0.2, 0.6]
"""The data on three points, and where the generator's density begins."""

ROUNDS, STEP, INK = 500, 0.5, COLOURS["ink"].light
"""The Dirac-GAN is played with the same step."""


def trainer_of(game: Game, streams: dict[str, Source]) -> Trainer:
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), STEP) for player in game.players()}
    return Trainer(Phase(game, optimizers, streams, ROUNDS, Simultaneous(), batch=1))


def function_space() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """After each round the density of the generator [ROUNDS, 3], and what D says of the points, the same."""
    game, q, d = Tabular(P.tolist(), None, Q), [], []
    trainer = trainer_of(game, {})
    for _ in range(ROUNDS):
        trainer.play_round()
        q.append(game.q().tolist())
        d.append(game.logits().sigmoid().tolist())
    return np.array(q), np.array(d)


def parameter_space(rounds: int) -> NDArray[np.float64]:
    """Where a generator at t and a discriminator with the slope psi are, before the first round and after each."""
    game = DiracGAN(0.5, 0.0)
    trainer, found = trainer_of(game, {"real": data(1)}), [game.point]
    for _ in range(rounds):
        trainer.play_round()
        found.append(game.point)
    return np.array(found)


def rate() -> float:
    """The factor of a round near the equilibrium, by its Jacobian, written out.

    D's part is diag(p) / 4 + diag(p) / 4, G's is 0, and what is between them half of diag(p) - p p'.
    """
    mixed = (np.diag(P) - np.outer(P, P)) / 2
    motion = -np.block([[np.diag(P) / 2, mixed], [-mixed, np.zeros((3, 3))]])
    values = np.linalg.eigvals(motion)
    moving = values[abs(values) > 1e-9]  # a shift of all logits of q changes nothing
    return float(abs(1 + STEP * moving).max())


def by_formula(rounds: int) -> tuple[float, float]:
    """The Dirac-GAN's steps at once, with the sigmoid written out."""
    t, psi = 0.5, 0.0
    for _ in range(rounds):
        f = 1 / (1 + math.exp(-t * psi))
        t, psi = t + STEP * psi * f, psi - STEP * t * f
    return t, psi


def make() -> Drawn:
    (q, d), path = function_space(), parameter_space(80)
    errors = np.abs(q - P).max(1)
    shares = blank("Function space: a number for each point", "rounds", "share of the generator", (4.6, 3.4))
    for k, colour in enumerate(SERIES[:3]):
        shares.plot(np.concatenate([[Q[k]], q[:120, k]]), color=colour)
        shares.axhline(P[k], color=colour, linewidth=1, linestyle=(0, (4, 2)))
        shares.text(124, P[k], f"p = {P[k]:g}", color=colour, va="center")
    shares.set(xlim=(0, 122), ylim=(0, 0.75))
    words = (
        "Shares of three points against rounds: they swing, less and less, and settle at the data's 0.5, 0.3 and 0.2."
    )
    plane = blank("Parameter space: a point and a slope", "t: where G is, data at 0", "\u03c8: slope of D", (4.6, 3.4))
    plane.plot(*path.T, color=SERIES[1], marker="o", markersize=2.4, linewidth=0.8)
    plane.plot(0, 0, "+", color=INK, markersize=12)
    plane.plot(*path[0], "s", color=INK, markersize=6)
    plane.set(aspect="equal", xlim=(-4, 4), ylim=(-3, 3))
    more = "A path from (0.5, 0) that spirals outwards round (0, 0)."
    axes = blank("How far from the equilibrium", "rounds", "distance", (4.6, 3.4))
    axes.semilogy(errors, color=SERIES[0])
    axes.semilogy(np.hypot(*path.T), color=SERIES[1])
    axes.text(150, 1e-1, "function space", color=SERIES[0])
    axes.text(90, 1.6, "parameter space", color=SERIES[1])
    axes.set_yticks([1e-9, 1e-6, 1e-3, 1], ["10⁻⁹", "10⁻⁶", "10⁻³", "1"])
    axes.minorticks_off()
    last = "Against rounds, on a logarithmic scale: in function space the distance falls along a line, else it grows."
    late = np.arange(200, ROUNDS)
    slope = float(np.polyfit(late, np.log(errors[200:]), 1)[0])
    t, psi = by_formula(80)
    pairs = [
        Pair("function space: slope of log distance", slope, math.log(rate()), 1e-3),
        *(Pair(f"function space: share of point {k + 1}", float(q[-1, k]), P[k], 1e-3) for k in range(3)),
        Pair("function space: D at point 1", float(d[-1, 0]), 0.5, 1e-3),
        Pair("parameter space: t after 80 rounds", float(path[-1, 0]), t, 1e-9),
        Pair("parameter space: \u03c8 after 80 rounds", float(path[-1, 1]), psi, 1e-9),
    ]
    pictures = (Picture.of(shares, words), Picture.of(plane, more), Picture.of(axes, last))
    return Drawn(pictures, tuple(pairs))


FIGURE = Figure(
    title="In function space the game converges, in parameters it may not",
    text="Where D has a number for each point and G is a density on them, steps at once lead to the data. "
    "The same loss with the same steps goes away if G is a point and D a line.",
    source="report, sections 3.2.2 and 5.1; Goodfellow et al. 2014, proposition 2. In parameters it is the Dirac-GAN "
    "of Mescheder et al. 2018. Both are played with the minimax loss and steps at once of 0.5",
    section="5.1",
    make=make,
    seconds=1.5,
    python="""
import torch
from sparring import Phase, Simultaneous, Trainer
from sparring.games.theory.tabular import Tabular

game = Tabular([0.5, 0.3, 0.2], q=[0.2, 0.2, 0.6])
optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.5) for name in game.players()}
Trainer(Phase(game, optimizers, {}, 500, Simultaneous())).play()
measured = {f"function space: share of point {k + 1}": share for k, share in enumerate(game.q().tolist())}
print(measured)
""",
)
