"""The variance of the generator's gradient: by cost, and what makes that of maximum likelihood smaller."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch
from scipy.integrate import quad
from torch import Tensor

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.figures.likelihood_gradients import reparameterised, score
from sparring.looks.colours import SERIES
from sparring.looks.vector import blank, logarithmic
from sparring.losses import AdversarialLoss, MaximumLikelihood, Minimax, NonSaturating

__all__ = ["FIGURE"]

SAMPLES = 400_000
MEAN = 0.5
CLIP = 2.0

COSTS: Mapping[str, AdversarialLoss] = {
    "minimax": Minimax(),
    "non-saturating": NonSaturating(),
    "maximum likelihood": MaximumLikelihood(),
}

SLOPES: Mapping[str, Callable[[float], float]] = {
    "minimax": lambda a: -1 / (1 + math.exp(-a)),
    "non-saturating": lambda a: -1 / (1 + math.exp(a)),
    "maximum likelihood": lambda a: -math.exp(a),
}
"""Derivatives of the costs in the logit a, by hand."""


def estimates(loss: AdversarialLoss, z: Tensor, mean: float) -> Tensor:
    """The gradient of each sample x = mean + z in the mean; data N(0, 1), the best discriminator."""
    x = (mean + z).requires_grad_()
    costs = torch.func.vmap(lambda a: loss.generator(a[None], a[None]))(mean * mean / 2 - mean * x)
    (slopes,) = torch.autograd.grad(costs.sum(), x)
    return slopes


def integral(value: Callable[[float], float], mean: float) -> float:
    """The mean of a function of x under N(mean, 1)."""

    def weighted(x: float) -> float:
        return value(x) * math.exp(-((x - mean) ** 2) / 2) / math.sqrt(2 * math.pi)

    return float(quad(weighted, mean - 12, mean + 12, epsabs=1e-12, limit=200)[0])


def variance(name: str, mean: float) -> float:
    """Of the gradient of single samples, by numerical integration."""

    def slope(x: float) -> float:
        return -mean * SLOPES[name](mean * mean / 2 - mean * x)

    return integral(lambda x: slope(x) ** 2, mean) - integral(slope, mean) ** 2


def clipped(x: float) -> float:
    """The estimate of a sample by the score function, with p/q at most `CLIP`."""
    return -min(math.exp(MEAN * MEAN / 2 - MEAN * x), CLIP) * (x - MEAN)


def reduced(z: Tensor) -> dict[str, tuple[Tensor, float, float]]:
    """Estimates of the maximum-likelihood gradient by the score function, made steadier: values, mean and variance.

    The variances are closed forms with s = exp(mean^2), but for clipping: there both are integrals.
    """
    plain, m = score(z, MEAN), MEAN
    s, ratio = math.exp(m * m), (m * m / 2 - m * (m + z)).exp()
    base = -(1 + m * m)  # the best constant: E f g^2 / E g^2 with g = x - mean
    of_all = s * (1 + 4 * m * m) - m * m
    best = (2 * m * s - m) / (s - 1)  # covariance with p/q - 1, whose mean is 0, over its variance
    about = integral(clipped, m), integral(lambda x: clipped(x) ** 2, m)
    return {
        "plain": (plain, m, of_all),
        "baseline": (plain - base * z, m, of_all - base**2),
        f"p/q clipped at {CLIP:g}": (-ratio.clamp(max=CLIP) * z, about[0], about[1] - about[0] ** 2),
        "control variate": (plain - best * (ratio - 1), m, of_all - best**2 * (s - 1)),
        "through the samples": (reparameterised(z, m), m, m * m * (s - 1)),
    }


def make() -> Drawn:
    z = Key(12).normal("z", (SAMPLES,), torch.float64)
    left = blank("Variance by cost, through the samples", "d: mean of the model, data at 0", "variance", (4.6, 3.0))
    logarithmic(left, "y")
    places, dots = [i / 10 for i in range(1, 21)], (0.5, 1.0, 1.5)
    pairs = []
    spots = {"minimax": (1.95, 0.03), "non-saturating": (1.95, 0.5), "maximum likelihood": (0.95, 5)}
    for (name, loss), colour in zip(COSTS.items(), SERIES, strict=False):
        dashes = (0, (5, 5)) if name == "non-saturating" else "solid"  # over minimax, which has the same variance here
        left.plot(places, [variance(name, d) for d in places], color=colour, linestyle=dashes)
        found = [estimates(loss, z, d).var().item() for d in dots]
        left.plot(dots, found, "o", color=colour, markersize=4)
        left.text(*spots[name], name, color=colour, ha="right")
        for d, value in list(zip(dots, found, strict=True))[:2]:
            known = variance(name, d)
            pairs.append(Pair(f"{name}, d = {d:g}: variance", value, known, (0.08 if d == 1 else 0.02) * known))
    right = blank("Steadier estimates, d = 1/2", "variance of one estimate", "", (4.6, 3.0))
    logarithmic(right, "x")
    for i, (name, (values, mean, spread)) in enumerate(reduced(z).items()):
        right.barh(-i, values.var().item(), color=SERIES[0], height=0.55)
        right.plot([spread, spread], [-i - 0.42, -i + 0.42], color=SERIES[1], linewidth=2.4)
        pairs += [
            Pair(f"{name}: mean", values.mean().item(), mean, 0.01),
            Pair(f"{name}: variance", values.var().item(), spread, 0.04 * spread),
        ]
    left.set(ylim=(1e-4, 1000))
    right.set(yticks=range(0, -5, -1), yticklabels=list(reduced(z[:10])), xlim=(0.03, 5))
    one = "Three curves against d. That of maximum likelihood rises without bound; both others are alike, and small."
    two = "Five bars, from plain to through the samples: all but clipping keep the mean."
    return Drawn((Picture.of(left, one), Picture.of(right, two)), tuple(pairs))


FIGURE = Figure(
    title="How noisy the generator's gradient is, and how to calm it",
    text="Under maximum likelihood few samples have most of the gradient, so its variance grows fast as the model "
    "leaves the data. A baseline or a control variate removes variance and keeps the mean, but clipping moves it.",
    source="report, section 3.2.6 and exercise 7.3; bars are measured, and the marks on them are closed forms",
    section="7.3",
    make=make,
    seconds=0.8,
    python="""
import math
import torch
from sparring import Key

m, z = 0.5, Key(12).normal("z", (400_000,), torch.float64)  # data N(0, 1), model N(m, 1)
ratio = (m * m / 2 - m * (m + z)).exp()  # p/q at the samples x = m + z
plain = -ratio * z  # f times the derivative of log q
baseline = plain + (1 + m * m) * z  # a constant is taken from f: the mean stays
covariance = torch.cov(torch.stack([plain, ratio]))
control = plain - covariance[0, 1] / covariance[1, 1] * (ratio - 1)  # the mean of p/q - 1 is 0
measured = {
    "plain: variance": plain.var().item(),
    "baseline: variance": baseline.var().item(),
    "control variate: variance": control.var().item(),
}
print(measured)
""",
)
