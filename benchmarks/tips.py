"""Plays a DCGAN with the tricks of "GAN hacks" on and off, and with one player made stronger (tutorial, 4.4).

Usage: python benchmarks/tips.py      (on one thread; goes on where it was stopped, and keeps what is finished)

    python benchmarks/tips.py pace          processor seconds of a round, so that all have the same time: once
    python benchmarks/tips.py play          one seed of all, then the next

The plain game is that of `sparring train dcgan` with 16 channels. Each row changes one thing, and is played for as many
rounds as fit into SECONDS of processor time. Nothing is tuned but the rate of SGD: the best of three on
seed 0, against training pictures. The generator's average
is measured once, at the end, against the shipped 1,000 held-out pictures. Results: benchmarks/tips/*.json;
`python benchmarks/records/tips.py` sums them up.

Tricks of the list (https://github.com/soumith/ganhacks) by their numbers there. Not here: 8 is about replay, for which
there is no part yet; 10 and 11 are advice; 16 is about conditions (`sparring train cgan`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import sparring as sp
from sparring.data.embedded import fashion_mnist
from sparring.dynamics.dynamics import Dynamics
from sparring.dynamics.held_back import HeldBack
from sparring.games.gan import GAN
from sparring.games.images.recognition import RecognisingGAN
from sparring.games.together import Together
from sparring.latents import Latent
from sparring.layers.dropout import Dropout
from sparring.layers.instance_noise import InstanceNoise
from sparring.layers.minibatch_discrimination import MinibatchDiscrimination, initialise
from sparring.losses import AdversarialLoss, Minimax, NoisyLabels, NonSaturating, Smoothed
from sparring.machine.files import write_atomically
from sparring.metrics.extractors import ShippedClassifier, extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.manifold import manifold
from sparring.networks.dcgan import Discriminator, Generator
from sparring.networks.dcgan import initialise as drawn
from sparring.networks.mlp import MLP
from sparring.recipes.images import dcgan
from sparring.schedules import linear

HERE = Path(__file__).with_suffix("")
SECONDS, SEEDS, SAMPLES = 60.0, (1, 2, 3), 5000
SHAPE, LATENT, WIDTH = (1, 28, 28), 64, 16


class Always(Dropout):
    """Dropout that stays on when samples are made."""

    def forward(self, x: Tensor) -> Tensor:
        """As in training."""
        self.training = True
        return super().forward(x)


class Unit(nn.Module):
    """Pictures in [0, 1] for those in [-1, 1], or the other way."""

    def __init__(self, back: bool) -> None:
        super().__init__()
        self.back = back

    def forward(self, x: Tensor) -> Tensor:
        """The same shape."""
        return 2 * x - 1 if self.back else (x + 1) / 2


def generator(**options: Any) -> nn.Module:
    """That of the plain game."""
    return Generator(SHAPE, LATENT, WIDTH, **options)


def discriminator(width: int = WIDTH, **options: Any) -> nn.Module:
    """That of the plain game."""
    return Discriminator(SHAPE, width, **options)


def sigmoid() -> nn.Module:
    """A generator of pictures in [0, 1]."""
    layers = list(generator().layers)[:-1]  # type: ignore[arg-type]
    return nn.Sequential(*layers, nn.Sigmoid(), Unit(back=True))


def dropping() -> nn.Module:
    """A generator with dropout after its first norms and rectifiers, in training and after it."""
    parts: list[nn.Module] = []
    for layer in generator().layers:  # type: ignore[attr-defined]
        parts += [layer, Always(0.5)] if isinstance(layer, nn.ReLU) else [layer]
    return nn.Sequential(*parts)


def sparse() -> nn.Module:
    """A discriminator with rectifiers and max pooling, of as many channels."""
    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(((SHAPE[0], WIDTH), (WIDTH, 2 * WIDTH), (2 * WIDTH, 4 * WIDTH))):
        norm = [sp.layers.batch_norm.BatchNorm2d(after)] if i else []
        layers += [nn.Conv2d(before, after, 3, padding=1), *norm, nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(4 * WIDTH * 9, 1), nn.Flatten(0)).apply(drawn)


def minibatch() -> nn.Module:
    """The plain discriminator, whose last layer is told how near samples are to each other."""
    *layers, last, _ = discriminator().layers  # type: ignore[attr-defined]
    features = last.in_channels * last.kernel_size[0] * last.kernel_size[1]
    near = MinibatchDiscrimination(features, 32, 4)
    network = nn.Sequential(*layers, nn.Flatten(), near, nn.Linear(features + 32, 1), nn.Flatten(0))
    return initialise(network, fashion_mnist().examples(torch.arange(256)))


def flat() -> tuple[nn.Module, nn.Module]:
    """Perceptrons in place of convolutions."""
    g = nn.Sequential(MLP(LATENT, 256, 256, 784), nn.Tanh(), nn.Unflatten(1, SHAPE))
    return g, nn.Sequential(nn.Flatten(), MLP(784, 256, 256, 1, activation=partial(nn.LeakyReLU, 0.2), logits=True))


@dataclass(frozen=True, kw_only=True)
class Row:
    """A game, and how it is played: by default the plain one."""

    generator: Callable[[], nn.Module] = generator
    discriminator: Callable[[], nn.Module] = discriminator
    both: Callable[[], tuple[nn.Module, nn.Module]] | None = None
    latent: Latent = field(default_factory=lambda: sp.Normal(LATENT))
    loss: AdversarialLoss = field(default_factory=NonSaturating)
    game: Callable[..., GAN] = GAN
    dynamics: Dynamics = field(default_factory=lambda: sp.Alternating(fresh=False))
    rates: tuple[float, float] = (2e-3, 1e-3)
    sgd: bool = False


def steps(**counts: int) -> Dynamics:
    """So many in turn."""
    return sp.Alternating(counts, fresh=False)


ROWS: Mapping[str, Row] = {
    "plain": Row(),
    # tricks that the plain game has, each left out
    "1 without tanh": Row(generator=sigmoid, discriminator=lambda: nn.Sequential(Unit(back=False), discriminator())),
    "2 minimax": Row(loss=Minimax()),
    "3 uniform latents": Row(latent=sp.latents.Uniform(LATENT)),
    "4 one batch": Row(game=Together),
    "5 sparse gradients": Row(discriminator=sparse),
    "7 perceptrons": Row(both=flat),
    # tricks that it has not, each put in
    "6 soft labels": Row(loss=Smoothed(NonSaturating(), 0.9)),
    "6 noisy labels": Row(loss=NoisyLabels(NonSaturating(), 0.05)),
    "9 SGD for D": Row(sgd=True, rates=(2e-3, 1e-2)),
    "12 labels": Row(game=RecognisingGAN, discriminator=lambda: discriminator(outputs=10)),
    "13 noise": Row(discriminator=lambda: InstanceNoise(discriminator(), linear(0.3, 0.0))),
    "14 two steps of D": Row(dynamics=steps(discriminator=2)),
    "15 minibatch discrimination": Row(discriminator=minibatch),
    "17 dropout in G": Row(generator=dropping),
    # section 4.4
    "five steps of D": Row(dynamics=steps(discriminator=5)),
    "two steps of G": Row(dynamics=steps(generator=2)),
    "D four times as fast": Row(rates=(2e-3, 4e-3)),
    "G four times as fast": Row(rates=(2e-3, 2.5e-4)),
    "D twice as wide": Row(discriminator=lambda: discriminator(2 * WIDTH)),
    "D half as wide": Row(discriminator=lambda: discriminator(WIDTH // 2)),
    "D held back": Row(dynamics=HeldBack(0.7, fresh=False)),
}
"""By the numbers of the list; those without one are of section 4.4."""


def trainer(row: Row, seed: int, rounds: int) -> sp.Trainer:
    """The game and its trainer; rates fall in the second half as in the recipe, whose average it has."""
    config = dcgan.Config(seed=seed, rounds=rounds, device="cpu", threads=1,
                          generator_rate=row.rates[0], discriminator_rate=row.rates[1])  # fmt: skip
    with sp.Key(seed, ("initial weights",)).seeded():
        g, d = row.both() if row.both else (row.generator(), row.discriminator())
    game = row.game(g, d, row.latent, row.loss)
    game.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = sp.hooks.Average(game.sampler(), config.half_life * rounds * config.batch)
    data = sp.Data({"real": fashion_mnist()})
    return dcgan.trainer(config, data, game, rule=partial(optimizer, row, game), factors=linear(1.0, 0.01, first=0.5),
                         dynamics=row.dynamics, hooks=[average])  # fmt: skip


def optimizer(row: Row, game: GAN, parameters: Any, lr: float) -> torch.optim.Optimizer:
    """Adam, or SGD for the discriminator of a row that has it."""
    parameters = list(parameters)
    own = {id(p) for p in game.strategy("discriminator").values()}
    if row.sgd and id(parameters[0]) in own:
        return torch.optim.SGD(parameters, lr)
    return dcgan.adam(0.5, 0.999)(parameters, lr=lr)


def pace(row: Row) -> float:
    """Processor seconds of a round, over a hundred after ten."""
    playing = trainer(row, 0, 1000).play(10)
    start = time.process_time()
    playing.play(100)
    return (time.process_time() - start) / 100


def play(name: str, seed: int) -> dict[str, Any]:
    """What one run gave; why it ended, if it went wrong."""
    rounds = int(SECONDS / known("pace")[name])
    start, playing = time.process_time(), trainer(ROWS[name], seed, rounds)
    about = {"rounds": rounds, "seconds": SECONDS, "torch": torch.__version__}
    try:
        playing.play()
    except FloatingPointError as error:
        return about | {"error": str(error)}
    average = next(hook for hook in playing.hooks if isinstance(hook, sp.hooks.Average))
    with sp.Key(1, ("samples",)).seeded():
        samples = average.sampler.settled().sample(SAMPLES, seed=1).clamp(-1, 1)
    return about | scores(samples) | {"processor_seconds": round(time.process_time() - start, 1)}


def scores(samples: Tensor) -> dict[str, float]:
    """The distance of samples to the held-out pictures, and how many of these have one near them."""
    held_out = extract(ShippedClassifier(), fashion_mnist("held_out").examples())
    features = extract(ShippedClassifier(), samples)
    coverage = manifold(held_out, features[: len(held_out)]).coverage
    return {"frechet": round(frechet_distance(held_out, features), 3), "coverage": round(float(coverage), 4)}


def controls() -> dict[str, Any]:
    """The plain generator untrained, and 5,000 real training pictures."""
    untrained = trainer(Row(), 1, 10).game.sampler().settled().sample(SAMPLES, seed=1).clamp(-1, 1)
    return {"untrained": scores(untrained), "real": scores(fashion_mnist().examples(torch.arange(SAMPLES)))}


def known(name: str) -> dict[str, Any]:
    """What has been written."""
    file = HERE / f"{name}.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def keep(name: str, content: Mapping[str, Any]) -> None:
    """Writes a result."""
    write_atomically(HERE / f"{name}.json", f"{json.dumps(content, indent=1)}\n".encode())
    print(name, content, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pace", "play"])
    told = parser.parse_args()
    torch.set_num_threads(1)
    if told.what == "pace":
        for name, row in ROWS.items():
            if name not in known("pace"):
                keep("pace", known("pace") | {name: float(f"{pace(row):.3g}")})
        return
    if not known("controls"):
        keep("controls", controls())
    for seed in SEEDS:
        for name in ROWS:
            stem = f"{name.replace(' ', '-')}.{seed}"
            if not known(stem):
                keep(stem, play(name, seed))


if __name__ == "__main__":
    main()
