"""The best discriminator under soft labels of either side: its shape, how it pulls, and how it extrapolates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from scipy.optimize import brentq
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import NonSaturating, Smoothed

__all__ = ["FIGURE"]

X = torch.linspace(-4, 5, 181, dtype=torch.float64)
STRAY = 3.0
"""Where the model has a mode and the data have none."""

TARGETS = {"labels 1 and 0": (1.0, 0.0), "0.9 and 0": (0.9, 0.0), "0.9 and 0.1": (0.9, 0.1), "1 and 0.1": (1.0, 0.1)}
"""What D should say of real and of generated samples."""

PULLS = {"labels 1 and 0": "0 for samples, 1 for data\n(dashed: 0.9 for data)",
         "0.9 and 0.1": "0.1 for samples, 0.9 for data\n(dashed: 1 for data)"}  # fmt: skip
"""What is said of two curves of pull that are nearly on one another."""


LATE = brentq(lambda a: a + math.exp(a) - 401, 0, 10)
"""The logit a at time 200 with label 1: da/dt = 2 / (1 + exp(a)), so that a + exp(a) = 2 t + 1."""


def normal(x: Tensor, mean: float, scale: float) -> Tensor:
    return torch.exp(-((x - mean) / scale).square() / 2) / scale / math.sqrt(2 * math.pi)


def densities(x: Tensor) -> tuple[Tensor, Tensor]:
    """Of the data, and of a model of which 30% are around a place where there are no data."""
    return normal(x, 0, 1), 0.7 * normal(x, 0, 0.8) + 0.3 * normal(x, STRAY, 0.5)


def exact(x: Tensor, real: float, fake: float) -> Tensor:
    """Equation 15 of the report."""
    p, q = densities(x)
    return (real * p + fake * q) / (p + q)


def table(real: float, fake: float, steps: int = 2500) -> Tensor:
    """Logits at all places [181], by gradient ascent in function space: each place by itself, weighted by densities."""
    p, q = densities(X)
    loss, logits = Smoothed(NonSaturating(), real, fake), torch.zeros_like(X)
    for _ in range(steps):
        sides = [logits.clone().requires_grad_() for _ in range(2)]
        a, b = torch.autograd.grad(loss.discriminator(*sides), sides)  # each the slope of a mean over all places
        logits -= 4 * len(X) * (p * a + q * b) / (p + q)
    return logits


def pull(logits: Tensor) -> Tensor:
    """The force on a sample at each place: minus the slope of the generator's cost of it."""
    at = logits.clone().requires_grad_()
    (slopes,) = torch.autograd.grad(len(at) * NonSaturating().generator(at, at), at)
    (along,) = torch.gradient(logits, spacing=(X,))
    return -slopes * along


def confident(real: float, time: float, step: float = 0.1) -> list[float]:
    """The slope of D's logit, a line through 0, while it learns that data are at 1 and samples at -1."""
    slope, seen = torch.zeros(1, dtype=torch.float64, requires_grad=True), []
    loss = Smoothed(NonSaturating(), real, 0.0)
    for _ in range(round(time / step)):
        (change,) = torch.autograd.grad(loss.discriminator(slope, -slope), slope)
        slope.data -= step * change
        seen.append(slope.item())
    return seen


def make() -> Drawn:
    learned = {name: table(*targets) for name, targets in TARGETS.items()}
    p, q = densities(X)
    best = blank("D at its best: lines exact, dots learned", "x", "D(x); densities")
    best.fill_between(X, p, color=COLOURS["real"].light, alpha=0.2, linewidth=0)
    best.fill_between(X, q, color=COLOURS["generated"].light, alpha=0.2, linewidth=0)
    force = blank("How D pulls a sample: below 0 is to the data", "x", "\u2212 slope of \u2212log D")
    for (name, targets), colour in zip(TARGETS.items(), SERIES, strict=False):
        best.plot(X, exact(X, *targets), color=colour, label=name, linewidth=1.4)
        best.plot(X[::10], learned[name].sigmoid()[::10], ".", color=colour)
        dashes = (0, (4, 3)) if name in {"0.9 and 0", "1 and 0.1"} else "-"  # nearly on the others
        force.plot(X, pull(learned[name]), color=colour, linestyle=dashes, label=PULLS.get(name))
    best.text(-0.9, 0.12, "data", color=COLOURS["real"].light)
    best.text(-0.9, 0.03, "model", color=COLOURS["generated"].light)
    best.text(2.85, 0.26, "model:\nstray mode", color=COLOURS["generated"].light)
    best.legend(loc="upper right", bbox_to_anchor=(1.02, 1.02))
    best.set(xlim=(-4, 5), ylim=(0, 1.35), yticks=[0, 0.5, 1])
    force.legend(loc="lower left")
    force.set(xlim=(-1, 3.6), ylim=(-6, 2))
    line = blank("Another game: data at 1, samples at \u22121", "time (steps \u00d7 rate)", "logit at x = 1, D a line")
    grown = {real: confident(real, 200.0) for real in (1.0, 0.9)}
    for seen, colour in zip(grown.values(), SERIES, strict=False):
        line.plot(torch.arange(1, len(seen) + 1) / 10, seen, color=colour)
    line.text(100, 4.75, "label 1: no end", color=SERIES[0])
    line.text(100, 3.15, "label 0.9: log 19", color=SERIES[1])
    line.set(ylim=(0, 6.5), xlim=(0, 200))
    words = "Four curves of D, high on the data and lowest on the stray mode: 0, or 0.1 with that label of samples."
    forces = "On the stray mode the pull is about -3 with label 0 for samples, and about -0.4 with label 0.1."
    growing = "The logit grows without end with label 1, and stays at log 19, about 2.9, with label 0.9."
    shown = ((best, words), (force, forces), (line, growing))
    return Drawn(tuple(Picture.of(axes, said) for axes, said in shown), tuple(pairs(learned, grown)))


def pairs(learned: Mapping[str, Tensor], grown: Mapping[float, Sequence[float]]) -> list[Pair]:
    stray = int((X - STRAY).abs().argmin())
    found = []
    for name, targets in TARGETS.items():
        for x in (0.0, STRAY):
            at = int((X - x).abs().argmin())
            found.append(
                Pair(f"D({x:g}), {name}", learned[name][at].sigmoid().item(), exact(X[at], *targets).item(), 1e-4)
            )
        place = X[stray].clone().requires_grad_()
        (expected,) = torch.autograd.grad(exact(place, *targets).log(), place)
        found.append(Pair(f"pull at the stray mode, {name}", pull(learned[name])[stray].item(), expected.item(), 0.02))
    least = learned["0.9 and 0.1"].sigmoid().min().item()
    found += [Pair("least D, 0.9 and 0.1: the label of samples", least, 0.1, 0.005),
              Pair("logit at x = 1, label 1, time 200", grown[1.0][-1], LATE, 0.01),
              Pair("logit at x = 1, label 0.9: log 19", grown[0.9][-1], 2.944439, 1e-4)]  # fmt: skip
    return found


FIGURE = Figure(
    title="Soft labels, on the real side and on the generated side",
    text="A label of 0.9 for real samples bounds D's logits, at log 19 in the last plot, and still pulls stray samples "
    "to the data. With 0.1 for generated ones D is flat and lowest at the stray mode (the report says a peak), so "
    "little pulls samples away.",
    source="report, section 4.2 and equation 15. In the last plot D's logit is a line through 0: D(\u22121) is "
    "1 \u2212 D(1). The best D(1) is 1.9 / 2. The text there has a peak of D at the stray mode; by its equation D is "
    "lowest there, near the label of generated samples",
    section="4.2",
    make=make,
    seconds=3.5,
    python="""
import torch
from torch.distributions import Normal
from sparring import losses

x = torch.tensor([0.0, 3.0], dtype=torch.float64)
density = lambda mean, scale: Normal(mean, scale).log_prob(x).exp()
p, q = density(0.0, 1.0), 0.7 * density(0.0, 0.8) + 0.3 * density(3.0, 0.5)
measured = {}
for real, fake in ((0.9, 0.0), (0.9, 0.1)):
    logits = torch.zeros(2, dtype=torch.float64)
    for _ in range(2500):  # gradient ascent in function space
        a, b = (logits.clone().requires_grad_() for _ in range(2))
        slopes = torch.autograd.grad(losses.Smoothed(real=real, fake=fake).discriminator(a, b), (a, b))
        logits -= 8 * (p * slopes[0] + q * slopes[1]) / (p + q)
    name = f"{real:g} and {fake:g}"
    measured |= {f"D({at:g}), {name}": d for at, d in zip(x.tolist(), logits.sigmoid().tolist())}
print(measured)
""",
)
