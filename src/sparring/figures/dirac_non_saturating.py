"""The non-saturating Dirac-GAN: it converges in continuous time, ever more slowly, and cycles under steps at once."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from scipy.integrate import solve_ivp

from sparring.dynamics.gradients import gradient_field
from sparring.equilibrium import round_of
from sparring.figures.dirac_gan import Path, played
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.dirac import DiracGAN, data
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import NonSaturating

__all__ = ["FIGURE"]

INK, STEP = COLOURS["ink"].light, 0.1
RADII = {20.0: 0.58, 200.0: 0.20, 2000.0: 0.063}
"""The radius at these times, from (1, 1)."""


def velocity(time: float, point: Path) -> list[float]:
    """Of t and psi in continuous time: each player against its gradient, by the library."""
    game = DiracGAN(float(point[0]), float(point[1]), NonSaturating())
    found = gradient_field(game, round_of(game, {"real": data()}, batch=1), ("generator", "discriminator"))
    return [-slope.item() for _, slopes in found.values() for slope in slopes.values() if slope is not None]


def formula(time: float, point: Path) -> list[float]:
    """The same, with sigmoids written out."""
    t, psi = point
    return [psi / (1 + math.exp(t * psi)), -t / (1 + math.exp(-t * psi))]


def settled(start: Path, steps: int) -> Path:
    """Where steps at once lead, by the formula, all of them [steps + 1, 2]."""
    found = [start]
    for _ in range(steps):
        found.append(found[-1] + STEP * np.array(formula(0.0, found[-1])))
    return np.array(found)


def make() -> Drawn:
    times = np.geomspace(1, 2000, 600)
    flow = solve_ivp(formula, (0, 2000), [1.0, 1.0], "DOP853", times, dense_output=True, rtol=1e-7, atol=1e-9)
    paths = {start: settled(np.array([start, 0.0]), 6000) for start in (0.25, 0.7)}
    t, psi = paths[0.7][-1].tolist()
    turn = played(DiracGAN(t, psi, NonSaturating()), 130, STEP)
    radius = blank("Continuous time: as one over the root", "time", "radius", (4.6, 4.2))
    radius.loglog(times, np.hypot(*flow.y), color=SERIES[0])
    radius.loglog(times, np.sqrt(8 / times), color=INK, linewidth=1, linestyle=(0, (4, 2)))
    radius.loglog(list(RADII), [float(np.hypot(*flow.sol(time))) for time in RADII], "o", color=SERIES[0])
    radius.text(70, 0.5, "\u221a(8 / time)", color=INK)
    radius.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1000"])
    radius.set_yticks([0.1, 1], ["0.1", "1"])
    radius.minorticks_off()
    words = "Radius against time, both scales logarithmic: it falls along the line of the root of 8 / time."
    plane = blank("Steps at once of 0.1: a cycle", "t: where G is, data at 0", "\u03c8: slope of D", (4.6, 4.2))
    for path, colour in zip(paths.values(), SERIES[1:], strict=False):
        plane.plot(*path[:1500].T, color=colour, linewidth=0.5)
        plane.plot(*path[0], "s", color=colour, markersize=6)
    plane.plot(*turn.T, color=SERIES[0], linewidth=2.5)
    plane.plot(0, 0, "+", color=INK, markersize=12)
    plane.text(0.78, 0.66, f"cycle: largest radius {np.hypot(*turn.T).max():.3f}", color=SERIES[0], ha="right")
    plane.set(aspect="equal", xlim=(-0.8, 0.8), ylim=(-0.75, 0.75))
    more = "A closed curve round (0, 0). A path from outside winds into it, and one from inside winds out to it."
    known = pairs({time: float(np.hypot(*flow.sol(time))) for time in RADII}, paths, turn)
    return Drawn((Picture.of(radius, words), Picture.of(plane, more)), tuple(known))


def pairs(flow: Mapping[float, float], paths: Mapping[float, Path], turn: Path) -> list[Pair]:
    """Radii of continuous time by time, paths by their start, and a turn of the cycle."""
    at = np.array([0.3, -1.2])
    found = [
        Pair(f"{name}'s velocity at (0.3, \u22121.2)", mine, theirs, 1e-9)
        for name, mine, theirs in zip(("t", "\u03c8"), velocity(0.0, at), formula(0.0, at), strict=True)
    ]
    found += [
        Pair(f"continuous time: radius at {time:g}", flow[time], known, 0.02 * known) for time, known in RADII.items()
    ]
    radii = np.hypot(*turn.T)
    there = settled(paths[0.7][-1], 130)[-1]
    found += [
        Pair("steps at once of 0.1: largest radius of the cycle", float(radii.max()), 0.449, 1e-3),
        Pair("steps at once of 0.1: mean radius, \u221a(2h)", float(radii[1:126].mean()), math.sqrt(2 * STEP), 2e-3),
        Pair("steps at once of 0.1: t after a turn of it", float(turn[-1, 0]), float(there[0]), 1e-9),
        Pair("from inside: largest radius at last", float(np.hypot(*paths[0.25][-130:].T).max()), 0.449, 1e-3),
    ]
    return found


FIGURE = Figure(
    title="The non-saturating game on the smallest GAN",
    text="In continuous time it converges without help, but ever more slowly: the radius falls as \u221a(8 / time). "
    "Steps at once do not converge: from inside and outside they settle on one cycle.",
    source="Mescheder et al. 2018, the Dirac-GAN; the report has the question in section 5.1. Continuous time begins "
    "at (1, 1). The library plays the last turn of the cycle, the formula all before it",
    section="5.1",
    make=make,
    seconds=1.0,
    python="""
import math
from collections.abc import Mapping
import torch
from sparring import Phase, Simultaneous, Trainer
from sparring.games.theory.dirac import DiracGAN, data
from sparring.losses import NonSaturating

game, radii = DiracGAN(0.447, 0.0, NonSaturating()), []  # on the cycle; from elsewhere it takes thousands of rounds
optimizers = {name: torch.optim.SGD(game.strategy(name).values(), 0.1) for name in game.players()}
trainer = Trainer(Phase(game, optimizers, {"real": data()}, 250, Simultaneous(), batch=1))
for _ in range(250):
    trainer.play_round()
    radii.append(math.hypot(*game.point))
measured = {"steps at once of 0.1: largest radius of the cycle": max(radii[125:])}
print(measured)
""",
)
