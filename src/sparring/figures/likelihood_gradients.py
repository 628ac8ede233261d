"""Maximum likelihood in the GAN framework: two estimators of one gradient, their spread, and when it shrinks."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank, logarithmic
from sparring.losses import MaximumLikelihood

__all__ = ["FIGURE", "reparameterised", "score"]

MEAN = 0.5
SAMPLES = 400_000
SIZES = (16, 64, 256, 1024)
REPEATS = 2000

X = torch.linspace(-60, 60, 24_001, dtype=torch.float64)


def logit(x: Tensor, mean: float, variance: float = 1.0) -> Tensor:
    """Of the best discriminator: log N(x; 0, 1) - log N(x; mean, variance). It stays as it is: a copy."""
    return (x - mean).square() / (2 * variance) - x.square() / 2 + math.log(variance) / 2


def cost(a: Tensor) -> Tensor:
    """F = -exp(a), the generator's cost of each sample: solution 8.3, by the library's loss."""
    return torch.func.vmap(lambda one: MaximumLikelihood().generator(one[None], one[None]))(a)


def score(z: Tensor, mean: float, variance: float = 1.0) -> Tensor:
    """Estimates of the gradient in the mean, one a sample: f times the derivative of the log density (equation 34)."""
    return cost(logit(mean + math.sqrt(variance) * z, mean, variance)) * z / math.sqrt(variance)


def reparameterised(z: Tensor, mean: float, variance: float = 1.0) -> Tensor:
    """The same through the samples x = mean + deviation z, as a GAN's generator learns."""
    x = (mean + math.sqrt(variance) * z).requires_grad_()
    (slopes,) = torch.autograd.grad(cost(logit(x, mean, variance)).sum(), x)
    return slopes


def spreads(variance: float) -> list[float]:
    """The standard deviation of many means of n estimates by the score function, for each n of `SIZES`."""
    z = Key(11, ("law", str(variance))).normal("z", (REPEATS, SIZES[-1]), torch.float64)
    values = score(z.flatten(), MEAN, variance).view_as(z)
    return [values[:, :n].mean(1).std().item() for n in SIZES]


def power(spread: list[float]) -> float:
    """The power of n by which a spread falls: the slope of a straight line through the logarithms."""
    x, y = (torch.tensor(numbers, dtype=torch.float64).log() for numbers in (SIZES, spread))
    x = x - x.mean()
    return ((x * y).sum() / x.square().sum()).item()


def second_moment(variance: float) -> float:
    """E (p/q)\u00b2 of the data p = N(0, 1) under the model q = N(0, variance), as an integral from -60 to 60."""
    log_q = -X.square() / (2 * variance) - math.log(2 * math.pi * variance) / 2
    return torch.trapezoid((-X.square() - math.log(2 * math.pi) - log_q).exp(), X).item()


def make() -> Drawn:
    z = Key(10).normal("z", (SAMPLES,), torch.float64)
    found = {"score function": score(z, MEAN), "through the samples": reparameterised(z, MEAN)}
    left = blank("Single estimates of the gradient", "estimate", "density, logarithmic", (4.6, 3.0))
    logarithmic(left, "y")
    edges = torch.linspace(-2, 8, 101).tolist()
    for values, colour in zip(found.values(), SERIES, strict=False):
        left.hist(values.numpy(), bins=edges, density=True, histtype="step", color=colour, linewidth=1.6)
    left.set(xlim=(-2, 8), ylim=(1e-4, 5))
    left.text(3.4, 0.06, "score function", color=SERIES[0])
    left.text(1.6, 1.2, "through the samples", color=SERIES[1])
    right = blank("Spread of the mean of n estimates", "n", "standard deviation", (4.6, 3.0))
    logarithmic(right, "x", "y")
    lines = {variance: spreads(variance) for variance in (1.0, 0.25)}
    for (variance, spread), colour in zip(lines.items(), (SERIES[0], SERIES[3]), strict=True):
        right.plot(SIZES, spread, "o-", color=colour, markersize=4)
        right.text(70, 1.25 * spread[1], f"model variance {variance:g}", color=colour)
    law = [lines[1.0][0] * math.sqrt(SIZES[0] / n) for n in SIZES]
    right.plot(SIZES, law, color=COLOURS["ink"].light, linewidth=0.8, linestyle=(0, (3, 3)))
    right.text(SIZES[-1], law[-1] / 1.6, "1/\u221an", ha="right", va="top")
    right.set(ylim=(law[-1] / 4, 60))
    square = math.exp(MEAN**2)
    (score_mean, score_var), (through_mean, through_var) = (
        (values.mean().item(), values.var().item()) for values in found.values()
    )
    pairs = [
        Pair("score function: mean, beside the gradient of KL", score_mean, MEAN, 0.01),
        Pair("through the samples: mean, beside the gradient of KL", through_mean, MEAN, 0.002),
        Pair("score function: variance", score_var, square * (1 + 4 * MEAN**2) - MEAN**2, 0.1),
        Pair("through the samples: variance", through_var, MEAN**2 * (square - 1), 0.004),
        Pair("power of n, model variance 1", power(lines[1.0]), -0.5, 0.04),
    ]
    for variance in (2.0, 1.0, 0.6, 0.4):
        known = variance / math.sqrt(2 * variance - 1) if variance > 0.5 else math.inf
        name = f"E (p/q)\u00b2 under a model of variance {variance:g}"
        pairs.append(Pair(name, second_moment(variance), known, 1e-6))
    one = "Two histograms around one mean: that of the score function reaches far, the other is narrow."
    two = "Two lines: with variance 1 the spread falls as one over root n, with 1/4 it goes up and down."
    return Drawn((Picture.of(left, one), Picture.of(right, two)), tuple(pairs))


FIGURE = Figure(
    title="Exercise 7.3: maximum likelihood by a discriminator, in two ways",
    text="The score function and the way through the samples estimate the same gradient of KL, the second with a "
    "far smaller spread. Means of n estimates settle as 1/\u221an if the model is wide enough, else the variance is "
    "infinite.",
    source="report, exercise 7.3 and its solution in 8.3, with the minus of the slides: f = \u2212p/q. The law needs "
    "E (p/q)\u00b2, which is finite for a model of more than half the variance of the data",
    section="7.3",
    make=make,
    seconds=1.0,
    python="""
import torch
from sparring import Key

mean = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)  # data N(0, 1), model N(mean, 1)
z = Key(10).normal("z", (400_000,), torch.float64)
x = mean + z
logit = 0.125 - 0.5 * x  # log p - log q of the best discriminator, whose numbers stay
cost = -logit.exp()  # what losses.MaximumLikelihood() takes the mean of
(through,) = torch.autograd.grad(cost.mean(), mean)
score = (cost * z).detach()  # f times the derivative of log q in the mean, which is x - mean
measured = {
    "through the samples: mean, beside the gradient of KL": through.item(),
    "score function: mean, beside the gradient of KL": score.mean().item(),
    "score function: variance": score.var().item(),
}
print(measured)
""",
)
