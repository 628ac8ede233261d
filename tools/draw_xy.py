"""Draws docs/images/xy.png: the paths of V(x, y) = xy under steps at once and in turn, and in continuous time.

Usage: python tools/draw_xy.py      (seconds)

The tutorial (Goodfellow 2016, https://arxiv.org/abs/1701.00160), section 8.2 and figure 37.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from matplotlib.figure import Figure

from sparring import Alternating, Phase, Simultaneous, Trainer
from sparring.dynamics.dynamics import Dynamics
from sparring.games.theory.xy import XY
from sparring.looks.colours import SERIES
from sparring.looks.plots import INK, QUIET, plotted, render

OUT = Path(__file__).parents[1] / "docs" / "images" / "xy.png"
STEP, ROUNDS = 0.1, 130


def path(dynamics: Dynamics) -> list[tuple[float, float]]:
    game = XY(1.0, 1.0)
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), STEP) for player in game.players()}
    points = [(1.0, 1.0)]
    trainer = Trainer(Phase(game, optimizers, {}, ROUNDS, dynamics))
    for _ in range(ROUNDS):
        trainer.play_round()
        points.append((game.x().item(), game.y().item()))
    return points


@plotted
def main() -> None:
    figure = Figure(figsize=(6.6, 4.0), dpi=110, layout="constrained")
    axes = figure.subplots()
    radius = math.sqrt(2)
    circle = [(radius * math.cos(n / 50), radius * math.sin(n / 50)) for n in range(315)]
    axes.plot(*zip(*circle, strict=True), color=QUIET, linestyle=(0, (4, 2)), linewidth=1.2, label="continuous time")
    for word, dynamics, colour in (("at once", Simultaneous(), SERIES[1]), ("in turn", Alternating(), SERIES[0])):
        x, y = zip(*path(dynamics), strict=True)
        axes.plot(x, y, color=colour, marker="o", markersize=2.4, linewidth=1.0, label=f"{word}, steps of {STEP}")
    axes.plot(0, 0, marker="+", markersize=10, color=INK, linestyle="none", label="equilibrium")
    axes.plot(1, 1, marker="s", markersize=6, color=INK, linestyle="none", label="start")
    axes.set(xlabel="x", ylabel="y", title=f"V(x, y) = xy, {ROUNDS} rounds", aspect="equal")
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    render(figure).save(OUT, optimize=True)


if __name__ == "__main__":
    main()
