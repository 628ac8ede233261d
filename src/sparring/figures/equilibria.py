"""Saddle points that are equilibria and some that are not, with what `sparring.equilibrium` says of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from sparring.equilibrium import Findings, examine, round_of
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.quadratic import Quadratic, zero_sum
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank

__all__ = ["FIGURE"]

INK, FAINT = COLOURS["ink"].light, COLOURS["line"].light


@dataclass(frozen=True)
class Saddle:
    """V = a x^2 / 2 + b x y + c y^2 / 2: x makes it small, y large. Each player's curvature is that of its own cost.

    Attributes:
        formula: V, as people write it.
        a: The curvature of x's cost.
        b: How the two pull on one another.
        c: Less the curvature of y's cost.
        verdict: How the verdict should begin.
        motion: How what is said of gradient play should begin.
        reason: Why, in words of ours.
    """

    formula: str
    a: float
    b: float
    c: float
    verdict: str
    motion: str
    reason: str

    def game(self, x: float = 0.0, y: float = 0.0) -> Quadratic:
        return zero_sum([[self.a, self.b], [self.b, self.c]], {"x": [x], "y": [y]})

    def told(self) -> Findings:
        """What the test says at (0, 0)."""
        game = self.game()
        return examine(game, round_of(game))

    def eigenvalue(self) -> complex:
        """Of x' = -(a x + b y), y' = b x + c y, the one with the larger real part, by the quadratic formula."""
        return (self.c - self.a) / 2 + complex(((self.a + self.c) / 2) ** 2 - self.b**2) ** 0.5


SADDLES: Mapping[str, Saddle] = {
    "the exercise": Saddle(
        "xy", 0.0, 1.0, 0.0, "degenerate", "gradient play circles", "an equilibrium, so flat that curvature cannot tell"
    ),
    "an equilibrium": Saddle(
        "x²/2 + xy \u2212 y²/2",
        1.0,
        1.0,
        -1.0,
        "a differential Nash equilibrium",
        "gradient play converges",
        "both costs bend up",
    ),
    "no equilibrium": Saddle(
        "y²/2 \u2212 x²/2", -1.0, 0.0, 1.0, "not an equilibrium", "gradient play leads away", "both costs bend down"
    ),
    "local minimax, no Nash": Saddle(
        "\u2212x²/4 + 2xy \u2212 y²",
        -0.5,
        2.0,
        -2.0,
        "not an equilibrium",
        "gradient play converges",
        "x's cost bends down",
    ),
}


def draw(name: str, saddle: Saddle, told: Findings) -> Picture:
    """Contours of V and the paths of gradient play, above the verdict."""
    axes = blank(f"{name[0].upper()}{name[1:]}: V = {saddle.formula}", "", "y", (4.6, 5.4))
    grid = np.linspace(-1.0, 1.0, 41)
    x, y = np.meshgrid(grid, grid)
    value = saddle.a * x**2 / 2 + saddle.b * x * y + saddle.c * y**2 / 2
    axes.contour(x, y, value, levels=12, colors=FAINT, linewidths=0.8)
    j = saddle.game().jacobian().numpy()  # of the library's game
    axes.streamplot(grid, grid, -(j[0, 0] * x + j[0, 1] * y), -(j[1, 0] * x + j[1, 1] * y), color=SERIES[0],
                    density=0.6, linewidth=0.9, arrowsize=0.9)  # fmt: skip
    axes.plot(0, 0, "o", color=INK)
    words = f"{told.verdict.partition(':')[0]}: {saddle.reason}", str(told.motion).partition(";")[0]
    axes.set_xlabel("\n".join(["x\n", *(line[0].upper() + line[1:] for line in words)]), color=INK)
    axes.set(xlim=(-1, 1), ylim=(-1, 1), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes.set_box_aspect(1)
    return Picture.of(
        axes, f"Contours of V = {saddle.formula} and arrows of gradient play near (0, 0). It says: {'; '.join(words)}."
    )


def make() -> Drawn:
    found = {name: saddle.told() for name, saddle in SADDLES.items()}
    pictures = tuple([draw(name, saddle, found[name]) for name, saddle in SADDLES.items()])
    pairs = []
    for name, saddle in SADDLES.items():
        told, first = found[name], saddle.eigenvalue()
        pairs += [
            Pair(f"{name}: curvature of x's cost", told.sides["x"].smallest, saddle.a, 1e-9),
            Pair(f"{name}: curvature of y's cost", told.sides["y"].smallest, -saddle.c, 1e-9),
            Pair(
                f"{name}: Hessian of V, product of eigenvalues",
                hessian(saddle),
                saddle.a * saddle.c - saddle.b**2,
                1e-9,
            ),
            Pair(f"{name}: largest real part of the motion", told.motion.eigenvalues[0].real, first.real, 1e-9),
            Pair(f"{name}: imaginary part", abs(told.motion.eigenvalues[0].imag), abs(first.imag), 1e-9),
            Pair(f"{name}: verdict as it should be, 1 is yes", float(said(saddle, told)), 1.0, 0.0),
        ]
    minimax = SADDLES["local minimax, no Nash"]
    answers = [max_over_y(minimax, x) for x in (-0.1, 0.0, 0.1)]
    bend = (answers[0] - 2 * answers[1] + answers[2]) / 0.01
    pairs.append(
        Pair("local minimax: curvature in x of max V over y", bend, minimax.a - minimax.b**2 / minimax.c, 1e-4)
    )
    return Drawn(pictures, tuple(pairs))


def said(saddle: Saddle, told: Findings) -> bool:
    return told.verdict.startswith(saddle.verdict) and str(told.motion).startswith(saddle.motion)


def hessian(saddle: Saddle) -> float:
    """The determinant of the Hessian of V, below 0 at a saddle; by differentiating the game's value twice."""
    game = saddle.game(0.3, -0.2)
    z = tuple(game.z.values())
    slopes = torch.autograd.grad(game.value("x"), z, create_graph=True)
    rows = [torch.cat(torch.autograd.grad(slope, z, torch.ones(1).double(), retain_graph=True)) for slope in slopes]
    return float(torch.linalg.det(torch.stack(rows)))


def max_over_y(saddle: Saddle, x: float) -> float:
    """Of V at x, over a fine grid of y."""
    return max(saddle.game(x, y).value("x").item() for y in np.linspace(-0.4, 0.4, 161))


FIGURE = Figure(
    title="Not every saddle point is an equilibrium",
    text="All four functions have a saddle at (0, 0), but an equilibrium only where no player can lower its own cost "
    "alone. Where each path of gradient play leads is another question, with another answer.",
    source="report, section 8.2, where (0, 0) of V = xy is an equilibrium: curvature alone does not decide it. "
    "Ratliff et al. 2013 for the test; local minimax after Jin et al. 2020",
    section="8.2",
    make=make,
    seconds=1.5,
    python="""
from sparring.equilibrium import examine, round_of
from sparring.games.theory.quadratic import zero_sum

game = zero_sum([[-0.5, 2.0], [2.0, -2.0]], {"x": [0.0], "y": [0.0]})  # V = -x^2/4 + 2 x y - y^2
told = examine(game, round_of(game))
print(told)
measured = {
    "local minimax, no Nash: curvature of x's cost": told.sides["x"].smallest,
    "local minimax, no Nash: largest real part of the motion": told.motion.eigenvalues[0].real,
}
""",
)
