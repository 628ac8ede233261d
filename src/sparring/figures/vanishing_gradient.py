"""The generator's gradient while it stands still and its opponent is trained on: how large, and how noisy.

Arjovsky and Bottou (2017), https://arxiv.org/abs/1701.04862, figure 2. There the generators are of 1, 10 and 25 epochs,
and D takes 4,000 steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import torch
from matplotlib.axes import Axes
from torch import Tensor
from torch.optim import Adam

from sparring import GAN, Alternating, Key, Normal, Phase, Trainer
from sparring.data.embedded import fashion_mnist
from sparring.dynamics.gradients import gradient
from sparring.figures.frame import Drawn, Figure, Pair, Picture
from sparring.looks.colours import COLOURS, SERIES
from sparring.looks.vector import blank, logarithmic
from sparring.losses import AdversarialLoss, Minimax, NonSaturating, Wasserstein
from sparring.networks.dcgan import Discriminator, Generator
from sparring.penalties import interpolated

__all__ = ["FIGURE"]

SHAPE, LATENT, WIDTH, BATCH, EPOCH = (1, 28, 28), 64, 8, 64, 157
SEEDS, EPOCHS, BATCHES = (100, 101), (1, 4), 8
"""Of the whole; how long the generator has been trained when it stands still; batches in a look, always the same."""

STEPS = (0, 3, 10, 30, 60, 100, 180, 300, 1000)
"""Of D, after which we look; the critic stops before the last."""

HUES = {"minimax": SERIES[0], "non-saturating": SERIES[1], "Wasserstein": SERIES[3]}
Courses = Mapping[tuple[int, str], Tensor]
"""By the generator's epochs and its cost, what was seen in each look [looks, 4]: steps of the opponent; the mean over
batches of the norm of the generator's gradient; its noise, the root of the sum over parameters of its variance over
batches; the share of pictures that it judges rightly.
"""


def adams(game: GAN) -> dict[str, Adam]:
    return {name: Adam(game.strategy(name).values(), 1e-3, (0.5, 0.999), fused=True) for name in game.players()}


def gradients(game: GAN, loss: AdversarialLoss) -> Tensor:
    """The generator's gradients of a cost on some batches, [BATCHES, parameters]."""
    trainer = Trainer(Phase(game, adams(game), {"real": fashion_mnist()}, 1, batch=BATCH), seed=2**20)
    own, game.loss = game.loss, loss
    found = [gradient(game, "generator", round)[1].values() for round in islice(trainer.turns(), BATCHES)]
    game.loss = own
    return torch.stack([torch.cat([part.flatten() for part in parts if part is not None]) for parts in found]).double()


def told(game: GAN) -> float:
    """The share of held-out and of generated pictures on their side of the middle between the mean logits."""
    with torch.no_grad():
        real = game.discriminator(fashion_mnist("held_out").x / 127.5 - 1)
        fake = game.discriminator(game.generator(Key(2**20).normal("latent", (1000, LATENT))))
    border = (real.mean() + fake.mean()) / 2
    return torch.cat([real > border, fake < border]).float().mean().item()  # as many of either


def chase(game: GAN, costs: Mapping[str, AdversarialLoss], steps: tuple[int, ...], key: Key) -> dict[str, Tensor]:
    """Trains the opponent while the generator stands still; what was seen by the name of the cost."""
    turns, real = Alternating({"generator": 0}), {"real": fashion_mnist()}
    trainer = Trainer(Phase(game, adams(game), real, steps[-1], turns, batch=BATCH), seed=key.seed)
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in costs}
    for step in steps:
        trainer.play(step - trainer.state.round)
        right = told(game)
        for name, loss in costs.items():
            slopes = gradients(game, loss)
            noise = slopes.var(dim=0).sum().sqrt().item()
            found[name].append((step, slopes.norm(dim=1).mean().item(), noise, right))
    return {name: torch.tensor(looks) for name, looks in found.items()}


def courses(seed: int) -> Courses:
    """Trains a generator, and stops now and then for its opponents: a DCGAN's discriminator and WGAN-GP's critic."""
    key, found = Key(seed, ("a vanishing gradient",)), dict[tuple[int, str], Tensor]()
    with key.fold("generator").seeded():
        game = GAN(Generator(SHAPE, LATENT, WIDTH), Discriminator(SHAPE, WIDTH), Normal(LATENT))
    turns, real = Alternating(fresh=False), {"real": fashion_mnist()}
    trainer = Trainer(Phase(game, adams(game), real, EPOCH * EPOCHS[-1], turns, batch=BATCH), seed=seed)
    for epochs in EPOCHS:
        trainer.play(epochs * EPOCH - trainer.state.round)
        with key.fold("opponents").seeded():
            d, critic = Discriminator(SHAPE, WIDTH), Discriminator(SHAPE, WIDTH, norm=None)
        critic.layers[-2].bias.requires_grad_(False)  # its cost cancels it
        first = GAN(game.generator, d, Normal(LATENT), Minimax())
        other = GAN(game.generator, critic, Normal(LATENT), Wasserstein(), {interpolated: 10.0})
        seen = chase(first, {"minimax": Minimax(), "non-saturating": NonSaturating()}, STEPS, key)
        seen |= chase(other, {"Wasserstein": Wasserstein()}, STEPS[:-1], key)
        found |= {(epochs, name): looks for name, looks in seen.items()}
    return found


def panel(found: Mapping[int, Courses], epochs: int, column: int, title: str, y: str) -> Axes:
    """One column of the looks against the steps, of all costs and seeds."""
    axes = blank(f"{title}, G of {epochs} epoch{'s' * (epochs > 1)}", "steps of the opponent", y)
    axes.set_xscale("symlog", linthresh=3)
    for name, colour in HUES.items():
        for seed, style in zip(SEEDS, ("-", (0, (4, 1.5))), strict=True):
            axes.plot(*found[seed][epochs, name][:, [0, column]].T, color=colour, linestyle=style)
    axes.set(xlim=(-0.3, 1200), xticks=(0, 3, 10, 100, 1000), ylim=(0.4, 1.05))
    axes.set_xticklabels(("0", "3", "10", "100", "1,000"))
    axes.minorticks_off()
    names: dict[str, tuple[float, float]] = {"D": (4, 0.94), "critic": (130, 0.62)}
    if column < 3:
        logarithmic(axes, "y")
        axes.set(ylim=(1e-4, 1e3))
        names = {"minimax": (15, 2e-3), "non-saturating": (3.4, 200), "Wasserstein": (0.2, 6e-4)}
    for name, place in names.items():
        axes.text(*place, name, color={**HUES, "D": SERIES[1], "critic": SERIES[3]}[name])
    axes.text(0.02, 0.03, f"dashed: seed {SEEDS[1]}", transform=axes.transAxes, color=COLOURS["quiet"].light)
    return axes


def pairs(found: Courses, seed: int) -> list[Pair]:
    """Which way, and how far at least: a hundredfold counts as vanishing. The paper's best case is five orders."""
    rows = []
    for epochs in EPOCHS:
        (_, ms, _, right), (_, ns, noise, _), (_, ws, *_) = (found[epochs, name].T for name in HUES)
        where = f"G of {epochs} epoch{'s' * (epochs > 1)}, seed {seed}: "
        rows += [
            Pair(f"{where}minimax, the norm falls a hundredfold, 1 is yes", float(ms[0] >= 100 * ms[-1]), 1, 0),
            Pair(f"{where}non-saturating, last norm less first, sign", (ns[-1] - ns[0]).sign().item(), 1, 0),
            Pair(f"{where}non-saturating, last noise less first, sign", (noise[-1] - noise[0]).sign().item(), 1, 0),
            Pair(f"{where}Wasserstein, half of its largest norm stays, 1 is yes", float(2 * ws[-1] >= ws.max()), 1, 0),
            Pair(f"{where}share that D judges rightly at the end", right[-1].item(), 1, 0.01),
        ]
    return rows


def make() -> Drawn:
    found, last = {seed: courses(seed) for seed in SEEDS}, EPOCHS[-1]
    size = "The norm of the gradient, logarithmic: minimax falls by orders of magnitude, non-saturating grows, "
    rest = "Wasserstein rises and stays."
    noise = "Its noise: that of minimax falls, that of the non-saturating cost grows."
    told = "The share of pictures judged rightly, real or generated: D soon knows all, the critic 7 or 8 of 10."
    pictures = [Picture.of(panel(found, epochs, 1, "Gradient", "norm of G's gradient"), size + rest)
                for epochs in EPOCHS]  # fmt: skip
    pictures.append(Picture.of(panel(found, last, 2, "Noise", "deviation over batches"), noise))
    pictures.append(Picture.of(panel(found, last, 3, "Judged rightly", "share of pictures"), told))
    return Drawn(tuple(pictures), tuple(pair for seed in SEEDS for pair in pairs(found[seed], seed)))


FIGURE = Figure(
    title="A good discriminator, a vanishing gradient",
    text="The generator stands still while its opponent is trained: the better D, the smaller the gradient of the "
    "minimax cost. That of the non-saturating cost grows, and so does its noise; that of a Wasserstein "
    "critic grows until it stays.",
    source="Arjovsky and Bottou 2017, figure 2; report, section 3.2.3. D has batch norm as in a DCGAN, and the critic "
    "none. The critic is watched for 300 steps only",
    section="3.2.3",
    make=make,
    seconds=400.0,
    tier="full",
    python="""
import torch
from sparring import GAN, Alternating, Normal, Phase, Trainer, losses
from sparring.data.embedded import fashion_mnist
from sparring.networks.dcgan import Discriminator, Generator

def adams(game):
    return {name: torch.optim.Adam(game.strategy(name).values(), 1e-3, (0.5, 0.999)) for name in game.players()}

torch.manual_seed(100)
data, shape, turns = {"real": fashion_mnist()}, (1, 28, 28), Alternating(fresh=False)
game = GAN(Generator(shape, 64, 8), Discriminator(shape, 8), Normal(64))
Trainer(Phase(game, adams(game), data, 157, turns, batch=64)).play()  # an epoch of both
game, norms = GAN(game.generator, Discriminator(shape, 8), Normal(64), losses.Minimax()), []
for rounds in (0, 1000):  # of a new D alone
    Trainer(Phase(game, adams(game), data, rounds, Alternating({"generator": 0}), batch=64), seed=1).play()
    fake = game.discriminator(game.generator(torch.randn(512, 64)))
    slopes = torch.autograd.grad(game.loss.generator(fake, fake), list(game.generator.parameters()))
    norms.append(torch.cat([slope.flatten() for slope in slopes]).norm())
fall = (norms[0] >= 100 * norms[1]).item()
measured = {"G of 1 epoch, seed 100: minimax, the norm falls a hundredfold, 1 is yes": fall}
print(norms, measured)
""",
)
