"""Trains BiGAN and ALI on MNIST without labels, and asks what their codes are worth.

Usage: python benchmarks/records/bigan.py      (goes on where it was stopped; finished runs are in benchmarks/bigan/)

Perceptrons and uniform latents as in section 4.2 of Donahue et al. (2017), https://arxiv.org/abs/1605.09782, with fewer
units and rounds. Measured at 2,000 test digits: the share whose nearest of 10,000 training digits, by codes, has their
class; and the Euclidean distance between a digit and its reconstruction, as a share of that between the digit and
another's reconstruction. Controls: the same of the untrained networks, and the nearest neighbour by pixels.

Units and rates were chosen on seed 11, rounds by a stopwatch. The seeds were fixed before the first run.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor, nn

import sparring as sp
from sparring.data.digits import mnist
from sparring.data.embedded import fashion_mnist
from sparring.evaluation.record import Claim, Figure, Published, Record, over_seeds, stamp
from sparring.games.images.bigan import ALI, BiGAN
from sparring.kinds import drawing
from sparring.layers.batch_norm import BatchNorm1d
from sparring.machine.files import write_atomically
from sparring.metrics.neighbours import nearest
from sparring.networks.pairs import Pairs

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "bigan"
PICTURES = Path(__file__).parents[2] / "docs" / "images"
SEEDS = (1, 2, 3)
KINDS: dict[str, type[BiGAN]] = {"BiGAN": BiGAN, "ALI": ALI}
SHOWN = 10


@dataclass(frozen=True)
class Config:
    """How long and how large."""

    seed: int = 0
    rounds: int = 700
    batch: int = 64
    units: int = 256
    latent: int = 50
    train: int = 10_000
    test: int = 2000


def perceptron(*sizes: int) -> nn.Sequential:
    """Layers with batch norm and leaky ReLU between them."""
    layers: list[nn.Module] = [nn.Flatten()]
    for n_in, n_out in pairwise(sizes[:-1]):
        layers += [nn.Linear(n_in, n_out, bias=False), BatchNorm1d(n_out), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]))


def new(kind: str, config: Config) -> BiGAN:
    """The untrained game."""
    units, size = config.units, config.latent
    with sp.Key(config.seed, ("initial weights",)).seeded():
        picture = nn.Sequential(nn.Tanh(), nn.Unflatten(1, (1, 28, 28)))
        generator = nn.Sequential(perceptron(size, units, units, 784), picture)
        encoder = perceptron(784, units, units, size * (1 + (kind == "ALI")))
        features = nn.Sequential(nn.Flatten(), nn.Linear(784, units), nn.LeakyReLU(0.2))
        return KINDS[kind](generator, encoder, Pairs(features, units + size, units), sp.Uniform(size))


def trained(kind: str, config: Config, x: Tensor) -> BiGAN:
    """The game after training."""
    game = new(kind, config)
    rates = {"discriminator": 1e-3, "generator": 1e-3}
    optimizers = {
        player: torch.optim.Adam(game.strategy(player).values(), lr=rate, betas=(0.5, 0.999), fused=True)
        for player, rate in rates.items()
    }
    turns = sp.Alternating(fresh=False)
    phase = sp.Phase(game, optimizers, {"real": sp.InMemory(x)}, config.rounds, turns, batch=config.batch)
    factors = sp.schedules.linear(1.0, 0.01, first=0.5)
    hooks = [sp.hooks.LearningRate(dict.fromkeys(rates, factors), config.rounds)]
    sp.Trainer(phase, hooks=hooks, seed=config.seed).play()
    return game


@torch.no_grad()
def found(game: BiGAN, train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor]) -> dict[str, float]:
    """What codes are worth; of pictures in [-1, 1] and classes."""
    game.eval()
    codes = [torch.cat([game.infer(part) for part in x.split(500)]) for x, _ in (train, test)]
    x, y = test
    again = torch.cat([game.reconstruct(part) for part in x.split(500)])
    own = (again - x).flatten(1).norm(dim=1).mean().item()
    other = (again.roll(1, 0) - x).flatten(1).norm(dim=1).mean().item()
    place = nearest(codes[1].double(), codes[0].double())[1][:, 0]
    right = (train[1][place] == y).double().mean().item()
    return {"nearest": right, "reconstruction": own, "another's": other, "ratio": own / other}


@torch.no_grad()
def picture(game: BiGAN, x: Tensor) -> Image.Image:
    """Pictures above their reconstructions."""
    return drawing.grid(torch.cat([x[:SHOWN], game.eval().reconstruct(x[:SHOWN])]), SHOWN)


def play(kind: str, config: Config, train: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor]) -> Any:
    """One run: what was found, and a picture."""
    used = time.process_time()
    game = trained(kind, config, train[0])
    seconds = time.process_time() - used
    opened = [(drawing.from_bytes(x[:n]), y[:n]) for (x, y), n in ((train, config.train), (test, config.test))]
    place = nearest(opened[1][0].flatten(1), opened[0][0].flatten(1))[1][:, 0]
    told = {
        "kind": kind,
        "seed": config.seed,
        **found(game, *opened),
        "untrained": found(new(kind, config), *opened),
        "pixels": (opened[0][1][place] == opened[1][1]).double().mean().item(),
        "seconds": round(seconds, 1),
    }
    return told, picture(game, opened[1][0])


def rows(config: Config, seeds: Sequence[int], folder: Path, sets: Any) -> list[dict[str, Any]]:
    """All runs, one after the other; those that are finished are read."""
    done = []
    for seed in seeds:
        for kind in KINDS:
            file = folder / f"{kind}.{seed}.json"
            if not file.exists():
                told, image = play(kind, dataclasses.replace(config, seed=seed), *sets())
                file.parent.mkdir(exist_ok=True)
                image.save(file.with_suffix(".png"), optimize=True)
                write_atomically(file, json.dumps(told, indent=1).encode() + b"\n")
            done.append(json.loads(file.read_text(encoding="utf-8")))
    return done


def made(runs: Sequence[dict[str, Any]], config: Config, **about: Any) -> Record:
    """The record of these runs."""
    ours, controls, claims = [], [], []
    for kind in KINDS:
        mine = [run for run in runs if run["kind"] == kind]
        values = lambda key, mine=mine: [run[key] for run in mine]  # noqa: E731
        before = lambda key, mine=mine: [run["untrained"][key] for run in mine]  # noqa: E731
        right = over_seeds(f"{kind}: test digits whose nearest code has their class", values("nearest"))
        ratio = over_seeds(f"{kind}: distance to the own reconstruction over that to another's", values("ratio"))
        random = over_seeds(f"{kind}, untrained: nearest code", before("nearest"))
        same = over_seeds(f"{kind}, untrained: ratio of distances", before("ratio"))
        ours, controls = [*ours, right, ratio], [*controls, random, same]
        nearer = f"Reconstructions of {kind} are nearer to their own digit than to another, on every seed."
        better = f"Codes of {kind} are worth more than those of an untrained encoder, on every seed."
        claims += [
            Claim(words=nearer, left=max(ratio.values), relation="<", right=min(same.values)),
            Claim(words=better, left=min(right.values), relation=">", right=max(random.values)),
        ]
    pixels = Figure(what="nearest digit by pixels", value=runs[0]["pixels"])
    published = Figure(what="BiGAN: test digits whose nearest code has their class, %", value=97.39)
    return Record(
        command="python benchmarks/records/bigan.py",
        seeds=tuple(dict.fromkeys(run["seed"] for run in runs)),
        ours=tuple(ours),
        controls=(*controls, pixels),
        published=(
            Published(
                figure=published,
                source="Donahue et al. 2017, table 1",
                difference="1,024 units, 400 epochs of 60,000 digits, neighbours among all of them, 10,000 test digits",
            ),
        ),
        claims=tuple(claims),
        details={"config": dataclasses.asdict(config), "runs": list(runs)},
        **about,
    )


def run(quick: bool = False) -> Record:
    """Three seeds; quickly two, for two rounds of small networks, on garments."""
    torch.set_num_threads(1)
    if quick:
        small, held = Config(rounds=2, batch=8, units=8, latent=4, train=200, test=50), fashion_mnist("held_out")
        sets = lambda: ((fashion_mnist().x, fashion_mnist().y), (held.x, held.y))  # noqa: E731
        with tempfile.TemporaryDirectory() as folder:
            return made(rows(small, SEEDS[:2], Path(folder), sets), small, **stamp(1.0))
    runs = rows(Config(), SEEDS, RUNS, lambda: (mnist("train"), mnist("t10k")))
    for kind in KINDS:
        Image.open(RUNS / f"{kind}.{SEEDS[0]}.png").save(PICTURES / f"{kind.lower()}.png", optimize=True)
    return made(runs, Config(), **stamp(sum(run["seconds"] for run in runs)))


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
