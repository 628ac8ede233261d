"""A GAN of one dimension while it trains: data, model, discriminator, and the map from latents to samples."""

from __future__ import annotations

import math
from functools import partial

import torch
from matplotlib.artist import Artist
from matplotlib.axes import Axes
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
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank
from sparring.losses.ratio import jensen_shannon
from sparring.networks.mlp import MLP
from sparring.schedules import linear
from sparring.trainer import Phase, Trainer

__all__ = ["FIGURE"]

MEAN, DEVIATION = 1.0, 0.7
"""Of the data."""

WIDTH = 0.05
EDGES = torch.linspace(-3, 5, 161, dtype=torch.float64)
X = (EDGES[1:] + EDGES[:-1]) / 2
P = torch.special.ndtr((EDGES - MEAN) / DEVIATION).diff()
"""The data's mass in each cell of the axis, exact, [160]."""

EVEN = (torch.arange(40_000, dtype=torch.float64) + 0.5) / 40_000
Z = torch.special.ndtri(EVEN).float()[:, None]
"""Latents at even quantiles, [40000, 1]: averages over them are integrals."""

ALONE, STAGES = 300, (90, 250, 500, 1000, 1500)
"""Rounds of D alone, and the rounds of both after which we look."""


def trainer() -> tuple[GAN, Trainer]:
    """First D plays alone, then both."""
    with Key(2).seeded():
        generator = MLP(1, 16, 16, 1, activation=nn.SiLU)
        discriminator = MLP(1, 16, 16, 1, activation=nn.SiLU, logits=True)
    game = GAN(generator, discriminator, Normal(1))
    streams = {"real": InMemory(gaussians(100_000, [[MEAN]], stds=DEVIATION))}
    rates = {"discriminator": (discriminator, 5e-3), "generator": (generator, 5e-4)}
    adams = {name: Adam(network.parameters(), rate, (0.5, 0.99)) for name, (network, rate) in rates.items()}
    slower = LearningRate(dict.fromkeys(rates, linear(1.0, 0.05, 0.3)), STAGES[-1])
    alone = Phase(game, adams, streams, ALONE, Alternating({"generator": 0}), batch=256)
    return game, Trainer(alone, Phase(game, adams, streams, STAGES[-1], batch=256), hooks=[slower])


class Look:
    """What there is to see of a game at one time."""

    def __init__(self, game: GAN) -> None:
        with torch.no_grad():
            made, self.d = game.generator(Z), game.discriminator(X[:, None].float()).double().sigmoid()
            even = MEAN + DEVIATION * Z
            self.seen = jensen_shannon(game.discriminator(even), game.discriminator(made)).item()
        inside = made[:, 0].double().clamp(EDGES[0] + 1e-6, EDGES[-1] - 1e-6)
        self.q = torch.histogram(inside, EDGES).hist / len(Z)
        self.best, self.both = P / (P + self.q), (P + self.q) / 2
        self.arrows = Z[999::2000, 0], made[999::2000, 0]

    @property
    def divergence(self) -> float:
        """Jensen-Shannon by quadrature, nats."""
        terms = torch.special.xlogy(P, 2 * self.best) + torch.special.xlogy(self.q, 2 - 2 * self.best)
        return float(terms.sum()) / 2

    def away(self, other: Tensor | float) -> float:
        """The mean distance of D, weighted by where data and model live."""
        return float((self.both * (self.d - other).abs()).sum())


def stage(title: str) -> Axes:
    """What stays: the data, and names; latents and samples will be on the two lines below."""
    axes, quiet = blank(title, "x, and z on its own line", "density; D", (4.6, 3.6)), COLOURS["quiet"].light
    axes.plot(X, P / WIDTH, color=COLOURS["real"].light, linestyle=(0, (1, 1)))
    for height, word in ((-0.12, "x = G(z)"), (-0.48, "z")):
        axes.axhline(height, color=quiet, linewidth=0.8)
        axes.text(-2.9, height - 0.02 if word != "z" else height + 0.02, word, color=quiet, fontsize=9,
                  va="top" if word != "z" else "bottom")  # fmt: skip
    for name, word, place in (("real", "data", 0.36), ("generated", "model", 0.26), ("discriminator", "D", 0.16)):
        axes.text(4.9, place, word, color=COLOURS[name].light, ha="right", fontsize=9)
    axes.set(xlim=(-3, 5), ylim=(-0.55, 1.08), yticks=[0, 0.5, 1])
    return axes


def draw(axes: Axes, look: Look) -> list[Artist]:
    """What moves."""
    (z, x), lives, ends = look.arrows, look.both > 1e-4, [-0.48, -0.14, math.nan]
    made, judge = COLOURS["generated"].light, COLOURS["discriminator"].light
    return [
        *axes.plot(torch.stack([z, x, x], 1).flatten(), ends * len(x), color="#8c8c8c", linewidth=0.7),
        *axes.plot(x, [-0.14] * len(x), "^", color="#8c8c8c", markersize=3),
        *axes.plot(X[lives], look.best[lives], color=COLOURS["line"].light, linewidth=5, zorder=1.5),
        *axes.plot(X, look.q / WIDTH, color=made),
        *axes.plot(X, look.d, color=judge, linestyle=(0, (4, 1.5))),
    ]


def make() -> Drawn:
    (game, playing), looks, frames, film = trainer(), {}, [], stage(" ")
    look = partial(Look, game)
    looks["Before the first round"] = look()
    playing.play(ALONE)
    looks["D alone has learned"] = look()
    filmed = (range(10, 100, 10), range(100, 301, 25), range(350, 501, 50), range(600, STAGES[-1] + 1, 100))
    for now in sorted({*STAGES}.union(*filmed)):
        playing.play(ALONE + now - playing.state.round)
        head = film.text(0, 1.04, f"Playing: round {now}", transform=film.transAxes, fontweight="bold", fontsize=10.5)
        frames.append([head, *draw(film, found := look())])
        if now in STAGES:
            looks[f"After {now} rounds"] = found
    pictures = []
    for title, found in looks.items():
        draw(axes := stage(title), found)
        words = f"D is {found.away(found.best):.2f} from p / (p + q) and {found.away(0.5):.2f} from 1/2 on average."
        pictures.append(Picture.of(axes, f"{title}. Jensen-Shannon is {found.divergence:.3f} nats. {words}"))
    moving = "The same as an animation: the model moves onto the data, D becomes flat, lines from z to x become even."
    pictures.append(Picture.film(film, frames, moving))
    pairs = []
    for title, found in list(looks.items())[1:]:
        pairs += [Pair(f"{title}: D away from p / (p + q), mean", found.away(found.best), 0.0, 0.06),
                  Pair(f"{title}: JS estimate, may be below 0, nats", found.seen, found.divergence, 0.02)]  # fmt: skip
    last = looks[f"After {STAGES[-1]} rounds"]
    alone, moved = looks["D alone has learned"], looks[f"After {STAGES[0]} rounds"]
    old, new = (
        alone.d[torch.bucketize(at.double(), EDGES).clamp(1, len(P)) - 1] for _, at in (alone.arrows, moved.arrows)
    )
    risen = new.mean().sub(old.mean()).sign().item()
    pairs.append(Pair(f"After {STAGES[0]} rounds: D alone likes the samples more, 1 is yes", risen, 1.0, 0.0))
    pairs += [Pair("at the end: D away from 1/2, mean", last.away(0.5), 0.0, 0.02),
              Pair("at the end: JS by quadrature, nats", last.divergence, 0.0, 0.005)]  # fmt: skip
    return Drawn(tuple(pictures), tuple(pairs))


FIGURE = Figure(
    title="Exercise 7.1: a GAN in one dimension, live",
    text="Where points are, D follows the ratio p / (p + q), the wide grey line, which ends where both are rare. "
    "Samples move to where D is larger, and when the model has become the data, D says about 1/2 there.",
    source="report, exercise 7.1 and figure 35, after Goodfellow et al. 2014, figure 1. Its four panels are like the "
    "first three stages and the last. The stages are those of Zhanson's talk. Latents z are N(0, 1); lines join some "
    "with their samples",
    section="7.1",
    make=make,
    seconds=12.0,
    python="""
import torch
from sparring.data.source import InMemory
from sparring.data.toys import gaussians
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.networks.mlp import MLP
from sparring.trainer import Phase, Trainer

torch.manual_seed(0)
game = GAN(MLP(1, 16, 16, 1, activation=torch.nn.SiLU),
           MLP(1, 16, 16, 1, activation=torch.nn.SiLU, logits=True), Normal(1))
adams = {name: torch.optim.Adam(getattr(game, name).parameters(), rate, (0.0, 0.99))
         for name, rate in (("discriminator", 1e-2), ("generator", 1e-3))}
data = InMemory(gaussians(100_000, [[1.0]], stds=0.7))
Trainer(Phase(game, adams, {"real": data}, rounds=800, batch=256)).play()
with torch.no_grad():
    away = (game.discriminator(data.x).sigmoid() - 0.5).abs().mean().item()
measured = {"at the end: D away from 1/2, mean": away}
print(measured)
""",
)
