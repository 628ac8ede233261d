"""A ring of eight Gaussians: a plain GAN jumps from mode to mode, an unrolled one comes to cover them all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from matplotlib.figure import Figure as Canvas
from matplotlib.layout_engine import ConstrainedLayoutEngine
from torch import Tensor, nn
from torch.optim import Adam

from sparring import GAN, Key, Normal, Phase, Simultaneous, Trainer
from sparring.data import toys
from sparring.data.source import InMemory
from sparring.dynamics import functional
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.unrolled import Unrolled
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Minimax
from sparring.metrics.modes import modes
from sparring.networks.mlp import MLP

__all__ = ["FIGURE"]

(CENTRES, STD), WIDE = toys.MODES["ring"], 0.05
"""Eight modes, each at its own place on the unit circle. A sample counts for one within 3 x WIDE of its centre."""

SEEDS, ROUNDS, EVERY, SHOWN = (100, 101, 102), 2000, 25, (250, 500, 1000, 1500, 2000)
STEPS, RATE, BETAS = 5, 3e-3, (0.5, 0.999)
RULES: Mapping[str, Dynamics] = {"plain": Unrolled(0), "unrolled": Unrolled(STEPS, functional.Adam(RATE, BETAS))}
TINTS = dict(zip(RULES, SERIES[1::-1], strict=True))


@dataclass(frozen=True)
class Saddle(Minimax):
    """The zero-sum game with all terms: the one of real samples depends on G once D's steps are looked through."""

    needs_real: ClassVar[bool] = True

    def generator(self, real: Tensor, fake: Tensor) -> Tensor:
        """Minus what the discriminator pays."""
        return -self.discriminator(real, fake)


def trainer(seed: int, rule: Dynamics) -> Trainer:
    """The same networks, data and chance under any rule."""
    with Key(seed).seeded():
        generator, discriminator = MLP(16, 64, 64, 2), MLP(2, 64, 1, logits=True)
        for part in (*generator.layers, *discriminator.layers):
            if isinstance(part, nn.Linear):
                nn.init.orthogonal_(part.weight, 0.8)
                nn.init.zeros_(part.bias)
    game = GAN(generator, discriminator, Normal(16), Saddle())
    adams = {name: Adam(game.strategy(name).values(), RATE, BETAS) for name in game.players()}
    return Trainer(Phase(game, adams, {"real": InMemory(toys.ring(seed=seed))}, ROUNDS, rule), seed=seed)


def samples(trainer: Trainer) -> Tensor:
    """2,000 samples [2000, 2], of the same latents each time."""
    return trainer.game.sampler().sample(2000)


class Course:
    """A run, seen every 25 rounds: a mode is covered with a tenth of its due share of samples.

    `path` has the looks at which one mode alone is covered, and which, [n] and [n].
    """

    def __init__(self, seed: int, rule: Dynamics) -> None:
        playing = trainer(seed, rule)
        self.looks = [samples(playing.play(EVERY)) for _ in range(ROUNDS // EVERY)]
        shares = torch.tensor([modes(look, CENTRES, WIDE).weights for look in self.looks])
        self.covered = shares >= 1 / 80
        self.good = torch.tensor([modes(look, CENTRES, STD).high_quality for look in self.looks])
        self.at_once = self.covered.sum(1)
        self.path = (looks := (self.at_once == 1).nonzero()[:, 0]), self.covered[looks].long().argmax(1)


def rows(seed: int, courses: Mapping[str, Course]) -> Picture:
    """Samples over time, a row for each rule."""
    canvas = Canvas(figsize=(4.6, 2.2), layout=ConstrainedLayoutEngine(w_pad=0.01, h_pad=0.04, wspace=0.0))
    grid = canvas.subplots(2, len(SHOWN) + 1, subplot_kw={"frame_on": False})
    real, titles = toys.ring(150), [*map(str, SHOWN), "data"]
    for axes, (name, course) in zip(grid, courses.items(), strict=True):
        looks = [course.looks[now // EVERY - 1][:150] for now in SHOWN]
        for panel, points, title in zip(axes, [*looks, real], titles, strict=True):
            panel.plot(*CENTRES.T, "o", color=COLOURS["line"].light, markersize=5.5)
            tint = COLOURS["real" if title == "data" else "generated"].light
            panel.plot(*points.T, "o", color=tint, markersize=1.8, markeredgewidth=0)
            panel.set(xlim=(-1.4, 1.4), ylim=(-1.4, 1.4), xticks=[], yticks=[], aspect="equal")
        axes[0].set_ylabel(name)
    for panel, title in zip(grid[0], titles, strict=True):
        panel.set_title(title, fontsize=9, loc="center", fontweight="normal")
    canvas.suptitle(f"Samples after so many rounds, seed {seed}", fontsize=10)
    counts = ([int(course.at_once[now // EVERY - 1]) for now in SHOWN] for course in courses.values())
    return Picture.of(grid[0, 0], "Modes covered after {}: plain {}, unrolled {}, of 8.".format([*SHOWN], *counts))


def mean(values: Tensor) -> float:
    """Of the second half of the looks."""
    return values[len(values) // 2 :].double().mean().item()


def curves(runs: Mapping[int, Mapping[str, Course]]) -> tuple[Picture, Picture]:
    """Modes covered at once, and the one that the plain game is at."""
    at_once, where = blank("Modes covered at once", "round", "modes"), blank("Where the plain GAN is", "round", "mode")
    now = EVERY * torch.arange(1, ROUNDS // EVERY + 1)
    plain = torch.stack([runs[seed]["plain"].at_once for seed in SEEDS])
    at_once.fill_between(now, plain.amin(0), plain.amax(0), color=TINTS["plain"], alpha=0.45, label="plain, all seeds")
    for seed, dashes in zip(SEEDS, ("-", "--", ":"), strict=True):
        at_once.plot(now, runs[seed]["unrolled"].at_once, color=TINTS["unrolled"], linestyle=dashes, linewidth=1.2,
                     label=f"unrolled, seed {seed}")  # fmt: skip
    looks, mode = runs[SEEDS[0]]["plain"].path
    where.plot(now[looks], mode + 1, "o", color=TINTS["plain"], markersize=3.5)
    at_once.set(xlim=(0, ROUNDS), ylim=(-0.3, 11.2), yticks=range(0, 9, 2))
    at_once.legend(ncols=2, loc="upper center", fontsize=8)
    where.set(xlim=(0, ROUNDS), ylim=(0.5, 8.5), yticks=range(1, 9), title=f"Where the plain GAN is, seed {SEEDS[0]}")
    words = f"Modes covered at once. Curves of the unrolled GAN rise to 8, the plain one's band to {int(plain.max())}."
    more = "Which mode is covered alone, from 1 to 8 around the ring: it changes all the time, and comes back."
    return Picture.of(at_once, words), Picture.of(where, more)


def make() -> Drawn:
    runs = {seed: {name: Course(seed, rule) for name, rule in RULES.items()} for seed in SEEDS}
    one, same = (samples(trainer(SEEDS[0], rule).play(100)) for rule in (RULES["plain"], Simultaneous()))
    apart = (one - same).abs().max().item()
    pairs = [Pair("control, 0 steps looked through against play at once: farthest sample", apart, 0.0, 0.0)]
    for seed, courses in runs.items():
        plain, unrolled = courses["plain"], courses["unrolled"]
        untrained = modes(samples(trainer(seed, Unrolled(0))), CENTRES, WIDE)
        pairs += [
            Pair(f"seed {seed}, untrained (control): modes covered", untrained.covered, 0, 0),
            Pair(f"seed {seed}, plain: modes at once, mean of the second half", mean(plain.at_once), 1, 0.5),
            Pair(f"seed {seed}, plain: modes visited in the second half", int(plain.covered[40:].any(0).sum()), 8, 1),
            Pair(f"seed {seed}, plain: moves from one mode to another less 8, sign",
                 float(((plain.path[1].diff() != 0).sum() - 8).sign()), 1, 0),
            Pair(f"seed {seed}, unrolled: modes at once, mean of the second half", mean(unrolled.at_once), 8, 1),
            Pair(f"seed {seed}, unrolled: modes at once, at the end", int(unrolled.at_once[-1]), 8, 1),
            Pair(f"seed {seed}, share of good samples in the second half, unrolled less plain: sign",
                 math.copysign(1, mean(unrolled.good) - mean(plain.good)), 1, 0),
        ]  # fmt: skip
    return Drawn((*(rows(seed, runs[seed]) for seed in SEEDS[:2]), *curves(runs)), tuple(pairs))


FIGURE = Figure(
    title="A plain GAN jumps around the ring, an unrolled one covers it",
    text="Both share networks, data and seeds: the plain generator is at one mode or none, D learns to reject it, and "
    "it jumps to another. One that looks through five steps of D comes to cover all eight, though seeds lose some "
    "again, once all.",
    source="report, figures 22 and 32, after Metz et al. 2016; our networks are smaller, our rates faster, and both "
    "players move at once",
    section="5.1.1",
    make=make,
    seconds=120.0,
    tier="full",
    python="""
import torch
from sparring.dynamics import functional, unrolled
from sparring.figures.ring_modes import CENTRES, WIDE, samples, trainer
from sparring.metrics.modes import modes

measured = {}
for name, steps in {"plain": 0, "unrolled": 5}.items():
    run = trainer(100, unrolled.Unrolled(steps, functional.Adam(3e-3, (0.5, 0.999)))).play()
    shares = modes(samples(run), CENTRES, WIDE).weights
    at_once = sum(share >= 1 / 80 for share in shares)
    print(name, [round(share, 2) for share in shares])
measured["seed 100, unrolled: modes at once, at the end"] = at_once
""",
)
