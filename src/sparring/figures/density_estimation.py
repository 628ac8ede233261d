"""Samples in, a density out: a Gaussian fitted by maximum likelihood, as a game of one player."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from sparring.chance import Key
from sparring.dynamics.simultaneous import Simultaneous
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.game import Cost, Game, Player
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank
from sparring.phase import Phase
from sparring.trainer import Trainer

__all__ = ["FIGURE", "SAMPLES", "Density", "fit"]

SAMPLES = 1.5 + 0.8 * Key(1, ("figure 1",)).normal("samples", (24,), torch.float64)
"""Of N(1.5, 0.8)."""


class Density(Game):
    """The game of one Gaussian, who minimises the negative log-likelihood of the samples (report, equation 3)."""

    def __init__(self, samples: Tensor) -> None:
        super().__init__()
        self.samples = samples
        self.mean = nn.Parameter(torch.zeros((), dtype=torch.float64))
        self.log_scale = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def players(self) -> dict[str, Player]:
        """The model."""
        return {"model": Player((self.mean, self.log_scale), lambda _: Cost({"nats": -self.at(self.samples).mean()}))}

    def at(self, x: Tensor) -> Tensor:
        """The log density at points [N]."""
        z = (x - self.mean) * (-self.log_scale).exp()
        return -z.square() / 2 - self.log_scale - math.log(2 * math.pi) / 2


def fit(game: Density, rounds: int = 200, step: float = 0.3) -> list[float]:
    """Plays gradient descent; returns the cost at the beginning of each round."""
    costs: list[float] = []
    optimizers = {"model": torch.optim.SGD(game.strategy("model").values(), step)}
    phase = Phase(game, optimizers, {}, rounds, Simultaneous())
    Trainer(phase, hooks=[lambda _, paid: costs.append(paid["model"].total.item())]).play()
    return costs


def make() -> Drawn:
    x = torch.linspace(-1.5, 4.5, 301, dtype=torch.float64)
    left = blank("Training examples", "x", "", (4.6, 2.6))
    right = blank("Density, estimated from them", "x", "density", (4.6, 2.6))
    for axes in (left, right):
        axes.plot(SAMPLES, torch.zeros_like(SAMPLES), "o", color=COLOURS["real"].light, clip_on=False, zorder=3)
    for rounds, width in ((0, 0.8), (2, 0.8), (5, 0.8), (200, 2.4)):
        game = Density(SAMPLES)
        costs = fit(game, rounds)
        right.plot(x, game.at(x).exp().detach(), color=COLOURS["generated"].light, linewidth=width)
    right.text(-1.45, 0.27, "start", color=COLOURS["generated"].light)
    right.text(2.5, 0.4, "after 200 rounds", color=COLOURS["generated"].light)
    left.set(xlim=(-1.5, 4.5), ylim=(0, 0.6), yticks=[])
    right.set(xlim=(-1.5, 4.5), ylim=(0, 0.6))
    mean, deviation = SAMPLES.mean().item(), SAMPLES.std(correction=0).item()
    nats = math.log(deviation) + (1 + math.log(2 * math.pi)) / 2
    pairs = (
        Pair("mean of the model, beside that of the examples", game.mean.item(), mean, 1e-6),
        Pair("deviation of the model, beside that of the examples", game.log_scale.exp().item(), deviation, 1e-6),
        Pair("cost, nats, beside log \u03c3 + (1 + log 2\u03c0) / 2", costs[-1], nats, 1e-6),
        Pair("rounds in which the cost rose", sum(b > a + 1e-12 for a, b in pairwise(costs)), 0, 0),
    )
    words = f"{len(SAMPLES)} examples as points of a line, most of them between 0 and 3."
    more = "The same points below four bell curves. The first is around 0; the last, drawn thick, is over the points."
    return Drawn((Picture.of(left, words), Picture.of(right, more)), pairs)


FIGURE = Figure(
    title="From examples to a density",
    text="Points come in, and a density that can be asked anywhere comes out. Here it is a Gaussian, which climbs the "
    "likelihood of the points until it has their mean and their deviation.",
    source="report, section 1 and figure 1; section 2.1, equation 3",
    section="2.1",
    make=make,
    seconds=0.5,
    python="""
import torch
from torch import nn
from torch.distributions import Normal
from sparring import Cost, Game, Phase, Player, Simultaneous, Trainer
from sparring.figures.density_estimation import SAMPLES

class Density(Game):
    def __init__(self):
        super().__init__()
        self.mean, self.log_scale = nn.Parameter(torch.zeros(())), nn.Parameter(torch.zeros(()))

    def players(self):
        return {"model": Player((self.mean, self.log_scale), self.cost)}

    def cost(self, round):
        return Cost({"nats": -Normal(self.mean, self.log_scale.exp()).log_prob(SAMPLES).mean()})

game = Density().double()
optimizers = {"model": torch.optim.SGD(game.parameters(), 0.3)}
Trainer(Phase(game, optimizers, {}, 200, Simultaneous())).play()
measured = {"mean of the model, beside that of the examples": game.mean.item()}
print(measured, "deviation:", game.log_scale.exp().item())
""",
)
