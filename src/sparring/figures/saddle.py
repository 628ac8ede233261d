"""V(x, y) = xy: the saddle, the orbit of continuous time, and the spiral of steps at once."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from sparring import Phase, Simultaneous, Trainer
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.gradients import gradient_field
from sparring.equilibrium import round_of
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.xy import XY
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank

__all__ = ["FIGURE", "largest", "played"]

Array = NDArray[np.float64]

INK, QUIET, FAINT = (COLOURS[name].light for name in ("ink", "quiet", "line"))
SQUARE = (4.6, 4.4)
"""Inches, of a picture of the plane."""


def played(dynamics: Dynamics, step: float, rounds: int, start: tuple[float, float] = (1.0, 0.0)) -> Array:
    """(x, y) before the first round and after each, [rounds + 1, 2], with SGD at `step` for both players."""
    game, points = XY(*start), [start]
    optimizers = {player: torch.optim.SGD(game.strategy(player).values(), step) for player in game.players()}
    trainer = Trainer(Phase(game, optimizers, {}, rounds, dynamics))
    for _ in range(rounds):
        trainer.play_round()
        points.append((game.x().item(), game.y().item()))
    return np.array(points)


def largest(points: Array, every: int = 1) -> float:
    """The spectral radius of the matrix that makes the next point from the last one, or from the last two.

    Args:
        points: A path [N, 2]; the matrix is found from it by least squares.
        every: How many rounds repeat.
    """
    points = points[::every]
    for memory in (1, 2):
        past = np.hstack([points[memory - 1 - k : len(points) - 1 - k] for k in range(memory)])
        matrix = np.linalg.lstsq(past, points[memory:])[0].T
        if np.abs(past @ matrix.T - points[memory:]).max() < 1e-9 * np.abs(points).max():
            shift = np.eye(2 * memory - 2, 2 * memory)
            return float(abs(np.linalg.eigvals(np.vstack([matrix, shift]))).max() ** (1 / every))
    raise ValueError("the path is not that of a linear rule which remembers one round")


def velocity(time: float, point: Array) -> list[float]:
    """Where play goes in continuous time: each player against the gradient of its own cost."""
    game = XY(*map(float, point))
    field = gradient_field(game, round_of(game), tuple(game.players()))
    return [-slope.item() for _, slopes in field.values() for slope in slopes.values() if slope is not None]


def orbit() -> tuple[Array, float, Array]:
    """A turn from (1, 0), [N, 2], how long it takes, and the point after a quarter of 2 pi."""

    def back(time: float, point: Array) -> float:
        return float(point[1])  # at the x axis again, from below

    back.direction = 1.0  # type: ignore[attr-defined]
    found = solve_ivp(velocity, (0.0, 7.0), [1.0, 0.0], "DOP853", events=back, dense_output=True, rtol=1e-8, atol=1e-8)
    turn = next(time for time in found.t_events[0] if time > 1)
    return found.sol(np.linspace(0, turn, 181)).T, turn, found.sol(math.pi / 2)


def make() -> Drawn:
    turn, period, quarter = orbit()
    spirals = {h: played(Simultaneous(), h, rounds) for h, rounds in ((0.1, 140), (0.3, 26))}
    pictures = [surface(turn)]
    plane = blank("Seen from above", "x, which makes V small", "y, which makes V large", SQUARE)
    grid = np.linspace(-3.2, 3.2, 61)
    values = np.outer(grid, grid)  # xy is the same for x and y
    plane.contour(grid, grid, values, levels=np.arange(-9, 10, 1.0), colors=FAINT, linewidths=0.8)
    plane.plot(*turn.T, color=INK, linestyle=(0, (4, 2)))
    for points, colour in zip(spirals.values(), SERIES, strict=False):
        plane.plot(*points.T, color=colour, marker="o", markersize=2.4, linewidth=1.0)
    plane.plot(0, 0, "+", markersize=10, color=INK)
    plane.plot(1, 0, "s", markersize=6, color=INK)
    plane.text(1.9, 2.2, "steps of 0.1", color=SERIES[0], ha="center")
    plane.text(-1.9, -2.4, "steps of 0.3", color=SERIES[1], ha="center")
    plane.text(0.12, -0.9, "continuous\ntime", color=INK, ha="center", va="bottom")
    plane.set(xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), aspect="equal")
    pictures.append(Picture.of(plane, "A circle from (1, 0) round the centre, and two spirals that leave it outwards."))
    pictures.append(distance(spirals))
    return Drawn(tuple(pictures), tuple(pairs(turn, period, quarter, spirals)))


def distance(spirals: Mapping[float, Array]) -> Picture:
    """The radius of paths against time, by their steps."""
    radius = blank("How far from the equilibrium", "time: rounds times step", "radius", SQUARE)
    radius.axhline(1, color=INK, linestyle=(0, (4, 2)))
    for (h, points), colour in zip(spirals.items(), SERIES, strict=False):
        time = h * np.arange(len(points))
        radius.plot(time, np.hypot(*points.T), color=colour, marker="o", markersize=2.4, linewidth=1.0)
    radius.text(4.4, 2.05, "steps of 0.3", color=SERIES[1], ha="right")
    radius.text(9.6, 1.43, "steps of 0.1", color=SERIES[0])
    radius.text(9.6, 1.06, "continuous time", color=INK)
    radius.set(xlim=(0, 14.2), ylim=(0.9, 3.2))
    words = "Radius against time: it stays 1 in continuous time, and grows faster with steps of 0.3 than of 0.1."
    return Picture.of(radius, words)


def pairs(turn: Array, period: float, quarter: Array, spirals: Mapping[float, Array]) -> list[Pair]:
    """Of the turn, of V, and of where the paths end."""
    found = [
        Pair("time of a turn, 2\u03c0", period, 2 * math.pi, 1e-6),
        Pair("radius after a turn", math.hypot(*turn[-1]), 1.0, 1e-6),
        Pair("x after a quarter of the turn", quarter[0], 0.0, 1e-6),
        Pair("y after a quarter of the turn", quarter[1], 1.0, 1e-6),
        Pair("V at distance 1 where x = y", XY(0.5**0.5, 0.5**0.5).value().item(), 0.5, 1e-12),
        Pair("V at distance 1 where x = \u2212y", XY(0.5**0.5, -(0.5**0.5)).value().item(), -0.5, 1e-12),
    ]
    for h, points in spirals.items():
        rounds = len(points) - 1
        name = f"radius after {rounds} steps of {h}, (1 + h²)^{rounds // 2}"
        found.append(Pair(name, math.hypot(*points[-1]), (1 + h**2) ** (rounds / 2), 1e-9))
    return found


def surface(turn: Array) -> Picture:
    """V over the plane, with the orbit on it."""
    from matplotlib.figure import Figure as Canvas

    axes = Canvas(figsize=SQUARE, layout="constrained").add_subplot(projection="3d", computed_zorder=False)
    x, y = np.meshgrid(*[np.linspace(-1.5, 1.5, 21)] * 2)
    axes.plot_surface(x, y, x * y, cmap="cividis", alpha=0.85, linewidth=0.3, edgecolor="#8c8c8c", shade=False)
    axes.plot(*turn.T, turn[:, 0] * turn[:, 1], color="#d55e00", linewidth=2.4)
    axes.plot(0, 0, 0, "o", color="#d55e00")
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_pane_color((0, 0, 0, 0))
    axes.set_title("The saddle, and the orbit on it", loc="left")
    axes.set(xlabel="x", ylabel="y", zlabel="V = xy")
    axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], zticks=[-2, -1, 0, 1, 2])
    axes.view_init(elev=28, azim=-60)
    axes.set_box_aspect(None, zoom=0.88)
    return Picture.of(axes, "A saddle: up along x = y, down along x = -y. The orbit runs round it, up and down twice.")


FIGURE = Figure(
    title="Exercise 7.2: gradient steps on V = xy go round",
    text="Both players go against their own gradient, and in continuous time they circle the equilibrium for ever. "
    "Real steps at once go outwards: each step h multiplies the radius by \u221a(1\u00a0+\u00a0h²).",
    source="report, sections 7.2 and 8.2, figures 36 and 37, equations 26 to 31",
    section="7.2",
    make=make,
    seconds=1.0,
    python="""
import math
import torch
from sparring import Phase, Simultaneous, Trainer
from sparring.games.theory.xy import XY

game = XY(1.0, 0.0)
optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
Trainer(Phase(game, optimizers, {}, 140, Simultaneous())).play()  # Alternating() goes round instead
radius = math.hypot(game.x().item(), game.y().item())
measured = {"radius after 140 steps of 0.1, (1 + h²)^70": radius}
print(measured)
""",
)
