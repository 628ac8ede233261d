"""Noise-contrastive estimation, maximum likelihood and GAN: three ways to play with one value function."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.optim import Adam

from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Minimax

__all__ = ["FIGURE"]

Way = list[tuple[float, float]]
"""Means and deviations of a model, round by round."""

GAME = Minimax()
"""V(G, D) is minus its discriminator's cost."""

MEAN, DEVIATION = 1.0, 0.5
"""Of the data; what each strategy has to find."""

START = (-0.5, 1.2)
"""Mean and deviation of every model at the beginning."""

NOISE = (0.0, 2.0)
"""Of the generator that noise-contrastive estimation never moves."""

ROUNDS = 500

Z: Tensor = torch.special.ndtri((torch.arange(1000, dtype=torch.float64) + 0.5) / 1000)
REAL = MEAN + DEVIATION * Z
"""Samples without chance, [1000]: standard normal, and of the data."""


class Model:
    """A Gaussian: a density where it is in D, a sampler where it is G."""

    def __init__(self) -> None:
        mean, deviation = START
        self.mean = torch.tensor(mean, dtype=torch.float64, requires_grad=True)
        self.log = torch.tensor(math.log(deviation), dtype=torch.float64, requires_grad=True)

    def samples(self) -> Tensor:
        return self.mean + self.log.exp() * Z

    def place(self) -> tuple[float, float]:
        return self.mean.item(), self.log.exp().item()


def step(optimizer: Adam, cost: Callable[[], Tensor]) -> float:
    """One step down a cost, and minus the cost before it."""
    optimizer.zero_grad()
    paid = cost()
    paid.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    return -paid.item()


def log_normal(x: Tensor, mean: float | Tensor, log: float | Tensor) -> Tensor:
    """The log density of a Gaussian, given the logarithm of its deviation."""
    found: Tensor = -((x - mean) * torch.exp(-torch.as_tensor(log))).square() / 2 - log - math.log(2 * math.pi) / 2
    return found


def nce() -> tuple[Way, float]:
    """The way of the model, and the logarithm of what it has found for its integral, which should be 1.

    D = model / (model + noise) goes up V; G is noise for ever. The model begins without its normalising constant.
    """
    model, extra = Model(), torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
    (mean, deviation), optimizer, way = NOISE, Adam([model.mean, model.log, extra], 0.03), [START]
    noise = mean + deviation * Z

    def logit(x: Tensor) -> Tensor:
        return log_normal(x, model.mean, model.log) + extra - log_normal(x, mean, math.log(deviation))

    for _ in range(ROUNDS):
        step(optimizer, lambda: GAME.discriminator(logit(REAL), logit(noise)))
        way.append(model.place())
    return way, extra.item()


def likelihood() -> tuple[Way, list[float]]:
    """The way of the model, and V's slopes in the mean and in the logarithm of the deviation at the beginning.

    D = model / (model + copy) goes up V; then G becomes a copy of the model.
    """
    model, way = Model(), [START]
    slopes: list[float] = []
    optimizer = Adam([model.mean, model.log], 0.02)
    for _ in range(ROUNDS):
        copy, made = (model.mean.item(), model.log.item()), model.samples().detach()
        logits = [log_normal(x, model.mean, model.log) - log_normal(x, *copy) for x in (REAL, made)]
        step(optimizer, partial(GAME.discriminator, *logits))
        slopes += [-p.grad.item() for p in (model.mean, model.log) if p.grad is not None][: 2 - len(slopes)]
        way.append(model.place())
    return way, slopes


def gan() -> tuple[Way, float]:
    """The way of the model, and V at the end: D, here a parabola, goes up V; the model is G, and goes down V."""
    model, way = Model(), [START]
    weights = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    up, down = Adam([weights], 0.2, (0.5, 0.9)), Adam([model.mean, model.log], 0.01, (0.5, 0.9))

    def logit(x: Tensor) -> Tensor:
        return weights[0] + weights[1] * x + weights[2] * x * x

    for done in range(ROUNDS):
        for optimizer, rate in ((up, 0.2), (down, 0.02)):
            optimizer.param_groups[0]["lr"] = rate * (1 - done / ROUNDS)
        for _ in range(3):
            value = step(up, lambda: GAME.discriminator(logit(REAL), logit(model.samples().detach())))
        step(down, lambda: GAME.generator(fake := logit(model.samples()), fake))
        way.append(model.place())
    return way, value


def make() -> Drawn:
    (contrastive, extra), (likely, slopes), (played, value) = nce(), likelihood(), gan()
    ways = {"NCE": contrastive, "maximum likelihood": likely, "GAN": played}
    plane = blank("The way of each model", "mean", "deviation")
    for (name, way), colour in zip(ways.items(), SERIES, strict=False):
        plane.plot(*zip(*way, strict=True), color=colour, label=name)
    for at, sign, name in ((START, "o", "quiet"), ((MEAN, DEVIATION), "*", "real")):
        plane.plot(*at, sign, markerfacecolor="#ffffff", color=COLOURS[name].light, markersize=9, zorder=3)
    plane.text(MEAN + 0.14, DEVIATION - 0.02, "data", color=COLOURS["real"].light)
    plane.text(START[0] - 0.24, START[1] - 0.02, "start", color=COLOURS["quiet"].light)
    plane.legend(loc="upper right")
    plane.set(xlim=(-0.85, 1.4), ylim=(0.35, 1.8), xticks=[-0.5, 0, 0.5, 1])
    pairs = [Pair(f"{name}: {word}", found, exact, 0.02) for name, way in ways.items()
             for word, found, exact in zip(("mean", "deviation"), way[-1], (MEAN, DEVIATION), strict=True)]  # fmt: skip
    pairs += [Pair("GAN: V at the end, \u2212log 4", value, -math.log(4), 1e-3),
              Pair("NCE: log of the model's integral, which began at 1", extra, 0.0, 0.02)]  # fmt: skip
    mean, deviation = START
    known = ((MEAN - mean) / deviation**2, (DEVIATION**2 + (MEAN - mean) ** 2) / deviation**2 - 1)
    for name, exact, slope in zip(("mean", "log deviation"), known, slopes, strict=True):
        pairs.append(Pair(f"V's slope in the {name}: half that of the likelihood", slope, exact / 2, 2e-3))
    words = "From one start three ways lead to the data's mean 1 and deviation 0.5, each by another curve."
    return Drawn((Picture.of(plane, words),), tuple(pairs))


FIGURE = Figure(
    title="Three strategies on one value function",
    text="Noise-contrastive estimation (NCE) and maximum likelihood learn a density inside D, by which it tells data "
    "from fixed noise, or from copies of the model. A GAN learns the generator instead, on the same V; from one start "
    "all three come to the Gaussian of the data.",
    source="report, section 3.4 and figure 20, after Goodfellow 2014, On distinguishability criteria; V has no "
    "factor 1/2. D raises V under all three; G never moves under NCE, copies the "
    "model in D under maximum likelihood, and lowers V in a GAN",
    section="3.4",
    make=make,
    seconds=2.0,
    python="""
import torch
from torch.distributions import Normal
from sparring import losses

even = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
real, at = Normal(1.0, 0.5).icdf(even), torch.tensor([-0.5, 1.2], dtype=torch.float64, requires_grad=True)
optimizer = torch.optim.Adam([at], 0.02)
for _ in range(500):
    copy = Normal(*at.detach())  # G copies the model that is in D
    logit = lambda x: Normal(at[0], at[1]).log_prob(x) - copy.log_prob(x)
    optimizer.zero_grad()
    losses.Minimax().discriminator(logit(real), logit(copy.icdf(even))).backward()
    optimizer.step()
measured = {"maximum likelihood: mean": at[0].item(), "maximum likelihood: deviation": at[1].item()}
print(measured)
""",
)
