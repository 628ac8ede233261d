"""A ring of eight Gaussians: a plain GAN goes from mode to mode, an unrolled one comes to cover them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from matplotlib.figure import Figure as Canvas
from torch import Tensor, nn
from torch.optim import Adam

from sparring.chance import Key
from sparring.data import toys
from sparring.data.source import InMemory
from sparring.dynamics import functional
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.simultaneous import Simultaneous
from sparring.dynamics.unrolled import Unrolled
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.games.gan import GAN
from sparring.latents import Normal
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank
from sparring.losses import Minimax
from sparring.metrics.modes import modes
from sparring.networks.mlp import MLP
from sparring.trainer import Phase, Trainer

__all__ = ["FIGURE"]

CENTRES, STD, WIDE = 2.0 * toys.ring_modes(), 0.02, 0.1
"""The ring: radius 2, eight modes, each at its own place. A sample counts for a mode within 3 x WIDE of its centre."""

SEEDS, ROUNDS, EVERY, STEPS, RATE, BETAS = (0, 1, 2), 2500, 25, 5, 2e-3, (0.5, 0.999)
SHOWN = (250, 500, 1000, 1500, 2500)
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
    data = {"real": InMemory(toys.gaussians(100_000, CENTRES, stds=STD, seed=seed))}
    return Trainer(Phase(game, adams, data, ROUNDS, rule), seed=seed)


def samples(trainer: Trainer) -> Tensor:
    """2,000 samples [2000, 2], of the same latents each time."""
    with torch.no_grad():
        made: Tensor = trainer.game.generator(Key(0).normal("look", (2000, 16)))
    return made


class Course:
    """A run, seen every 25 rounds.

    Attributes:
        looks: The samples [2000, 2] at each look.
        covered: Which modes have at least a tenth of their due share of samples, [looks, 8].
        good: The share of samples within 3 standard deviations of a mode, [looks].
    """

    def __init__(self, seed: int, rule: Dynamics) -> None:
        playing = trainer(seed, rule)
        self.looks = [samples(playing.play(EVERY)) for _ in range(ROUNDS // EVERY)]
        shares = torch.tensor([modes(look, CENTRES, WIDE).weights for look in self.looks])
        self.covered = shares >= 1 / 80
        self.good = torch.tensor([modes(look, CENTRES, STD).high_quality for look in self.looks])

    @property
    def at_once(self) -> Tensor:
        """How many modes are covered at each look, [looks]."""
        return self.covered.sum(1)

    @property
    def path(self) -> tuple[Tensor, Tensor]:
        """The looks at which one mode alone is covered, and which, [n] and [n]."""
        alone = self.at_once == 1
        return alone.nonzero()[:, 0], self.covered[alone].long().argmax(1)

    @property
    def moves(self) -> int:
        """How often the mode that is covered alone changes."""
        return int((self.path[1].diff() != 0).sum())


def rows(seed: int, courses: Mapping[str, Course]) -> Picture:
    """Samples over time, a row for each rule."""
    canvas = Canvas(figsize=(4.9, 2.2), layout="constrained")
    grid = canvas.subplots(2, len(SHOWN) + 1)
    real = toys.gaussians(150, CENTRES, stds=STD)
    for axes, (name, course) in zip(grid, courses.items(), strict=True):
        looks = [course.looks[now // EVERY - 1][:150] for now in SHOWN]
        for panel, points, title in zip(axes, [*looks, real], [*map(str, SHOWN), "data"], strict=True):
            panel.plot(*CENTRES.T, "o", color=COLOURS["line"].light, markersize=6)
            tint = COLOURS["real" if title == "data" else "generated"].light
            panel.plot(*points.T, "o", color=tint, markersize=1.6, markeredgewidth=0)
            panel.set(xlim=(-2.9, 2.9), ylim=(-2.9, 2.9), xticks=[], yticks=[], aspect="equal")
            if axes is grid[0]:
                panel.set_title(title, fontsize=9)
        axes[0].set_ylabel(name)
    canvas.suptitle(f"Samples after so many rounds, seed {seed}", fontsize=10)
    first, last = ([int(course.at_once[now // EVERY - 1]) for now in SHOWN] for course in courses.values())
    words = f"Modes covered after {SHOWN} rounds: plain {first}, unrolled {last}, of 8 in the data."
    return Picture.of(grid[0, 0], words.replace("(", "").replace(")", ""))


def curves(runs: Mapping[int, Mapping[str, Course]]) -> tuple[Picture, Picture]:
    """Modes covered at once, and the one that the plain game is at."""
    at_once, where = blank("Modes covered at once", "round", "modes"), blank("Where the plain GAN is", "round", "mode")
    now = EVERY * torch.arange(1, ROUNDS // EVERY + 1)
    for (seed, courses), dashes in zip(runs.items(), ("-", (0, (4, 1.5)), (0, (1, 1))), strict=True):
        for name, course in courses.items():
            at_once.plot(now, course.at_once, color=TINTS[name], linestyle=dashes, linewidth=1.2,
                         label=f"{name}, seed {seed}")  # fmt: skip
    looks, mode = runs[SEEDS[0]]["plain"].path
    where.plot(now[looks], mode + 1, "o-", color=TINTS["plain"], markersize=3, linewidth=0.6)
    at_once.set(xlim=(0, ROUNDS), ylim=(-0.3, 11.2), yticks=range(0, 9, 2))
    at_once.legend(ncols=2, loc="upper center", fontsize=8)
    where.set(xlim=(0, ROUNDS), ylim=(0.5, 8.5), yticks=range(1, 9), title=f"Where the plain GAN is, seed {SEEDS[0]}")
    words = "Curves of modes covered at once. The plain GAN stays at 0 to 2; the unrolled one rises to 8 on each seed."
    more = "Which mode is covered alone, from 1 to 8 around the ring: it changes all the time, mostly to a neighbour."
    return Picture.of(at_once, words), Picture.of(where, more)


def make() -> Drawn:
    runs = {seed: {name: Course(seed, rule) for name, rule in RULES.items()} for seed in SEEDS}
    same = [samples(trainer(SEEDS[0], rule).play(100)) for rule in (Unrolled(0), Simultaneous())]
    pairs = [Pair("control, 0 steps looked through against play at once: farthest sample",
                  (same[0] - same[1]).abs().max().item(), 0.0, 0.0)]  # fmt: skip
    for seed, courses in runs.items():
        plain, unrolled = courses["plain"], courses["unrolled"]
        untrained = modes(samples(trainer(seed, Unrolled(0))), CENTRES, WIDE)
        better = unrolled.good[-20:].mean() - plain.good[-20:].mean()
        pairs += [
            Pair(f"seed {seed}, untrained (control): modes covered", untrained.covered, 0, 0),
            Pair(f"seed {seed}, plain: modes at once, the most of the second half",
                 int(plain.at_once[50:].max()), 1, 1),
            Pair(f"seed {seed}, plain: modes visited in the second half", int(plain.covered[50:].any(0).sum()), 8, 1),
            Pair(f"seed {seed}, plain: moves from one mode to another less 8, sign",
                 float(torch.tensor(plain.moves - 8).sign()), 1, 0),
            Pair(f"seed {seed}, unrolled: modes at once, at the end", int(unrolled.at_once[-1]), 8, 1),
            Pair(f"seed {seed}, unrolled: modes at once, the least of the last 10 looks",
                 int(unrolled.at_once[-10:].min()), 8, 2),
            Pair(f"seed {seed}, share of good samples, unrolled less plain: sign", float(better.sign()), 1, 0),
        ]  # fmt: skip
    return Drawn((*(rows(seed, runs[seed]) for seed in SEEDS[:2]), *curves(runs)), tuple(pairs))


FIGURE = Figure(
    title="A plain GAN goes around the ring, an unrolled one covers it",
    text="Both have the same networks, data and seeds: the plain generator is at one mode, D learns to reject it, and it "
    "moves on. A generator that looks through five steps of D comes to cover all eight.",
    source="report, figures 22 and 32, after Metz et al. 2016; ours are smaller networks with faster rates, and all "
    "move at once",
    section="5.1.1",
    make=make,
    seconds=150.0,
    tier="full",
    python="""
import torch
from sparring.dynamics import functional, unrolled
from sparring.figures.ring_modes import CENTRES, WIDE, samples, trainer
from sparring.metrics.modes import modes

measured = {}
for name, steps in {"plain": 0, "unrolled": 5}.items():
    run = trainer(0, unrolled.Unrolled(steps, functional.Adam(2e-3, (0.5, 0.999)))).play()
    shares = modes(samples(run), CENTRES, WIDE).weights
    at_once = sum(share >= 1 / 80 for share in shares)
    print(name, [round(share, 2) for share in shares])
measured["seed 0, unrolled: modes at once, at the end"] = at_once
""",
)
