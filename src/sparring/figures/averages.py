"""Averages of iterates on V = xy: the last point goes round for ever, the average goes to the centre."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from sparring import Alternating, Cost, Phase, Trainer
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.xy import XY
from sparring.hooks import UniformAverage
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.phase import Playing

__all__ = ["FIGURE"]

H, ROUNDS, START, INK = 0.3, 600, (1.0, 0.4), COLOURS["ink"].light
"""The step, how many rounds, and where play begins."""


def paths() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """After each round (x, y), and the average of all (x, y) so far, each [ROUNDS, 2]; play is in turn."""
    game = XY(*START)
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), H) for player in game.players()}
    average = UniformAverage(game)
    found = []

    def follow(trainer: Playing, costs: Mapping[str, Cost]) -> None:
        found.append([(each.x().item(), each.y().item()) for each in (game, average.sampler)])

    Trainer(Phase(game, optimizers, {}, ROUNDS, Alternating(), batch=1), hooks=[average, follow]).play()
    last, mean = np.array(found).swapaxes(0, 1)
    return last, mean


def average_of_sums(last: NDArray[np.float64], n: int) -> tuple[float, float]:
    """Of the first n points: as y moves by h x, and x by -h y, sums of x and of y are differences."""
    (x, y), (x0, y0) = last[n - 1], START
    return (y - y0) / (H * n), ((x0 - x) / H + y - y0) / n


def peaks(distances: NDArray[np.float64]) -> float:
    """The slope of log distance against log rounds, by the largest distance within each turn of 21 rounds."""
    turn = round(2 * math.pi / math.acos(1 - H**2 / 2))
    rows = distances[: len(distances) // turn * turn].reshape(-1, turn)
    rounds = rows.argmax(1) + turn * np.arange(len(rows)) + 1
    return float(np.polyfit(np.log(rounds[1:]), np.log(rows.max(1)[1:]), 1)[0])


def make() -> Drawn:
    last, mean = paths()
    plane = blank("Where the point is, and the average", "x", "y", (4.6, 4.2))
    plane.plot(*last[:120].T, color=SERIES[1], marker="o", markersize=2.4, linewidth=0.6)
    plane.plot(*mean.T, color=SERIES[0], marker="o", markersize=2.4, linewidth=1.0)
    plane.plot(0, 0, "+", markersize=12, color=INK)
    plane.plot(*START, "s", markersize=6, color=INK)
    plane.text(0.42, 0.2, "average", color=SERIES[0])
    plane.text(-1.02, 1.12, "last point", color=SERIES[1])
    plane.set(xlim=(-1.35, 1.35), ylim=(-1.35, 1.35), aspect="equal")
    words = "The last points lie on an ellipse round the centre; the average spirals into the centre."
    axes = blank("How far from the equilibrium", "rounds t", "distance", (4.6, 4.2))
    rounds = np.arange(1, ROUNDS + 1)
    axes.loglog(rounds, np.hypot(*last.T), color=SERIES[1], linewidth=1.2)
    axes.loglog(rounds, np.hypot(*mean.T), color=SERIES[0], linewidth=1.2)
    bound = 2 / H * np.hypot(*last.T).max() / rounds
    axes.loglog(rounds, bound, color=INK, linewidth=1, linestyle=(0, (4, 2)))
    axes.text(40, 1.25, "last point", color=SERIES[1])
    axes.text(3.2, 0.1, "average", color=SERIES[0])
    axes.text(60, 0.16, "1/t", color=INK)
    axes.set(ylim=(0.003, 3), xlim=(1, ROUNDS))
    axes.set_xticks([1, 10, 100], ["1", "10", "100"])
    axes.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    axes.minorticks_off()
    more = (
        "Against rounds, both scales logarithmic: the last point stays near 1, the average falls along a line as 1/t."
    )
    distances = np.hypot(*mean.T)
    pairs = [Pair("slope of the average's log distance against log t", peaks(distances), -1.0, 0.02)]
    for n in (100, 600):
        for name, measured, expected in zip("xy", mean[n - 1], average_of_sums(last, n), strict=True):
            pairs.append(Pair(f"average of {name} over {n} rounds", float(measured), expected, 1e-9))
    form = [(x * x + y * y - H * x * y) for x, y in last]
    pairs += [
        Pair("last point: least x² + y² \u2212 hxy", min(form), 1.04, 1e-9),
        Pair("last point: largest x² + y² \u2212 hxy", max(form), 1.04, 1e-9),
    ]
    return Drawn((Picture.of(plane, words), Picture.of(axes, more)), tuple(pairs))


FIGURE = Figure(
    title="What an average of all points is good for",
    text="Steps in turn on V = xy go round the equilibrium and never come nearer. "
    "The average of all points so far goes to it as 1/t, because the points of a turn add up to almost nothing.",
    source="report, section 8.2, and for averages Polyak and Juditsky 1992. Play is from (1, 0.4) with steps of 0.3, x "
    "first. The dashed line is 2 r / (h t), with r the largest radius",
    section="8.2",
    make=make,
    seconds=1.0,
    python="""
import torch
from sparring import Alternating, Phase, Trainer
from sparring.games.theory.xy import XY
from sparring.hooks import UniformAverage

game = XY(1.0, 0.4)
optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.3) for name in game.players()}
average = UniformAverage(game)  # of a GAN: UniformAverage(game.sampler()), to sample from
Trainer(Phase(game, optimizers, {}, 600, Alternating()), hooks=[average]).play()
measured = {f"average of {name} over 600 rounds": getattr(average.sampler, name)().item() for name in "xy"}
print(measured)
""",
)
