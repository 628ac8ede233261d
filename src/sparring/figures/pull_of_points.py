"""The pull of each example on the density: up where it is, down elsewhere, until all pulls balance."""

from __future__ import annotations

import torch
from torch import Tensor

from sparring.figures.density_estimation import Density, fit
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank

__all__ = ["FIGURE", "pulls"]

POINTS = torch.tensor([-1.6, -0.9, 0.2, 0.7, 1.9], dtype=torch.float64)
X = torch.linspace(-8, 8, 801, dtype=torch.float64)


def pulls(game: Density, points: Tensor, x: Tensor) -> Tensor:
    """How the density at x [M] changes if one of points [N] alone is climbed: [N, M], for a step of 1."""
    climbs, changes = slopes(game, game.at(points)), slopes(game, game.at(x).exp())
    return climbs @ changes.T


def slopes(game: Density, values: Tensor) -> Tensor:
    """The derivatives of values [N] in the two parameters of the model, [N, 2]."""
    every, alone = (game.mean, game.log_scale), torch.eye(len(values), dtype=torch.float64)
    return torch.stack(torch.autograd.grad(values, every, alone, is_grads_batched=True), dim=1)


def make() -> Drawn:
    game = Density(POINTS)
    fit(game)
    found, density = pulls(game, POINTS, X), game.at(X).exp().detach()
    heights = game.at(POINTS).exp().detach()
    left = blank("Each point pushes the density up", "x", "density", (4.6, 2.8))
    left.plot(X, density, color=COLOURS["generated"].light, linewidth=2.2)
    for x, top, colour in zip(POINTS.tolist(), heights.tolist(), SERIES, strict=True):
        left.plot(x, 0, "o", color=colour, clip_on=False, zorder=3)
        left.annotate("", (x, top), (x, 0), arrowprops={"arrowstyle": "->", "color": colour, "linewidth": 1.8})
    left.set(xlim=(-4, 4), ylim=(0, 0.45))
    right = blank("What each push does elsewhere", "x", "change of the density", (4.6, 2.8))
    for x, row, colour in zip(POINTS.tolist(), found, SERIES, strict=True):
        right.plot(X, row, color=colour, linewidth=1.2)
        right.plot(x, row[(X - x).abs().argmin()], "o", color=colour)
    right.axhline(0, color=COLOURS["quiet"].light, linewidth=0.8)
    right.plot(X, found.sum(0), color=COLOURS["quiet"].light, linestyle=(0, (4, 2)))
    right.text(-3.9, 0.24, "dashed, at 0:\nall together", color=COLOURS["quiet"].light)
    right.set(xlim=(-4, 4))
    at = torch.stack([row[(X - x).abs().argmin()] for x, row in zip(POINTS, found, strict=True)])
    pairs = [Pair(f"mass that the point at {x:g} adds in all", torch.trapezoid(row, X).item(), 0.0, 1e-5)
             for x, row in zip(POINTS.tolist(), found, strict=True)]  # fmt: skip
    pairs.append(Pair("points that push up where they are", (at > 0).sum().item(), len(POINTS), 0))
    pairs.append(
        Pair("largest change by all points together, at the best fit", found.sum(0).abs().max().item(), 0, 1e-6)
    )
    one = "A bell curve over five points of a line, with an arrow from each point up to the curve."
    two = "Five curves of changes, each high at its own point and below zero elsewhere. Their sum, dashed, is zero."
    return Drawn((Picture.of(left, one), Picture.of(right, two)), tuple(pairs))


FIGURE = Figure(
    title="The pull of each example",
    text="A step that makes one example likelier raises the density there and lowers it elsewhere: its mass stays 1. "
    "The best fit is where the pulls of all examples cancel.",
    source="report, section 2.1 and figure 8",
    section="2.1",
    make=make,
    seconds=0.4,
    python="""
import torch
from torch.distributions import Normal

points = torch.tensor([-1.6, -0.9, 0.2, 0.7, 1.9], dtype=torch.float64)
x = torch.linspace(-8, 8, 801, dtype=torch.float64)
best = torch.stack([points.mean(), points.std(correction=0).log()])  # maximum likelihood, in closed form
model = lambda place, at: Normal(place[0], place[1].exp()).log_prob(at)
climbs = torch.func.jacrev(model)(best, points)  # [5, 2]: where the likelihood of each point rises
slopes = torch.func.jacrev(lambda place: model(place, x).exp())(best)  # [801, 2]: of the density at x
changes = climbs @ slopes.T  # [5, 801]
measured = {"largest change by all points together, at the best fit": changes.sum(0).abs().max().item()}
print(measured, "each point adds in all:", torch.trapezoid(changes, x).tolist())
""",
)
