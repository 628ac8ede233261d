"""Plays a DCGAN on colour pictures without labels, and a conditional GAN on clusters of them, for the same time.

Usage: python benchmarks/clusters.py [pace | play] [--seconds 150]    (one thread; what is finished is kept)

    pace      processor seconds of a round, once
    play      seeds 1, 2 and 3 against 500 pictures that nobody trained on

Pictures: OpenMoji at 32 x 32 (`sparring data get openmoji`). All networks have 16 channels and 64 latents. All runs
have so many seconds of processor time. There are 100 clusters, the recipe's own number. The control is `random`: as
many clusters of the same sizes, of pictures drawn at random. So it tells alike pictures from any condition at all.
Features are those of `sparring evaluate` for such pictures: EfficientNet-Lite0's 320 (`pip install
'sparring[metrics]'`). Seeds and the number of clusters were fixed before the runs, and so were the claims: on all
seeds clusters are nearer than the plain game, and nearer than random ones. Results:
benchmarks/clusters/SECONDS/*.json.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import sparring as sp
from sparring.data.preparation import Preparation
from sparring.machine.files import write_atomically
from sparring.metrics.extractors import efflite0_320, extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.manifold import manifold
from sparring.recipes.images import cgan, dcgan

HERE = Path(__file__).with_suffix("")
SEEDS, CLUSTERS, SAMPLES = (1, 2, 3), 100, 500
ROWS = ("plain", "clusters", "random")


def pictures() -> tuple[sp.InMemory, sp.InMemory]:
    """Those to train on, and 500 others."""
    left, held_out = sp.Data({"real": sp.open_data("openmoji", Preparation(size=(32,)))}).split(SAMPLES, 0)
    return left.main, held_out


def labelled(row: str, seed: int) -> sp.Data:
    """The training pictures with what a row is told of them."""
    found = pictures()[0]
    if row == "plain":
        return sp.Data({"real": found})
    found = sp.data.clusters.clustered(found, CLUSTERS, seed)
    if row == "random":
        assert found.y is not None
        assert found.rows is not None
        order = sp.Key(seed, ("random clusters",)).permutation("order", len(found))
        found.y[found.rows] = found.y[found.rows][order]
    return cgan.classified(found)


def trainer(row: str, seed: int, rounds: int) -> tuple[sp.Trainer, sp.hooks.Average[sp.Sampler]]:
    """The trainer of a row, and the average of its generator."""
    recipe: Any = dcgan if row == "plain" else cgan
    config = recipe.Config(seed=seed, rounds=rounds, width=16, latent=64, device="cpu", threads=1)
    playing: sp.Trainer = recipe.build(config, labelled(row, seed))
    average = sp.hooks.Average(playing.game.sampler(), config.half_life * playing.images)
    playing.hooks.append(average)
    return playing, average


def pace(row: str) -> float:
    """Processor seconds of a round, over thirty after five."""
    playing = trainer(row, 0, 1000)[0].play(5)
    start = time.process_time()
    playing.play(30)
    return (time.process_time() - start) / 30


def play(row: str, seed: int, seconds: float) -> dict[str, Any]:
    """What one run gave."""
    rounds = int(seconds / known("pace")["plain" if row == "plain" else "clusters"])
    start, (playing, average) = time.process_time(), trainer(row, seed, rounds)
    playing.play()
    used = time.process_time() - start
    samples = average.sampler.settled().sample(SAMPLES, seed=1).clamp(-1, 1)
    return {"rounds": rounds, "processor_seconds": round(used, 1)} | scores(samples) | {"torch": torch.__version__}


@cache
def real_features() -> Tensor:
    """Of the pictures that nobody trained on."""
    return extract(efflite0_320(), pictures()[1].examples())


def scores(samples: Tensor) -> dict[str, float]:
    """The distance of samples to as many pictures, and how many of these have one near them."""
    real, made = real_features(), extract(efflite0_320(), samples)
    coverage = float(manifold(real, made).coverage)
    return {"frechet": round(frechet_distance(real, made), 3), "coverage": round(coverage, 4)}


def controls() -> dict[str, Any]:
    """The plain generator untrained, and as many training pictures."""
    untrained = trainer("plain", 1, 10)[0].game.sampler().settled().sample(SAMPLES, seed=1).clamp(-1, 1)
    return {"untrained": scores(untrained), "real": scores(pictures()[0].examples(torch.arange(SAMPLES)))}


def known(name: str) -> dict[str, Any]:
    """What has been written."""
    file = HERE / f"{name}.json"
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}


def keep(name: str, content: Mapping[str, Any]) -> None:
    """Writes a result."""
    file = HERE / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, f"{json.dumps(content, indent=1)}\n".encode())
    print(name, content, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pace", "play"])
    parser.add_argument("--seconds", type=float, default=150.0)
    told = parser.parse_args()
    torch.set_num_threads(1)
    if told.what == "pace":
        keep("pace", known("pace") or {row: float(f"{pace(row):.3g}") for row in ROWS[:2]})
        return
    for seed in SEEDS:
        for row in ROWS:
            name = f"{told.seconds:g}/{row}.{seed}"
            if not known(name):
                keep(name, play(row, seed, told.seconds))
    if not known("controls"):
        keep("controls", controls())


if __name__ == "__main__":
    main()
