"""The Wasserstein distance as critics see it, and as optimal transport has it."""

from __future__ import annotations

import math

import numpy as np
import torch
from scipy.optimize import linear_sum_assignment, linprog
from torch import Tensor, nn
from torch.optim import Adam

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.data.toys import gaussians
from sparring.dynamics.alternating import Alternating
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.gan import GAN
from sparring.hooks import LearningRate
from sparring.latents import Normal
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Wasserstein
from sparring.metrics.wasserstein import exact_wasserstein
from sparring.penalties import interpolated
from sparring.schedules import linear
from sparring.trainer import Phase, Trainer

__all__ = ["FIGURE"]

PAPER = COLOURS["paper"].light
D, WEIGHT = 2.0, 10.0
"""How far the samples are from the data, N(0, 1), and the weight of the penalty."""

EVEN = torch.special.ndtri((torch.arange(400, dtype=torch.float64) + 0.5) / 400)[:, None]
"""Samples of N(0, 1) without chance, [400, 1]."""


SETS = (
    [(-1.2, 1.4), (-0.3, 0.4), (-1.4, -0.2), (-0.6, -1.3), (0.4, -0.6), (0.2, 1.6)],
    [(2.2, 1.8), (3.2, 0.9), (1.7, 0.5), (2.9, -0.2), (1.9, -1.3), (3.3, -1.5)],
)
"""Two small sets of points, of the data and of a model."""


def trained() -> nn.Module:
    """A critic that has learned N(0, 1) from N(D, 1) under WGAN-GP's penalty."""
    with Key(0).seeded():
        critic = nn.Sequential(nn.Linear(1, 32), nn.SiLU(), nn.Linear(32, 1, bias=False), nn.Flatten(0))
    generator = nn.Linear(1, 1)
    for tensor, value in zip(generator.parameters(), (1.0, D), strict=True):
        nn.init.constant_(tensor, value)
    game = GAN(generator, critic, Normal(1), Wasserstein(), {interpolated: WEIGHT})
    streams = {"real": InMemory(gaussians(50_000, [[0.0]]))}
    adams = {"discriminator": Adam(critic.parameters(), 1e-2, (0.5, 0.9))}
    alone = Phase(game, adams, streams, 500, Alternating({"generator": 0}), batch=256)
    Trainer(alone, hooks=[LearningRate({"discriminator": linear(1.0, 0.0, 0.3)}, 500)]).play()
    return critic


def best_slopes(x: Tensor) -> tuple[Tensor, float]:
    """The slope of the best critic under the penalty, and the distance that it reads.

    On a line E f(x) - E f(G(z)) is the integral of f' g, where g is the difference of the distribution functions, and
    the penalty that of m (|f'| - 1)^2, where m is the density between pairs. So -f' = 1 + |g| / (2 weight m) at each x.
    """
    share = (torch.arange(200, dtype=torch.float64) + 0.5) / 200
    mean, deviation = D * share[:, None], (share.square() + (1 - share).square()).sqrt()[:, None]
    m = (torch.exp(-((x - mean) / deviation).square() / 2) / deviation / math.sqrt(2 * math.pi)).mean(0)
    g = torch.special.ndtr(x) - torch.special.ndtr(x - D)
    slopes = 1 + g / (2 * WEIGHT * m)
    return slopes, torch.trapezoid(slopes * g, x).item()


def dual(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The best critic of slope at most 1 between any two of the points [n, 2] and [n, 2]: a linear programme."""
    points = torch.cat([x, y]).numpy()
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2)
    one, other = np.nonzero(gaps)
    rises = np.zeros((len(one), len(points)))
    rises[np.arange(len(one)), one], rises[np.arange(len(one)), other] = 1, -1
    gain = np.concatenate([np.full(len(x), 1 / len(x)), np.full(len(y), -1 / len(y))])
    found = linprog(-gain, A_ub=rises, b_ub=gaps[one, other], bounds=[(0, 20)] * len(points)).x
    return torch.from_numpy(found[: len(x)]), torch.from_numpy(found[len(x) :])


def seen(real: Tensor, fake: Tensor) -> float:
    """The distance that a critic with these outputs, [n] and [n], reads."""
    return -Wasserstein().discriminator(real, fake).item()


def between_gaussians() -> list[Pair]:
    pairs = []
    for d in (0.5, 1.0, 2.0, 4.0):
        name, read_by_one = f"N(0, 1) and N({d:g}, 1)", seen(-EVEN[:, 0], -EVEN[:, 0] - d)
        pairs += [Pair(f"{name}, best plan", exact_wasserstein(EVEN, EVEN + d), d, 1e-6),
                  Pair(f"{name}, critic of slope 1", read_by_one, d, 1e-6)]  # fmt: skip
    return pairs


def make() -> Drawn:
    x, y = (torch.tensor(points, dtype=torch.float64) for points in SETS)
    above, below = dual(x, y)
    gaps = torch.cdist(x, y)
    rows, columns = linear_sum_assignment(gaps)
    plane = blank("The best plan, and the critic's values", "x", "y")
    for i, j in zip(rows, columns, strict=True):
        plane.plot(*torch.stack([x[i], y[j]]).T, color="#8c8c8c", linewidth=0.9)
    for points, values, name in ((x, above, "real"), (y, below, "generated")):
        plane.plot(*points.T, "o", color=COLOURS[name].light, label="data" if name == "real" else "samples")
        for (a, b), value in zip(points.tolist(), (values - below.min()).tolist(), strict=True):
            plane.annotate(f"{value:.1f}", (a, b), (0, 6), textcoords="offset points", color=COLOURS[name].light,
                           ha="center", bbox={"boxstyle": "square,pad=0.05", "facecolor": PAPER, "lw": 0})  # fmt: skip
    plane.legend(loc="upper left", ncols=2)
    plane.set(xlim=(-1.8, 4), ylim=(-1.9, 2.8))
    at = torch.linspace(-3, 5, 321, dtype=torch.float64)
    slopes, reading = best_slopes(at)
    critic = trained()
    place = at.float()[:, None].requires_grad_()
    (found,) = torch.autograd.grad(critic(place).sum(), place)
    with torch.no_grad():
        read = seen(critic(EVEN.float()), critic(EVEN.float() + D))
    line = blank("A critic between N(0, 1) and N(2, 1)", "x", "size of the slope")
    line.plot(at, slopes, color=COLOURS["line"].light, linewidth=6, label="best with the penalty")
    line.plot(at, -found[:, 0], color=COLOURS["discriminator"].light, label="learned with the penalty")
    line.plot([-3, 5], [1, 1], color=SERIES[2], linewidth=1, label="best with slope 1")
    line.legend(loc="lower center")
    line.set(xlim=(-3, 5), ylim=(0, 1.3))
    pairs = between_gaussians()
    inside = (at > 0) & (at < D)
    pairs += [Pair("learned with the penalty: distance read", read, reading, 0.05),
              Pair("learned with the penalty: mean slope between the means", -found[inside].mean().item(),
                   slopes[inside].mean().item(), 0.03),
              Pair("two sets of 6 points: best critic, best plan", seen(above, below), exact_wasserstein(x, y), 1e-6),
              Pair("its slope along the best plan, least of 6",
                   ((above[rows] - below[columns]) / gaps[rows, columns]).min().item(), 1.0, 1e-6)]  # fmt: skip
    words = "Six points of each kind, joined in pairs. The critic's value falls along each line by its length."
    more = "The learned slope is near 1.1 where data and samples are, as the best one with the penalty, not 1."
    return Drawn((Picture.of(plane, words), Picture.of(line, more)), tuple(pairs))


FIGURE = Figure(
    title="A critic's distance, and the best plan's",
    text="A critic of slope at most 1 reads what it costs to carry samples to the data, and is that steep along each "
    "path. With the penalty of WGAN-GP it is a little steeper, and reads a little too much.",
    source="Gavranovi\u0107 2017, the earth mover's distance, after Arjovsky et al. 2017 and Gulrajani et al. 2017",
    section="3.2.5",
    make=make,
    seconds=2.5,
    python="""
import torch
from sparring import losses
from sparring.metrics.wasserstein import exact_wasserstein

x = torch.special.ndtri((torch.arange(400, dtype=torch.float64) + 0.5) / 400)[:, None]  # N(0, 1)
measured = {}
for d in (0.5, 1.0, 2.0, 4.0):
    critic = lambda points: -points.squeeze(1)  # its slope is 1 everywhere, downwards from data to samples
    name = f"N(0, 1) and N({d:g}, 1)"
    measured[f"{name}, best plan"] = exact_wasserstein(x, x + d)
    measured[f"{name}, critic of slope 1"] = -losses.Wasserstein().discriminator(critic(x), critic(x + d)).item()
print(measured)
""",
)
