"""Instance noise: it makes disjoint supports overlap, so that a divergence says how far, and a gradient comes back."""

from __future__ import annotations

import math

import torch
from scipy.integrate import quad
from torch import Tensor, nn
from torch.optim import Adam

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.dynamics.alternating import Alternating
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.gan import GAN
from sparring.hooks import LearningRate
from sparring.latents import Normal
from sparring.layers.instance_noise import InstanceNoise
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Minimax
from sparring.losses.ratio import jensen_shannon
from sparring.networks.mlp import MLP
from sparring.schedules import linear
from sparring.trainer import Phase, Trainer

__all__ = ["FIGURE"]

NOISE = torch.special.ndtri((torch.arange(4000, dtype=torch.float64) + 0.5) / 4000)
"""Standard normal, without chance."""

KNOWN = {2.0: (0.03031, 0.235), 1.0: (0.11142, 0.398), 0.5: (0.33683, 0.450), 0.25: (0.63272, 0.137)}
"""JS of N(0, 1) and N(d, 1), and the size of the slope of E log(1 - D) in d, at d = 1 / noise."""


def best(x: Tensor, theta: float, noise: float) -> Tensor:
    """The best logit: the log ratio of N(0, noise^2) to N(theta, noise^2)."""
    return theta * (theta - 2 * x) / (2 * noise**2)


def divergence(theta: float, noise: float) -> float:
    """Jensen-Shannon of the data at 0 and samples at theta, both with noise, as read off the best D."""
    real, fake = (best(at + noise * NOISE, theta, noise) for at in (0.0, theta))
    return jensen_shannon(real, fake).item()


def slope(theta: float, noise: float) -> float:
    """How the minimax generator's cost at the best D rises with the place of its samples."""
    place = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    fake = best(place + noise * NOISE, theta, noise)
    (found,) = torch.autograd.grad(Minimax().generator(fake, fake), place)
    return found.item()


def quadrature(theta: float, noise: float) -> float:
    """Jensen-Shannon of two Gaussians by adaptive quadrature of its definition."""

    def at(x: float) -> float:
        p, q = (math.exp(-(((x - mean) / noise) ** 2) / 2) / noise / math.sqrt(2 * math.pi) for mean in (0.0, theta))
        return sum(m * math.log(2 * m / (p + q)) / 2 for m in (p, q) if m > 0)

    return float(quad(at, -8 * noise, theta + 8 * noise, limit=200, points=[0, theta])[0])


def learned(noise: float) -> float:
    """The slope of a discriminator that is a line, after it has learned data at 0 from samples at 1 through noise."""
    with Key(0).seeded():
        generator, critic = MLP(1, 1), MLP(1, 1, logits=True)
    for tensor, value in zip(generator.parameters(), (0.0, 1.0), strict=True):
        nn.init.constant_(tensor, value)
    game = GAN(generator, InstanceNoise(critic, noise), Normal(1), Minimax())
    adams = {"discriminator": Adam(critic.parameters(), 0.1)}
    streams = {"real": InMemory(torch.zeros(8, 1))}
    alone = Phase(game, adams, streams, 400, Alternating({"generator": 0}), batch=512)
    Trainer(alone, hooks=[LearningRate({"discriminator": linear(1.0, 0.0)}, 400)]).play()
    return next(critic.parameters()).item()


def make() -> Drawn:
    thetas = [i / 40 for i in range(-80, 81)]
    levels = (0.25, 0.5, 1.0)
    x = torch.linspace(-2, 3, 251, dtype=torch.float64)
    seen = blank("Data at 0 and samples at 1, with noise 0.5", "x", "density")
    for mean, colour in ((0.0, "real"), (1.0, "generated")):
        density = torch.exp(-((x - mean) / 0.5).square() / 2) / 0.5 / math.sqrt(2 * math.pi)
        seen.plot([mean, mean], [0, 1.05], color=COLOURS[colour].light, linewidth=3)
        seen.plot(x, density, color=COLOURS[colour].light)
        seen.fill_between(x, density, color=COLOURS[colour].light, alpha=0.15, linewidth=0)
    seen.text(-0.07, 0.98, "data", color=COLOURS["real"].light, ha="right")
    seen.text(1.07, 0.98, "samples", color=COLOURS["generated"].light)
    seen.set(xlim=(-2, 3), ylim=(0, 1.1))
    far = blank("Jensen-Shannon against \u03b8", "\u03b8: where the samples are", "nats")
    back = blank("Slope of the generator's minimax cost", "\u03b8: where the samples are", "slope in \u03b8")
    far.plot([-2, 2], [math.log(2)] * 2, color=COLOURS["quiet"].light, label="no noise")
    far.plot(0, math.log(2), "o", markerfacecolor="#ffffff", color=COLOURS["quiet"].light)
    back.plot([-2, 2], [0, 0], color=COLOURS["quiet"].light, label="no noise")
    for noise, colour in zip(levels, SERIES[:2] + SERIES[3:], strict=False):
        far.plot(thetas, [divergence(theta, noise) for theta in thetas], color=colour, label=f"noise {noise:g}")
        back.plot(thetas, [slope(theta, noise) for theta in thetas], color=colour, label=f"noise {noise:g}")
    far.legend(loc="upper center", fontsize=8.5, ncol=2)
    back.legend(loc="upper left", fontsize=8.5)
    far.set(ylim=(-0.02, 0.95), xlim=(-2, 2))
    back.set(xlim=(-2, 2))
    shown = (
        (seen, "Two points, at 0 and 1, and the two wide curves that noise makes of them, which overlap."),
        (far, "Without noise a flat line at log 2. With noise valleys whose floor is 0 at theta = 0, wider with more."),
        (back, "Without noise no slope at all. With noise it points to 0, from afar only with more noise."),
    )
    return Drawn(tuple(Picture.of(axes, said) for axes, said in shown), tuple(pairs()))


def pairs() -> list[Pair]:
    found = []
    for noise, (nats, force) in KNOWN.items():
        here = f"\u03b8 = 1, noise {noise:g}"
        found += [
            Pair(f"Jensen-Shannon, {here}, nats", divergence(1.0, noise), nats, 2e-4),
            Pair(f"slope of the generator's cost, {here}", slope(1.0, noise), force / noise, 1e-3 / noise),
        ]
    read = divergence(0.6, 0.4)
    found += [
        Pair("Jensen-Shannon, \u03b8 = 0.6, noise 0.4: by quadrature, nats", read, quadrature(0.6, 0.4), 1e-4),
        Pair("Jensen-Shannon, \u03b8 = 0, noise 0.25, nats", divergence(0.0, 0.25), 0.0, 1e-9),
    ]
    for noise in (1.0, 0.5):
        exact = -1 / noise**2
        found.append(
            Pair(f"slope of a trained D, noise {noise:g}: \u22121 / noise\u00b2", learned(noise), exact, -exact / 20)
        )
    return found


FIGURE = Figure(
    title="Noise lets disjoint samples and data meet",
    text="Two points share nothing, so Jensen-Shannon is log 2 at any distance. Seen through the same noise they "
    "overlap, and it falls smoothly to 0 where the points meet, so it has a slope to follow.",
    source="Gavranovi\u0107 2017, adding noise, after S\u00f8nderby et al. 2016; two parallel lines give the "
    "same numbers",
    section="3.2.5",
    make=make,
    seconds=3.5,
    python="""
import torch
from sparring import losses

even = (torch.arange(4000, dtype=torch.float64) + 0.5) / 4000
measured = {}
for noise in (2.0, 1.0, 0.5, 0.25):
    place = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)  # of the samples; the data are at 0
    logit = lambda x: (1 - 2 * x) / (2 * noise**2)  # the best one
    z = noise * torch.special.ndtri(even)
    fake = logit(place + z)
    (slope,) = torch.autograd.grad(losses.Minimax().generator(fake, fake), place)
    cost = losses.Minimax().discriminator(logit(z), fake).item()
    measured[f"Jensen-Shannon, \u03b8 = 1, noise {noise:g}, nats"] = torch.tensor(2.0).log().item() - cost / 2
    measured[f"slope of the generator's cost, \u03b8 = 1, noise {noise:g}"] = slope.item()
print(measured)
""",
)
