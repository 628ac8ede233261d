"""Rates of their own for both players: where the generator ends for each pair of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from matplotlib.patches import Rectangle
from torch import Tensor
from torch.optim import Adam

from sparring import GAN, Alternating, Key, Normal, Phase, Trainer
from sparring.data import toys
from sparring.data.source import InMemory
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.metrics.wasserstein import exact_wasserstein
from sparring.networks.mlp import MLP

__all__ = ["FIGURE"]

CENTRES, STD = 2.0 * toys.ring_modes(), 0.1
"""The ring: radius 2, eight modes."""

SLOW, EVEN, FAST = RATES = (5e-4, 2e-3, 8e-3)
SEEDS, ROUNDS, LOOKS = (0, 1), 2000, 20


@dataclass(frozen=True)
class Pace:
    """How fast the players move.

    Attributes:
        d: The rate of the discriminator.
        g: The rate of the generator.
        steps: How many steps D takes for each of G.
    """

    d: float
    g: float
    steps: int = 1


ORDERS = {
    f"G {SLOW}: D {SLOW} less D {FAST}": (Pace(SLOW, SLOW), Pace(FAST, SLOW)),
    f"G {EVEN}: D {EVEN} less D {FAST}": (Pace(EVEN, EVEN), Pace(FAST, EVEN)),
    f"G {FAST}: D {EVEN} less D {FAST}": (Pace(EVEN, FAST), Pace(FAST, FAST)),
    f"G {EVEN}: D {EVEN}, 1 step less 5 steps": (Pace(EVEN, EVEN), Pace(EVEN, EVEN, 5)),
    f"swap, D {SLOW}, G {FAST} less D {FAST}, G {SLOW}": (Pace(SLOW, FAST), Pace(FAST, SLOW)),
    f"swap, D {EVEN}, G {FAST} less D {FAST}, G {EVEN}": (Pace(EVEN, FAST), Pace(FAST, EVEN)),
}
"""Who should end farther from the data, and who nearer."""

SHOWN = {
    f"D {EVEN}, G {FAST}": Pace(EVEN, FAST),
    f"both {EVEN}": Pace(EVEN, EVEN),
    f"D {FAST}, G {EVEN}": Pace(FAST, EVEN),
    f"both {EVEN}, 5 steps of D": Pace(EVEN, EVEN, 5),
}


def trainer(seed: int, pace: Pace) -> Trainer:
    """The same networks, data and chance at any pace."""
    with Key(seed).seeded():
        game = GAN(MLP(16, 64, 64, 2), MLP(2, 64, 1, logits=True), Normal(16))
    rates = {"discriminator": pace.d, "generator": pace.g}
    adams = {name: Adam(game.strategy(name).values(), rate, (0.5, 0.999)) for name, rate in rates.items()}
    data = {"real": InMemory(toys.gaussians(100_000, CENTRES, stds=STD, seed=seed))}
    return Trainer(Phase(game, adams, data, ROUNDS, Alternating({"discriminator": pace.steps})), seed=seed)


def distance(trainer: Trainer) -> float:
    """Between 400 samples and 400 points of the ring: what an optimal plan carries them on average."""
    made = trainer.game.sampler().sample(400)
    return exact_wasserstein(made, toys.gaussians(400, CENTRES, stds=STD, seed=toys.FRESH))


def course(seed: int, pace: Pace) -> Tensor:
    """The distance before the first round and at 20 looks, [21]."""
    playing = trainer(seed, pace)
    return torch.tensor([distance(playing), *(distance(playing.play(ROUNDS // LOOKS)) for _ in range(LOOKS))])


def end(courses: Tensor) -> Tensor:
    """The mean of the last five looks, since the game may go round, [...]."""
    return courses[..., -5:].mean(-1)


def heat(ends: dict[Pace, Tensor]) -> Picture:
    """The distance at the end for each pair of rates, the mean over seeds."""
    values = torch.tensor([[ends[Pace(d, g)].mean().item() for d in RATES] for g in RATES])
    axes = blank("Distance to the data at the end", "rate of D", "rate of G")
    for (row, column), value in zip(itertools.product(range(3), range(3)), values.flatten().tolist(), strict=True):
        near = value < 1.0
        axes.add_patch(Rectangle((column - 0.46, row - 0.44), 0.92, 0.88, linewidth=0,
                                 facecolor=COLOURS["generated" if near else "shade"].light))  # fmt: skip
        axes.text(
            column, row, f"{value:.2f}", color=COLOURS["paper" if near else "ink"].light, ha="center", va="center"
        )
    names = [f"{rate:.4f}" for rate in RATES]
    axes.set(xlim=(-0.5, 2.5), ylim=(-0.5, 2.5), xticks=range(3), yticks=range(3), xticklabels=names, yticklabels=names)
    axes.grid(visible=False)
    rows = "; ".join(
        f"G {name}: {[round(x, 2) for x in row.tolist()]}" for name, row in zip(names, values, strict=True)
    )
    return Picture.of(axes, f"A table of distances, D's rate rising from left to right. {rows}.")


def lines(courses: dict[Pace, Tensor]) -> Picture:
    """The distance over time for four paces."""
    axes = blank("Distance to the data", "round", "distance")
    now = torch.arange(LOOKS + 1) * (ROUNDS // LOOKS)
    for (name, pace), tint in zip(SHOWN.items(), SERIES, strict=False):
        for seed, dashes in zip(SEEDS, ("-", (0, (4, 1.5))), strict=True):
            axes.plot(now, courses[pace][seed], color=tint, linestyle=dashes, label=name if seed == SEEDS[0] else None)
    axes.set(xlim=(0, ROUNDS), ylim=(0, 6), yticks=range(6))
    axes.legend(loc="upper right", ncols=2, fontsize=8)
    ends = (f"{name[0].upper()}{name[1:]}: ends at {end(courses[pace]).mean().item():.2f}."
            for name, pace in SHOWN.items())  # fmt: skip
    return Picture.of(axes, " ".join(["Curves over time, one style a seed.", *ends]))


def make() -> Drawn:
    paces = [Pace(d, g) for d, g in itertools.product(RATES, RATES)] + [Pace(EVEN, EVEN, 5)]
    courses = {pace: torch.stack([course(seed, pace) for seed in SEEDS]) for pace in paces}
    ends = {pace: end(found) for pace, found in courses.items()}
    pairs = []
    for i, seed in enumerate(SEEDS):
        pairs.append(Pair(f"seed {seed}, untrained (control), samples at the centre: distance",
                          courses[Pace(EVEN, EVEN)][i, 0].item(), 2.0, 0.2))  # fmt: skip
        for name, (far, near) in ORDERS.items():
            pairs.append(
                Pair(f"seed {seed}, distance, {name}, sign", float((ends[far][i] - ends[near][i]).sign()), 1, 0)
            )
    return Drawn((heat(ends), lines(courses)), tuple(pairs))


FIGURE = Figure(
    title="Two time scales",
    text="At each rate of G the fastest D ends nearest to the data, and five steps of D a round help as well. "
    "The ratio alone does not: a D at 0.002 is too slow even for a G at 0.0005.",
    source="Heusel et al. 2017, after the report; exact Wasserstein distances of 400 samples to 400 points of a ring. "
    "The second seed is dashed. The table has means of two seeds, blue where they are below 1",
    section="7.2",
    make=make,
    seconds=140.0,
    tier="full",
    python="""
from sparring.figures.two_time_scales import Pace, course, end

far, near = (end(course(0, Pace(rate, 5e-4))).item() for rate in (5e-4, 8e-3))
print(f"G 0.0005: ends {far:.2f} away with a D of the same rate, {near:.2f} with one that is 16 times as fast")
measured = {"seed 0, distance, G 0.0005: D 0.0005 less D 0.008, sign": 1.0 if far > near else -1.0}
""",
)
