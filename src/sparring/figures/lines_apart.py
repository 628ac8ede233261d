"""Two parallel lines at a distance: of the divergences only the earth mover's distance says how far."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sparring.data.toys import parallel_lines
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import KL, FDivergence, JensenShannon, ReverseKL, TotalVariation, Wasserstein
from sparring.metrics.wasserstein import exact_wasserstein

__all__ = ["FIGURE"]


def line(theta: float) -> Tensor:
    """Points of the vertical line at theta, [64, 2]."""
    return parallel_lines(64, theta).double()


def divergence(loss: FDivergence, theta: float) -> float:
    """Of the lines at 0 and at theta, by the bound of the loss at the best logits, the log ratios of the densities."""
    infinite = torch.full((64,), math.inf if theta else 0.0, dtype=torch.float64)
    return -loss.discriminator(infinite, -infinite).item()


def critic(theta: float) -> float:
    """What a critic of slope 1 sees of the lines at 0 and at theta: by duality the earth mover's distance."""
    real, fake = (-math.copysign(1.0, theta) * line(at)[:, 0] for at in (0.0, theta))
    return -Wasserstein().discriminator(real, fake).item()


def make() -> Drawn:
    plane = blank("Data, and models at three distances", "x", "y", (4.6, 2.9))
    plane.plot([0, 0], [0, 1], color=COLOURS["real"].light, linewidth=3)
    plane.text(0.03, 0.9, "data", color=COLOURS["real"].light)
    for theta in (-0.5, 0.5, 1.0):
        plane.plot([theta, theta], [0, 1], color=COLOURS["generated"].light, linewidth=2)
        plane.text(theta + 0.03, 0.45, f"\u03b8 = {theta:g}".replace("-", "\u2212"), color=COLOURS["generated"].light)
    plane.set(xlim=(-0.8, 1.4), ylim=(-0.05, 1.05))
    axes = blank("Distance against \u03b8", "\u03b8: where the model's line is", "distance (JS in nats)", (4.6, 2.9))
    thetas = [i / 20 for i in range(-20, 21)]
    axes.plot(thetas, [exact_wasserstein(line(0.0), line(at)) for at in thetas], color=SERIES[0])
    axes.plot([-1, 1], [math.log(2)] * 2, color=SERIES[1])
    axes.plot([-1, 1], [1, 1], color=SERIES[2])
    for top, colour in ((math.log(2), SERIES[1]), (1, SERIES[2])):
        axes.plot(0, top, "o", markerfacecolor="#ffffff", color=colour)
    axes.plot(0, 0, "o", color=SERIES[2])
    axes.text(-0.95, 1.04, "total variation", color=SERIES[2])
    axes.text(-0.56, 0.755, "Jensen-Shannon", color=SERIES[1])
    axes.text(0.3, 0.2, "earth mover's", color=SERIES[0])
    axes.set(ylim=(-0.05, 1.25))
    words = "Four vertical lines of length 1: the data at x = 0, models at -0.5, 0.5 and 1."
    more = "Against theta: the earth mover's distance is a V with its foot at 0. "
    flat = "Jensen-Shannon and total variation are flat, at log 2 and 1, and 0 at 0 alone."
    pictures = (Picture.of(plane, words), Picture.of(axes, more + flat))
    return Drawn(pictures, tuple(pairs()))


HALVES = {"Jensen-Shannon": (JensenShannon(), 2.0), "total variation": (TotalVariation(), 1.0),
          "KL(data, model)": (KL(), 1.0), "KL(model, data)": (ReverseKL(), 1.0)}  # fmt: skip
"""Losses, and how many times the divergence each one is."""

EXPECTED = {"Jensen-Shannon": math.log(2), "total variation": 1.0}


def pairs() -> list[Pair]:
    found = []
    for theta in (0.5, 1.0):
        for name, (loss, times) in HALVES.items():
            value = divergence(loss, theta) / times
            found.append(Pair(f"{name}, \u03b8 = {theta:g}", value, EXPECTED.get(name, math.inf), 1e-9))
        plan = exact_wasserstein(line(0.0), line(theta))
        found += [
            Pair(f"earth mover's, \u03b8 = {theta:g}, best plan", plan, theta, 1e-6),
            Pair(f"earth mover's, \u03b8 = {theta:g}, critic of slope 1", critic(theta), theta, 1e-6),
        ]
    found += [Pair(f"{name}, \u03b8 = 0", divergence(loss, 0.0), 0.0, 1e-9) for name, (loss, _) in HALVES.items()]
    step = exact_wasserstein(line(0.0), line(0.51)) - exact_wasserstein(line(0.0), line(0.49))
    return [*found, Pair("earth mover's, slope at \u03b8 = 0.5", step / 0.02, 1.0, 1e-5)]


FIGURE = Figure(
    title="Two lines side by side, and how far apart they are",
    text="As long as the lines do not touch, Jensen-Shannon and total variation stay the same, and both KL divergences "
    "are infinite. Only the earth mover's distance falls as the model comes nearer, so only it has a useful gradient.",
    source="Gavranovi\u0107 2017, the toy example of learning distributions, after Arjovsky et al. 2017",
    section="3.2.5",
    make=make,
    seconds=0.8,
    python="""
import torch
from sparring import losses
from sparring.data.toys import parallel_lines
from sparring.metrics.wasserstein import exact_wasserstein

data, model = parallel_lines(64, 0.0), parallel_lines(64, 0.5)
sure = torch.full((64,), float("inf"), dtype=torch.float64)  # the best logit where only one of them has mass
measured = {
    "Jensen-Shannon, \u03b8 = 0.5": -losses.JensenShannon().discriminator(sure, -sure).item() / 2,
    "KL(data, model), \u03b8 = 0.5": -losses.KL().discriminator(sure, -sure).item(),
    "earth mover's, \u03b8 = 0.5, best plan": exact_wasserstein(data, model),
}
print(measured)
""",
)
