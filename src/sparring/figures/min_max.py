"""Min-max against max-min: with the generator in the inner loop all its mass goes to one point."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.theory.tabular import Tabular
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank

__all__ = ["FIGURE"]

P = (0.05, 0.1, 0.2, 0.25, 0.15, 0.1, 0.1, 0.05)
"""Uneven data on 8 points."""

EVEN = -math.log(4)
SURE = 40.0
"""A logit at which D is 1 in float64."""


def uniform(size: int) -> Tabular:
    return Tabular([1 / size] * size)


def best(game: Tabular, q: Tensor) -> Tensor:
    """The logits [K] of the best discriminator against a density [K], p / (p + q); where q is 0 it is sure."""
    return torch.where(q > 0, game.get_buffer("p").log() - q.clamp(min=1e-300).log(), SURE)


def min_max(game: Tabular) -> float:
    """G chooses a point first, then D answers: every point is tried."""
    points = torch.eye(game.q().numel(), dtype=torch.float64)
    return min(game.value(best(game, q), q).item() for q in points)


def max_min(game: Tabular, start: float = 0.5) -> float:
    """D is fixed first, then G answers: the largest t that is below V(a, k) at every point k, over all logits a.

    A mixture of points answers no better than its best point: the value is that of densities too.
    """
    size = game.q().numel()
    pure = torch.eye(size, dtype=torch.float64)

    def values(u: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([game.value(torch.tensor(u[1:]), q).item() - u[0] for q in pure])

    def slopes(u: NDArray[np.float64]) -> NDArray[np.float64]:
        d = 1 / (1 + np.exp(-u[1:]))
        return np.hstack([-np.ones((size, 1)), game.get_buffer("p").numpy() * (1 - d) - np.diag(d)])

    begin = np.concatenate([[-3.0], np.linspace(-start, start, size)])
    rule = {"type": "ineq", "fun": values, "jac": slopes}
    down = np.eye(1, size + 1)[0]
    found = minimize(lambda u: -u[0], begin, jac=lambda _: -down, method="SLSQP", constraints=rule,
                     options={"ftol": 1e-12, "maxiter": 400})  # fmt: skip
    assert found.success, found.message
    return float(-found.fun)


def mixed(game: Tabular) -> float:
    """G chooses a density first, then D answers: the least value over all densities, by descent on logits of q."""

    def down(u: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        logits = torch.tensor(u, requires_grad=True)
        q = logits.softmax(0)
        value = game.value(best(game, q), q)
        (slope,) = torch.autograd.grad(value, logits)
        return value.item(), slope.numpy()

    return float(minimize(down, np.linspace(-1.0, 1.0, game.q().numel()), jac=True, options={"gtol": 1e-8}).fun)


def pure(size: int) -> float:
    """Of even data, in closed form: D says 1/(K + 1) of the one point that G chose, and 1 of all others."""
    return math.log(1 / (size + 1)) / size + math.log(size / (size + 1))


def make() -> Drawn:
    sizes, orders = list(range(2, 17)), (2, 4, 8)
    game, places = Tabular(P), np.arange(1, 9)
    d = torch.tensor([0.35, 0.45, 0.55, 0.5, 0.62, 0.48, 0.4, 0.3], dtype=torch.float64)
    values = [game.value(d.logit(), q).item() for q in torch.eye(8, dtype=torch.float64)]
    inner = blank("D is fixed, then G answers", "point x", "probability", (4.6, 3.4))
    inner.bar(places, P, 0.4, color=COLOURS["real"].light, label="data")
    inner.bar(
        places[int(np.argmin(values))], 1, 0.4, color=COLOURS["generated"].light, zorder=0.9, label="best G: one point"
    )
    inner.plot(places, d, "o-", color=COLOURS["discriminator"].light, label="D(x)")
    inner.set(ylim=(0, 1.45), xticks=places)
    inner.legend(loc="upper left", ncols=3, columnspacing=1.0, handlelength=1.4)
    top = "Bars: the data on 8 points, and G with all its mass at point 5, where D is largest."
    curve = blank("Value of the game", "K: points that G may choose from", "V", (4.6, 3.4))
    curve.plot(sizes, [pure(size) for size in sizes], color=SERIES[1], linewidth=1)
    curve.plot(sizes, [min_max(uniform(size)) for size in sizes], "o", color=SERIES[1], markersize=5)
    curve.plot(sizes, [EVEN] * len(sizes), color=SERIES[0], linewidth=1)
    curve.plot(orders, [max_min(uniform(size)) for size in orders], "o", color=SERIES[0], markersize=5)
    curve.plot(orders, [mixed(uniform(size)) for size in orders], "o", color=SERIES[0], markersize=10, fillstyle="none")
    curve.text(6.2, -0.62, "min max, G is one point", color=SERIES[1])
    curve.text(4.4, -1.31, "max min; and min max, G is a density", color=SERIES[0])
    curve.set(ylim=(-1.5, 0), xlim=(1.5, 16.5))
    words = "Against K: min max with one point rises from -0.95 to -0.24; max min, and densities, stay at -1.386."
    pairs = [Pair(f"min max, G is one of {size} points", min_max(uniform(size)), pure(size), 1e-9) for size in orders]
    pairs += [Pair(f"max min, G is one of {size} points", max_min(uniform(size)), EVEN, 1e-5) for size in orders]
    for name, each in (("8 even points", uniform(8)), ("8 uneven points", game)):
        pairs.append(Pair(f"min max, G mixes {name}", mixed(each), EVEN, 1e-6))
    pairs += [
        Pair("max min, G mixes 8 uneven points", max_min(game), EVEN, 1e-5),
        Pair("best point against the D that is drawn", 1.0 + int(np.argmin(values)), 1.0 + d.argmax().item(), 0.0),
    ]
    return Drawn((Picture.of(inner, top), Picture.of(curve, words)), tuple(pairs))


FIGURE = Figure(
    title="Min-max is not max-min when the generator must choose a point",
    text="If D is fixed first, the best generator puts all its mass on the one point that D likes most. Over densities "
    "both orders have the value \u2212log 4, but for a generator of one point they differ.",
    source="report, section 5.1.1, equations 16 and 17; the value of one point is in closed form, "
    "log(1/(K + 1))/K + log(K/(K + 1))",
    section="5.1.1",
    make=make,
    seconds=1.0,
    python="""
import math
import torch
from sparring.games.theory.tabular import Tabular

game = Tabular([1 / 8] * 8)
values = []
for q in torch.eye(8, dtype=torch.float64):  # G is one of 8 points
    best = torch.where(q > 0, -math.log(8), 40.0).double()  # the logit of D = p / (p + q): 1/9 there, and 1 elsewhere
    values.append(game.value(best, q).item())
measured = {"min max, G is one of 8 points": min(values)}
print(measured)
""",
)
