"""Five more distances between Gaussians: total variation, Hellinger, Bhattacharyya, Mahalanobis, energy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import SERIES
from sparring.looks.vector import blank
from sparring.losses import Cramer
from sparring.losses.pairs import every
from sparring.metrics.divergences import HELLINGER, TOTAL_VARIATION, Divergence

__all__ = ["FIGURE"]

X = torch.linspace(-12, 20, 6401, dtype=torch.float64)
DISTANCES = (0.5, 1.0, 2.0, 4.0)


def density(mean: float) -> Tensor:
    """Of N(mean, 1) at X."""
    return (-(X - mean).square() / 2).exp() / math.sqrt(2 * math.pi)


def divergence(of: Divergence, d: float) -> float:
    """Of N(0, 1) and N(d, 1), as read off the best discriminator's logits, as an integral."""
    logits = d * d / 2 - d * X
    return torch.trapezoid(density(0.0) * of.at_real(logits) - density(d) * of.at_fake(logits), X).item()


def hellinger(d: float) -> float:
    """The Hellinger distance, at most 1: what is read off is twice its square."""
    return math.sqrt(divergence(HELLINGER, d) / 2)


def bhattacharyya(d: float) -> float:
    """-log of the overlap, the integral of sqrt(p q), which is 1 minus half of Hellinger's."""
    return -math.log1p(-divergence(HELLINGER, d) / 2)


def mahalanobis(d: float) -> float:
    """Between the means, in the metric of the common covariance, both as integrals."""
    means = [torch.trapezoid(X * density(at), X).item() for at in (0.0, d)]
    variance = torch.trapezoid((X - means[0]).square() * density(0.0), X).item()
    return abs(means[0] - means[1]) / math.sqrt(variance)


def energy(d: float, points: int = 500) -> float:
    """The energy distance, by the loss of the Cramér GAN of sets of points at even steps of probability."""
    z = torch.special.ndtri((torch.arange(points, dtype=torch.float64) + 0.5) / points)[:, None]
    return Cramer(every).generator(z, z + d).item()


def mean_distance(d: float) -> float:
    """E |X - Y| for X of N(0, 1) and Y of N(d, 1): the mean of a folded normal of variance 2."""
    return 2 / math.sqrt(math.pi) * math.exp(-d * d / 4) + d * math.erf(d / 2)


Measure = Callable[[float], float]

FOUND: Mapping[str, Measure] = {
    "total variation": lambda d: divergence(TOTAL_VARIATION, d),
    "Hellinger": hellinger,
    "Bhattacharyya": bhattacharyya,
    "Mahalanobis": mahalanobis,
    "energy": energy,
}

EXPECTED: Mapping[str, Measure] = {
    "total variation": lambda d: math.erf(d / math.sqrt(8)),
    "Hellinger": lambda d: math.sqrt(1 - math.exp(-d * d / 8)),
    "Bhattacharyya": lambda d: d * d / 8,
    "Mahalanobis": lambda d: d,
    "energy": lambda d: 2 * mean_distance(d) - 2 * mean_distance(0.0),
}

SPOTS = {"total variation": (3.0, 0.45), "Hellinger": (3.0, 0.1), "Bhattacharyya": (2.05, 1.35),
         "Mahalanobis": (3.15, 2.7), "energy": (2.1, 3.4)}  # fmt: skip


def make() -> Drawn:
    bells = blank("N(0, 1) and N(2, 1)", "x", "density", (4.6, 2.9))
    both = torch.minimum(density(0.0), density(2.0))
    bells.fill_between(X[::16], both[::16], color=SERIES[3], alpha=0.3, linewidth=0)
    for mean, colour in ((0.0, SERIES[0]), (2.0, SERIES[1])):
        bells.plot(X[::16], density(mean)[::16], color=colour)
    bells.text(5.4, 0.36, "shaded:\n1 \u2212 total variation", color=SERIES[3], ha="right")
    bells.set(xlim=(-3.5, 5.5), ylim=(0, 0.45))
    axes = blank("Distances of N(0, 1) and N(d, 1)", "d: how far apart the means are", "distance", (4.6, 3.6))
    places = [i / 16 for i in range(65)]
    for (name, measure), colour in zip(EXPECTED.items(), SERIES, strict=True):
        axes.plot(places, [measure(d) for d in places], color=colour)
        axes.plot(DISTANCES, [FOUND[name](d) for d in DISTANCES], "o", color=colour, markersize=4)
        axes.text(*SPOTS[name], name, color=colour)
    axes.set(xlim=(0, 4.1), ylim=(0, 6))
    tolerance = {"energy": 3e-3}
    pairs = [Pair(f"{name}, d = {d:g}", measure(d), EXPECTED[name](d), tolerance.get(name, 1e-5))
             for name, measure in FOUND.items() for d in DISTANCES]  # fmt: skip
    one = "Two bell curves, whose common part is shaded."
    two = "Five curves against d, with measured points on them. Total variation and Hellinger stay below 1."
    return Drawn((Picture.of(bells, one), Picture.of(axes, two)), tuple(pairs))


FIGURE = Figure(
    title="Five distances between two Gaussians",
    text="Total variation and Hellinger compare densities point by point, and are full once nothing overlaps. "
    "Mahalanobis and energy know how far the means are apart, and keep growing.",
    source="Gavranovi\u0107 2017, various statistical distances; energy is "
    "2 E|X \u2212 Y| \u2212 E|X \u2212 X'| \u2212 E|Y \u2212 Y'|",
    section="2.1",
    make=make,
    seconds=0.5,
    python="""
import math
import torch
from sparring import losses
from sparring.losses.pairs import every
from sparring.metrics.divergences import HELLINGER, TOTAL_VARIATION

x, d = torch.linspace(-12, 14, 5201, dtype=torch.float64), 2.0
p, q = ((-(x - mean).square() / 2).exp() / math.sqrt(2 * math.pi) for mean in (0.0, d))
logit = d * d / 2 - d * x  # of the best discriminator: log p - log q
value = lambda of: torch.trapezoid(p * of.at_real(logit) - q * of.at_fake(logit), x).item()
z = torch.special.ndtri((torch.arange(1000, dtype=torch.float64) + 0.5) / 1000)[:, None]  # N(0, 1) in even steps
measured = {
    "total variation, d = 2": value(TOTAL_VARIATION),
    "Hellinger, d = 2": math.sqrt(value(HELLINGER) / 2),
    "energy, d = 2": losses.Cramer(every).generator(z, z + d).item(),
}
print(measured)
""",
)
