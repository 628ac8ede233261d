"""GANs that descend three divergences, with the same networks and seeds: how many modes, and how sharp."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

import torch
from scipy.stats import ncx2
from torch import Tensor, nn
from torch.optim import Adam

from sparring import GAN, MLP, Alternating, Key, Normal, Phase, Trainer
from sparring.data.source import InMemory
from sparring.data.toys import ring, ring_modes
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.hooks import LearningRate
from sparring.looks.colours import COLOURS
from sparring.looks.vector import blank
from sparring.losses import KL, FDivergence, JensenShannon, ReverseKL
from sparring.metrics.modes import modes
from sparring.schedules import geometric

__all__ = ["FIGURE"]

CENTRES, STD, LATENT, WIDTH, ROUNDS, SEEDS, COUNT = ring_modes(), 0.05, 2, 128, 1500, (100, 101), 20_000
DIVERGENCES: Mapping[str, FDivergence] = {
    "KL(data, model)": KL(),
    "KL(model, data)": ReverseKL(),
    "Jensen-Shannon": JensenShannon(),
}
PROCEDURES = {"equal rates": 1e-3, "G five times as fast": 2e-4}
"""The generator's rate is 0.001, and this the discriminator's. All fall in the second half."""

FULL = math.sqrt(0.5 + STD**2)
"""The deviation of the data in either coordinate, and so of the one Gaussian of maximum likelihood."""


@dataclass(frozen=True)
class Seen:
    """Samples [N, 2], and what is known of them, or of several such on average.

    Attributes:
        x: The samples.
        modes: How many have a sample within three deviations.
        good: The share of such samples.
        width: The median distance of a sample from the middle of those with its nearest mode, over that of the data.
    """

    x: Tensor
    modes: float
    good: float
    width: float


def look(x: Tensor) -> Seen:
    """What is known of samples [N, 2]."""
    nearest = torch.cdist(x, CENTRES).argmin(dim=1)
    groups = [x[nearest == mode] for mode in range(len(CENTRES)) if (nearest == mode).any()]
    away = torch.cat([(group - group.median(dim=0).values).norm(dim=1) for group in groups])
    width = away.median().item() / (STD * math.sqrt(2 * math.log(2)))  # that of a round Gaussian
    found = modes(x, CENTRES, STD)
    return Seen(x, found.covered, found.high_quality, width)


def train(loss: FDivergence, rate: float, seed: int) -> Seen:
    """A GAN that descends a divergence, with this rate of the discriminator; the mean of looks in its second half."""
    key = Key(seed, ("divergences, trained",))
    with key.fold("initial weights").seeded():
        generator = MLP(LATENT, WIDTH, WIDTH, 2)
        discriminator = MLP(2, WIDTH, WIDTH, 1, activation=partial(nn.LeakyReLU, 0.2), logits=True)
    game, rates = GAN(generator, discriminator, Normal(LATENT), loss), {"discriminator": rate, "generator": 1e-3}
    adams = {name: Adam(game.strategy(name).values(), rates[name], (0.5, 0.99), fused=True) for name in rates}
    slower = LearningRate(dict.fromkeys(rates, geometric(1.0, 0.02, 0.5)), ROUNDS)
    phase = Phase(game, adams, {"real": InMemory(ring(std=STD))}, ROUNDS, Alternating(fresh=False), batch=256)
    trainer, looks = Trainer(phase, hooks=[slower], seed=seed).play(ROUNDS // 2), []
    while trainer.left:
        trainer.play(ROUNDS // 40)
        with torch.no_grad():
            looks.append(look(generator(key.normal("samples", (2500, LATENT)))))
    return Seen(looks[-1].x, *(fmean(getattr(one, name) for one in looks) for name in ("modes", "good", "width")))


def panel(title: str, seen: Sequence[tuple[str, Seen]], alternative: str, rows: Sequence[str] = ("",)) -> Picture:
    """Samples beside one another, three in a row, each on the modes of the data; rows may have names."""
    axes = blank(title, "", "", (4.6, 0.4 + 1.95 * math.ceil(len(seen) / 3)))
    for i, (name, one) in enumerate(seen):
        x, y = 3.3 * (i % 3), -4.4 * (i // 3)
        axes.text(-1.75, y, rows[i // 3] * (i % 3 == 0), rotation=90, ha="center", va="center", fontsize=9)
        axes.plot(*(CENTRES + torch.tensor([x, y])).T, "o", color=COLOURS["real"].light, fillstyle="none", markersize=7)
        inside = one.x[:400][one.x[:400].abs().amax(dim=1) < 1.6]
        axes.plot(*(inside + torch.tensor([x, y])).T, ".", color=COLOURS["generated"].light, markersize=1.5)
        axes.text(x, y + 1.75, name, ha="center", fontsize=9)
        axes.text(x, y - 1.95, f"modes {one.modes:.2g}, width {one.width:.1f}", ha="center", fontsize=8.5)
    axes.set(xlim=(-1.9, 8.3), ylim=(y - 2.1, 2.2), aspect="equal")
    axes.set_axis_off()
    return Picture.of(axes, alternative)


def make() -> Drawn:
    key, pictures, rows = Key(2**20, ("one Gaussian",)), [], list[Pair]()
    noise = key.normal("noise", (COUNT, 2))
    exact = {"data": look(ring(COUNT, std=STD, seed=2**20)), "least KL(data, model)": look(FULL * noise),
             "least KL(model, data)": look(CENTRES[1] + STD * noise)}  # fmt: skip
    words = "The one of least KL(data, model) is wide and covers all; that of least KL(model, data) is on one mode."
    pictures.append(
        panel("If the model is one Gaussian", [*exact.items()], f"Data on a ring of 8, and two Gaussians. {words}")
    )
    blur = 8 * float(ncx2.cdf((3 * STD / FULL) ** 2, 2, 1 / FULL**2))
    for (name, one), (many, share) in zip(exact.items(), ((8, EXACT), (8, blur), (1, EXACT)), strict=True):
        what = name if name == "data" else f"one Gaussian, {name}"
        rows += [Pair(f"{what}: modes", one.modes, many, 0), Pair(f"{what}: share near a mode", one.good, share, 0.005)]
    for procedure, rate in PROCEDURES.items():
        found = {(seed, name): train(loss, rate, seed) for seed in SEEDS for name, loss in DIVERGENCES.items()}
        named, seeds = [(name, one) for (_, name), one in found.items()], [f"seed {seed}" for seed in SEEDS]
        said = f"Last samples of GANs, {procedure}: those of three divergences are alike; each row is a seed."
        pictures.append(panel(f"GANs, {procedure}: mean modes and widths", named, said, seeds))
        rows += pairs(procedure, found, exact["least KL(data, model)"])
    return Drawn(tuple(pictures), tuple(rows))


EXACT = 1 - math.exp(-4.5)
"""The share of a round Gaussian within three deviations."""


def pairs(procedure: str, found: Mapping[tuple[int, str], Seen], wide: Seen) -> list[Pair]:
    """Orders: at equal rates all modes, which are best for all divergences, and blur as theory has it; else few modes.

    `wide` is the one Gaussian of maximum likelihood, whose blur no GAN has.
    """
    equal, rows = procedure == "equal rates", []
    for (seed, name), one in found.items():
        few = Pair(f"{procedure}, {name}, seed {seed}: less than 4 modes, sign", math.copysign(1, 4 - one.modes), 1, 0)
        rows += [Pair(f"{procedure}, {name}, seed {seed}: modes", one.modes, 8, 1) if equal else few,
                 Pair(f"{procedure}, {name}, seed {seed}: width, less than the Gaussian's, sign",
                      math.copysign(1, wide.width - one.width), 1, 0)]  # fmt: skip
    for seed in SEEDS:
        mine = {name: one for (its, name), one in found.items() if its == seed}
        many = [one.modes for one in mine.values()]
        rows.append(Pair(f"{procedure}, seed {seed}: modes, largest difference", max(many) - min(many), 0, 2))
        if equal:
            less = mine["KL(data, model)"].width - mine["KL(model, data)"].width
            rows.append(Pair(f"{procedure}, seed {seed}: width, KL(data, model) less KL(model, data), sign",
                             math.copysign(1, less), 1, 0))  # fmt: skip
    return rows


FIGURE = Figure(
    title="Which modes a GAN takes is not decided by its divergence",
    text="With equal rates GANs of all three divergences cover eight modes, and with a fast generator all take few. Of "
    "what one Gaussian would do, wide or narrow, only some blur remains.",
    source="report, section 3.2.5 and figure 15, after Nowozin et al. 2016, who train on pictures: for such see "
    "docs/costs.md in the repository. Width is the median distance of samples from the middle of their mode, over the "
    "data's. Modes and widths of GANs are means of 21 looks in the second half of training; below 1, often "
    "no mode is covered",
    section="3.2.5",
    make=make,
    seconds=80.0,
    tier="full",
    python="""
import torch
from sparring import GAN, MLP, Alternating, Normal, Phase, Trainer, losses, metrics
from sparring.data.source import InMemory
from sparring.data.toys import ring, ring_modes

data, measured = {"real": InMemory(ring(std=0.05))}, {}
for name, loss in {"KL(data, model)": losses.KL(), "KL(model, data)": losses.ReverseKL()}.items():
    torch.manual_seed(100)
    game = GAN(MLP(2, 128, 128, 2), MLP(2, 128, 128, 1, logits=True), Normal(2), loss)
    adams = {who: torch.optim.Adam(game.strategy(who).values(), 1e-3, (0.5, 0.99)) for who in game.players()}
    Trainer(Phase(game, adams, data, 1500, Alternating(fresh=False), batch=256)).play()
    with torch.no_grad():
        found = metrics.modes.modes(game.generator(torch.randn(20_000, 2)), ring_modes(), 0.05)
    measured[f"equal rates, {name}, seed 100: modes"] = found.covered
print(measured)
""",
)
