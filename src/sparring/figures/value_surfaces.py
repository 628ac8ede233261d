"""Critics of three toys beside noisy samples: with clipped weights, and with a penalty on the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn
from torch.optim import Adam, Optimizer, RMSprop

from sparring.chance import Key
from sparring.data.source import InMemory
from sparring.data.toys import grid, grid_modes, ring, ring_modes, swiss_roll
from sparring.dynamics.alternating import Alternating
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.game import Round
from sparring.games.gan import GAN
from sparring.hooks import LearningRate
from sparring.latents import Normal
from sparring.looks.colours import COLOURS
from sparring.losses import Wasserstein
from sparring.metrics.wasserstein import exact_wasserstein
from sparring.networks.mlp import MLP
from sparring.penalties import interpolated
from sparring.penalties.gradients import slopes
from sparring.projections import Clip
from sparring.schedules import linear
from sparring.trainer import Phase, Trainer

__all__ = ["FIGURE", "Beside", "alone", "started"]

SEED, ROUNDS, WEIGHT, BOUND = 0, 4000, 1.0, 0.01
SIZES = (2, 128, 128, 128, 1)
TOYS: dict[str, Callable[..., Tensor]] = {"8 Gaussians": ring, "25 Gaussians": grid, "swiss roll": swiss_roll}
UNITS = {"8 Gaussians": math.sqrt(2), "25 Gaussians": 1 / math.sqrt(8), "swiss roll": 1.0}
MODES = {"8 Gaussians": UNITS["8 Gaussians"] * ring_modes(), "25 Gaussians": UNITS["25 Gaussians"] * grid_modes()}
CIRCLE = 0.2 * torch.view_as_real(torch.polar(torch.ones(16), math.pi / 8 * torch.arange(16)))


def points(name: str, n: int, seed: int) -> Tensor:
    return UNITS[name] * TOYS[name](n, seed=seed)


class Beside(GAN):
    """A GAN whose generator is fixed: each sample is a point of the data plus N(0, I)."""

    def generated(self, round: Round) -> tuple[Tensor, Tensor]:
        """The noise and the samples, both [B, 2]."""
        z = self.latents(round)
        return z, round.stream("real").x + z


def started(*sizes: int, seed: int) -> MLP:
    """A critic with weights of He et al. (2015): a gradient keeps its length through layers of ReLU."""
    critic = MLP(*sizes, logits=True)
    layers = [layer for layer in critic.layers if isinstance(layer, nn.Linear)]
    with Key(seed).seeded():
        for layer in layers:
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    layers[-1].bias.requires_grad_(False)  # the loss cancels it
    return critic


def alone(game: Beside, optimizer: Optimizer, data: Tensor, rounds: int, seed: int) -> None:
    """The critic plays alone."""
    moves, real, rule = {"discriminator": optimizer}, {"real": InMemory(data)}, Alternating({"generator": 0})
    phase = Phase(game, moves, real, rounds, rule, batch=256)
    Trainer(phase, hooks=[LearningRate({"discriminator": linear(1.0, 0.0, 0.3)}, rounds)], seed=seed).play()


def both(data: Tensor, seed: int = SEED) -> tuple[MLP, MLP]:
    """Two critics that began alike: clipped, and with the penalty."""
    clipped, free = (started(*SIZES, seed=seed) for _ in range(2))
    bound = Beside(nn.Identity(), clipped, Normal(2), Wasserstein(), project=Clip(BOUND))
    alone(bound, RMSprop(bound.strategy("discriminator").values(), 1e-4), data, ROUNDS, seed)
    game = Beside(nn.Identity(), free, Normal(2), Wasserstein(), {interpolated: WEIGHT})
    alone(game, Adam(game.strategy("discriminator").values(), 1e-3, (0.5, 0.9)), data, ROUNDS, seed)
    return clipped, free


@torch.no_grad()
def seen(critic: MLP, modes: Tensor) -> int:
    """At how many modes the critic is higher than at all of 16 places .2 away."""
    around = critic((modes[:, None] + CIRCLE).flatten(0, 1)).reshape(len(modes), -1)
    return int((critic(modes)[:, None] > around).all(1).sum())


@torch.no_grad()
def rising(critic: MLP, x: Tensor, y: Tensor) -> float:
    """Along how many of the best plan's paths, from samples to data, the critic rises: a share."""
    rows, columns = linear_sum_assignment(torch.cdist(x.double(), y.double()))
    return float((critic(x)[rows] > critic(y)[columns]).double().mean())


def surface(axes: Axes, critic: MLP, x: Tensor, title: str) -> None:
    """Contours of a critic, and the data."""
    side = torch.linspace(-2.6, 2.6, 105)
    with torch.no_grad():
        values = critic(torch.cartesian_prod(side, side)).reshape(105, 105).T
    levels, green = torch.linspace(float(values.min()), float(values.max()), 16)[1:-1], COLOURS["discriminator"].light
    axes.contour(side, side, values, levels, colors=green, linewidths=0.8, linestyles=["dotted"] * 7 + ["solid"] * 7)
    axes.plot(*x.T, ".", color=COLOURS["real"].light, markersize=2)
    axes.set(title=title, aspect="equal", xticks=[-2, 0, 2], yticks=[-2, 0, 2])


def measure(name: str, critics: tuple[MLP, MLP], seed: int = SEED) -> tuple[list[Pair], str]:
    """Of one toy: numbers beside those of the best critics, and words on the pictures.

    Slope s and weight w earn s W - w (s - 1)^2: most at 1 + W / 2w. The best scale of any reads 2w E s (s - 1).
    Of slope 1 and K points max_i h_i - |x - x_i| is best, and has a peak at each, as each gets its part of the samples.
    """
    key, data = Key(seed, ("measured",)), points(name, 1500, seed + 1)
    samples = points(name, 1500, seed + 2) + key.normal("noise", (1500, 2))
    place = (data + key.uniform("share", (1500, 1)) * key.normal("between", (1500, 2))).requires_grad_()
    size = slopes(critics[1](place), place).detach().norm(dim=1)
    share = [rising(critic, data, samples) for critic in critics]
    read = -Wasserstein().discriminator(critics[1](data), critics[1](samples)).item()
    known, balance = 1 + exact_wasserstein(data, samples) / (2 * WEIGHT), 2 * WEIGHT * (size * (size - 1)).mean().item()
    pairs = [Pair(f"{name}, penalty: mean slope, beside 1 + half the exact distance", size.mean().item(), known, 0.1),
             Pair(f"{name}, penalty: distance read, beside 2 E s (s - 1) of slopes s", read, balance, 0.1),
             Pair(f"{name}, penalty: share of best paths on which it rises", share[1], 1, 0.1),
             Pair(f"{name}: is that more than clipped, 1 is yes", float(share[1] > share[0]), 1, 0)]  # fmt: skip
    told = f"Of the best plan's paths {share[0]:.0%} rise for the clipped critic and {share[1]:.0%} with the penalty."
    if name in MODES:
        tops = [seen(critic, MODES[name]) for critic in (*critics, started(*SIZES, seed=seed))]
        every = (float(tops[1] == len(MODES[name])), float(name == "8 Gaussians"))
        told += f" Modes at which it peaks: {tops[0]} when clipped, {tops[1]} with the penalty."
        pairs += [Pair(f"{name}, clipped and untrained: most modes where one peaks", max(tops[0], tops[2]), 0, 1),
                  Pair(f"{name}: more with the penalty, 1 is yes", float(tops[1] > tops[0]), 1, 0),
                  Pair(f"{name}, penalty: peaks at all of them, 1 is yes", *every, 0)]  # fmt: skip
    return pairs, told


def make() -> Drawn:
    pictures, pairs = [], []
    for name in TOYS:
        found, told = measure(name, critics := both(points(name, 100_000, SEED)))
        left, right = Canvas(figsize=(4.6, 2.6), layout="constrained").subplots(1, 2, sharey=True)
        surface(left, critics[0], points(name, 300, SEED), f"{name}, clipped")
        surface(right, critics[1], points(name, 300, SEED), f"{name}, penalty")
        pairs += found
        pictures.append(Picture.of(left, f"Contours of two critics on {name}, over the data. {told}"))
    return Drawn(tuple(pictures), tuple(pairs))


FIGURE = Figure(
    title="What clipped critics miss",
    text="Contours are dotted where a critic is low: clipped it is a plain hill, with the penalty it peaks at all 8 "
    "Gaussians. In theory the best one peaks at all 25 too, but this small network finds only some.",
    source="Gulrajani et al. 2017, figure 1a; here networks have 128 units a layer, and the penalty the weight 1. "
    "Between two contours is a fifteenth of a critic's range, so where there are none it is nearly flat",
    section="3.2.5",
    make=make,
    seconds=120.0,
    tier="full",
    python="""
import torch
from torch import nn
from sparring.data.toys import ring, ring_modes
from sparring.figures.value_surfaces import Beside, alone, started
from sparring.latents import Normal
from sparring.losses import Wasserstein
from sparring.penalties import interpolated

critic, modes = started(2, 128, 128, 128, 1, seed=0), 2**0.5 * ring_modes()
game = Beside(nn.Identity(), critic, Normal(2), Wasserstein(), {interpolated: 1.0})
adam = torch.optim.Adam(game.strategy("discriminator").values(), 1e-3, (0.5, 0.9))
alone(game, adam, 2**0.5 * ring(), rounds=4000, seed=0)
turn = torch.arange(16) * torch.pi / 8
around = modes[:, None] + 0.2 * torch.stack([turn.cos(), turn.sin()], 1)
with torch.no_grad():
    higher = critic(modes)[:, None] > critic(around.flatten(0, 1)).reshape(8, 16)
measured = {"8 Gaussians, penalty: peaks at all of them, 1 is yes": float(higher.all())}
print(measured)
""",
)
