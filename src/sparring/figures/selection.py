"""Selection by the discriminator: the best samples are from ever fewer modes, and rejection gives back the data."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.samplers import Sampler
from sparring.selection import Selected, best, rejection

__all__ = ["FIGURE"]

MODES = torch.tensor([-2.0, 0.0, 2.0], dtype=torch.float64)
DATA, MODEL = ((1 / 3, 1 / 3, 1 / 3), 0.25), ((0.6, 0.3, 0.1), 0.4)
"""Weights of the modes, and their standard deviation."""

SHARES = (1.0, 0.8, 0.4, 0.3, 0.2, 0.1, 0.05)
N, POOL = 4000, 50_000
X = torch.linspace(-5, 5, 4001, dtype=torch.float64)


def density(x: Tensor, weights: tuple[float, ...], std: float) -> Tensor:
    """Of a mixture at x [n]."""
    parts = torch.exp(-((x[:, None] - MODES) / std).square() / 2) / std / math.sqrt(2 * math.pi)
    return parts @ torch.tensor(weights, dtype=torch.float64)


def ratio(x: Tensor, given: Tensor | None = None) -> Tensor:
    """The best discriminator's logit: log p / q."""
    return (density(x, *DATA) / density(x, *MODEL)).log()


class Model(Sampler):
    """Samples [n] of the model's density."""

    def sample(self, n: int, *, given: Tensor | None = None, seed: int = 0) -> Tensor:
        """By a mode and a normal number each."""
        weights, std = MODEL
        edges = torch.tensor(weights, dtype=torch.float64).cumsum(0)[:-1].contiguous()
        mode = torch.searchsorted(edges, Key(seed).uniform("mode", (n,), torch.float64))
        return MODES[mode] + std * Key(seed).normal("place", (n,), torch.float64)


def looks(x: Tensor, weights: Tensor) -> tuple[float, float]:
    """Quality and diversity of weighted points: the share within 3 deviations of a mode of the data, and modes.

    Modes are counted as exp(entropy) of their shares: 3 if all are as likely.
    """
    away, nearest = (x[:, None] - MODES).abs().min(1)
    weights = weights / weights.sum()
    shares = torch.zeros(3, dtype=torch.float64).index_add_(0, nearest, weights)
    return (weights @ (away < 3 * DATA[1]).double()).item(), torch.special.entr(shares).sum().exp().item()


def kept(share: float) -> Tensor:
    """The density on the grid of the best samples: the model's where the ratio is largest, as much as the share."""
    order = ratio(X).argsort(descending=True)
    q = density(X, *MODEL)[order]
    mass = (q.cumsum(0) - q) / q.sum()
    return torch.zeros_like(X).index_put_((order,), q * (mass < share))


def measured(sampler: Selected) -> tuple[float, float]:
    """Quality and diversity of its samples."""
    x = sampler.sample(N)
    return looks(x, torch.ones_like(x))


def make() -> Drawn:
    p, q = density(X, *DATA), density(X, *MODEL)
    chosen = {share: best(Model(), ratio, share, POOL) for share in SHARES}
    refused = rejection(Model(), ratio, pool=POOL)
    seen = blank("Data, model, and what is kept", "x", "density")
    seen.fill_between(X, p, color=COLOURS["real"].light, alpha=0.2, linewidth=0, label="data")
    seen.plot(X, q, color=COLOURS["generated"].light, label="model")
    for sampler, colour, name in ((chosen[0.05], SERIES[1], "best 5%"), (refused, SERIES[3], "by rejection")):
        heights = torch.histc(sampler.sample(N), 90, -3.5, 3.5) / N / (7 / 90)
        seen.stairs(heights.tolist(), torch.linspace(-3.5, 3.5, 91).tolist(), color=colour, label=name)
    seen.set(xlim=(-3.5, 3.5), ylim=(0, 2.6))
    seen.legend(loc="upper left")
    found = {share: measured(sampler) for share, sampler in chosen.items()}
    known = {share: looks(X, kept(share)) for share in SHARES}
    curve = blank("As fewer are kept: line exact, dots measured", "modes, exp(entropy)", "share near a mode")
    line = [looks(X, kept(k / 200)) for k in range(2, 201, 2)]
    curve.plot([b for _, b in line], [a for a, _ in line], color=COLOURS["generated"].light, linewidth=1.2)
    for share, (good, modes) in found.items():
        curve.plot(modes, good, "o", color=COLOURS["generated"].light)
        side = 6 if share == 0.8 else -13  # above the line, or below it
        curve.annotate(f"{share:.0%}", (modes, good), (0, side), textcoords="offset points", ha="center", fontsize=8.5)
    good, modes = measured(refused)
    curve.plot(modes, good, "s", color=SERIES[3])
    curve.annotate("rejection", (modes, good), (0, -16), textcoords="offset points", ha="center", color=SERIES[3])
    curve.set(xlim=(0.9, 3.2), ylim=(0.92, 1.015))
    words = "Three equal modes of data. The model's are wider and unequal, and the best 5% all at one."
    more = "Of all samples 94% are near a mode, of the best 80% nearly all. The best 5% are from one mode of three."
    pairs = [
        Pair(f"{what}, best {share:.0%}", found[share][i], known[share][i], tolerance)
        for share in SHARES
        for i, what, tolerance in ((0, "share near a mode", 0.015), (1, "modes", 0.12))
    ]
    pairs += [
        Pair("share near a mode, by rejection: as of the data", good, math.erf(3 / math.sqrt(2)), 0.003),
        Pair("modes, by rejection", modes, 3.0, 0.01),
        Pair("samples kept by rejection: 1 / max p/q", kept_share(refused), 1 / (p / q).max().item(), 0.01),
    ]
    return Drawn((Picture.of(seen, words), Picture.of(curve, more)), tuple(pairs))


def kept_share(sampler: Selected) -> float:
    """How many samples of the model are accepted."""
    return sampler.acceptance(ratio(Model().sample(POOL, seed=1))).mean().item()


FIGURE = Figure(
    title="Cherry-picking by the discriminator",
    text="The best 5% of the samples by D are all good, and all from the mode that the generator makes least. "
    "Rejection sampling by D, which throws most samples away, gives back the density of the data.",
    source="report, section 5.1.1, after its figure 28, whose pictures are picked by hand. Rejection: Azadi et al. "
    "2019. D is exact here",
    section="5.1.1",
    make=make,
    seconds=1.6,
    python="""
import torch
from sparring import selection
from sparring.figures.selection import Model, looks, ratio

measured = {}
for share in (0.8, 0.05):
    x = selection.best(Model(), ratio, share, pool=50_000).sample(4000)
    measured[f"modes, best {share:.0%}"] = looks(x, torch.ones_like(x))[1]
x = selection.rejection(Model(), ratio, pool=50_000).sample(4000)
measured["modes, by rejection"] = looks(x, torch.ones_like(x))[1]
print(measured)
""",
)
