"""One-sided label smoothing against extrapolation: a discriminator that is never sure does not praise extremes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.integrate import quad_vec, solve_ivp
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Minimax, Smoothed

__all__ = ["FIGURE"]

Array = NDArray[np.float64]

MEAN, DEVIATION, FAR, TIME = 1.0, 0.6, 2.5, 2.0
"""Data are around 1, samples around -1; a place beyond the data; how long samples follow D."""

LABELS = {"label 1": 1.0, "label 0.9": 0.9}
Z: Tensor = torch.special.ndtri((torch.arange(4000, dtype=torch.float64) + 0.5) / 4000)


def logit(weights: Tensor, x: Tensor) -> Tensor:
    """Of a discriminator that is a parabola: the best one is among them, a straight line."""
    return weights[0] + weights[1] * x + weights[2] * x * x


def learned(label: float) -> Tensor:
    """The weights [3] of D after it has learned all samples with this label of real ones, by the library's loss."""
    weights, loss = torch.zeros(3, dtype=torch.float64, requires_grad=True), Smoothed(Minimax(), label, 0.0)
    optimizer = torch.optim.LBFGS([weights], 1.0, 200, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def cost() -> Tensor:
        optimizer.zero_grad()
        found = loss.discriminator(*(logit(weights, at + DEVIATION * Z) for at in (MEAN, -MEAN)))
        found.backward()  # type: ignore[no-untyped-call]
        return found

    optimizer.step(cost)  # type: ignore[no-untyped-call]
    return weights.detach()


def expected(label: float) -> Array:
    """The same by Newton's steps on integrals, with numpy: D's cost is convex in the weights."""
    weights = np.zeros(3)

    def parts(x: float) -> Array:
        p, q = (math.exp(-(((x - at) / DEVIATION) ** 2) / 2) for at in (MEAN, -MEAN))
        powers, d = np.array([1.0, x, x * x]), 1 / (1 + math.exp(-float(weights @ [1.0, x, x * x])))
        slope = (p + q) * d - label * p
        return np.vstack([slope * powers, (p + q) * d * (1 - d) * np.outer(powers, powers)])

    for _ in range(12):
        found = quad_vec(parts, -8, 8, epsabs=1e-10)[0]
        weights = weights - np.linalg.solve(found[1:], found[0])
    return weights


def pull(weights: Tensor, x: float) -> float:
    """Where the minimax generator's cost pulls a sample at x."""
    place = torch.tensor([x], dtype=torch.float64, requires_grad=True)
    seen = logit(weights, place)
    (slope,) = torch.autograd.grad(Minimax().generator(seen, seen), place)
    return -slope.item()


def follow(weights: Tensor, step: float = 0.01) -> list[float]:
    """Where a sample is that begins at 0 and follows this D, which stays as it is."""
    found = [0.0]
    while len(found) <= round(TIME / step):
        found.append(found[-1] + step * pull(weights, found[-1]))
    return found


def pulled(weights: Array, x: float) -> float:
    """By hand: D times the slope of its logit."""
    return float((weights[1] + 2 * weights[2] * x) / (1 + math.exp(-float(weights @ [1.0, x, x * x]))))


def make() -> Drawn:
    found = {name: learned(label) for name, label in LABELS.items()}
    known = {name: expected(label) for name, label in LABELS.items()}
    ways = {name: follow(weights) for name, weights in found.items()}
    x = torch.linspace(-2.5, 5, 301, dtype=torch.float64)
    seen = blank("Logit of D", "x", "logit")
    for at, colour, word in ((MEAN, "real", "data"), (-MEAN, "generated", "samples")):
        seen.fill_between(x, -12, 5 * torch.exp(-((x - at) / DEVIATION).square() / 2) - 12, color=COLOURS[colour].light,
                          alpha=0.25, linewidth=0)  # fmt: skip
        seen.text(at, -11.6, word, color=COLOURS[colour].light, ha="center")
    ratio = (2 * MEAN / DEVIATION**2 * x).exp()  # p / q
    seen.plot(
        x,
        (0.9 * ratio / (0.1 * ratio + 1)).log(),
        color=COLOURS["line"].light,
        linewidth=5,
        label="best D of any shape, label 0.9",
    )
    path = blank("A sample that follows D from 0", "time", "x of the sample")
    for (name, weights), colour in zip(found.items(), SERIES, strict=False):
        seen.plot(x, logit(weights, x), color=colour, label=name)
        path.plot(torch.linspace(0, TIME, len(ways[name])), ways[name], color=colour, label=name)
    seen.legend(loc="upper left")
    seen.set(xlim=(-2.5, 5), ylim=(-12, 20))
    path.axhspan(MEAN - 2 * DEVIATION, MEAN + 2 * DEVIATION, color=COLOURS["real"].light, alpha=0.15, linewidth=0)
    path.text(TIME, MEAN + 2 * DEVIATION + 0.2, "95% of the data", color=COLOURS["real"].light, ha="right")
    path.legend(loc="upper left")
    path.set(xlim=(0, TIME), ylim=(0, 11))
    words = "With label 1 the logit is a line that rises without end; with 0.9 it is highest near the data and falls."
    more = "With label 1 the sample leaves the data behind and goes on; with 0.9 it stays with the data."
    return Drawn((Picture.of(seen, words), Picture.of(path, more)), tuple(pairs(found, known, ways)))


def pairs(found: Mapping[str, Tensor], known: Mapping[str, Array], ways: Mapping[str, Sequence[float]]) -> list[Pair]:
    line, bent = LABELS
    slope, peak = 2 * MEAN / DEVIATION**2, -known[bent][1] / (2 * known[bent][2])
    pairs = [
        Pair(f"{line}: slope of the logit, 2\u00b71 / 0.6²", found[line][1].item(), slope, 0.01),
        Pair(f"{line}: bend of the logit, a straight line has 0", found[line][2].item(), 0.0, 1e-6),
        Pair(f"{bent}: bend of the logit", found[bent][2].item(), float(known[bent][2]), 0.005),
        Pair(f"{bent}: x where D is largest", (-found[bent][1] / (2 * found[bent][2])).item(), peak, 0.005),
        Pair(f"{bent}: D is largest within two deviations of the data, 1 is yes",
             abs(-found[bent][1] / (2 * found[bent][2]) - MEAN).item() < 2 * DEVIATION, 1, 0),
    ]  # fmt: skip
    for name in LABELS:
        end = solve_ivp(lambda _, at, name=name: [pulled(known[name], at[0])], (0, TIME), [0.0], rtol=1e-9).y[0, -1]
        pairs += [
            Pair(f"{name}: pull on a sample at 2.5", pull(found[name], FAR), pulled(known[name], FAR), 0.01),
            Pair(f"{name}: where the sample is after time 2", ways[name][-1], end, 0.05),
        ]
    return pairs


FIGURE = Figure(
    title="One-sided soft labels against extrapolation",
    text="With label 1 for real samples D likes a sample the more, the farther it is beyond the data. "
    "With 0.9 a D that is too sure of real samples pays for it, so its logit turns back, and samples stay.",
    source="slides of NIPS 2016, benefits of label smoothing; report, section 4.2. D is a parabola in its logit, data "
    "are N(1, 0.6²), samples N(\u22121, 0.6²), G has the minimax cost. The best D of any shape for 0.9 becomes flat "
    "at log 9",
    section="4.2",
    make=make,
    seconds=1.5,
    python="""
import torch
from sparring import losses

z = torch.special.ndtri((torch.arange(4000, dtype=torch.float64) + 0.5) / 4000)
real, fake = 1 + 0.6 * z, -1 + 0.6 * z
measured = {}
for label in (1.0, 0.9):
    loss, w = losses.Smoothed(losses.Minimax(), label, 0.0), torch.zeros(3, dtype=torch.float64, requires_grad=True)
    logit = lambda x: w[0] + w[1] * x + w[2] * x**2
    cost = lambda: loss.discriminator(logit(real), logit(fake))
    for _ in range(12):  # Newton's steps
        (slope,) = torch.autograd.grad(cost(), w, create_graph=True)
        bend = torch.stack([torch.autograd.grad(each, w, retain_graph=True)[0] for each in slope])
        w.data -= torch.linalg.solve(bend, slope.detach())
    measured[f"label {label:g}: bend of the logit" + ", a straight line has 0" * (label == 1)] = w[2].item()
print(measured)
""",
)
