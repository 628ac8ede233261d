"""Plays DCGANs on 500 pictures with and without augmentation, and measures them.

Usage: python benchmarks/augmentation.py      (on one thread; goes on where it was stopped, and keeps what is finished)

500 pictures of the set that ships, `sparring train dcgan` with 16 channels, 1,200 rounds, and `--augment` none, diff
and ada. All settings but these and the seeds are the recipe's; they were chosen with seed 0, which is not among the
three. Results: benchmarks/augmentation/*.json; `python benchmarks/records/augmentation.py` sums them up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import sparring as sp
from sparring.data.embedded import fashion_mnist
from sparring.metrics.extractors import ShippedClassifier, extract
from sparring.metrics.frechet import Reference, frechet_distance
from sparring.metrics.overfitting import overfitting
from sparring.recipes.images import dcgan

HERE = Path(__file__).with_suffix("")
NAMES, SEEDS, FEW, SHOWN = ("none", "diff", "ada"), (1, 2, 3), 500, 1000
SETTINGS: dict[str, Any] = {"rounds": 1200, "width": 16, "device": "cpu", "threads": 1}


def pictures() -> tuple[sp.InMemory, Tensor]:
    """The 500 to train on, and 1,000 held-out ones [N, 1, 28, 28] in [-1, 1]."""
    every = fashion_mnist()
    few = every.view(sp.Key(0, ("augmentation",)).permutation("few", len(every))[:FEW])
    return few, fashion_mnist("held_out").examples()


def play(name: str, seed: int) -> dict[str, Any]:
    """What one run gave: its distance, its discriminator's logits, and p where there is one."""
    few, held_out = pictures()
    torch.set_num_threads(1)
    start, config = time.perf_counter(), dcgan.Config(augment=name, seed=seed, **SETTINGS)
    game = dcgan.build(config, sp.Data({"real": few})).play().game
    samples = game.sampler().settled().sample(SHOWN, seed=1).clamp(-1, 1)
    game.eval()
    with torch.no_grad():
        found = overfitting(*(game.judge(x) for x in (few.examples(), held_out, samples)))
    p = [float(value) for key, value in game.state_dict().items() if key.endswith(".p")]
    distance = frechet_distance(reference(held_out), extract(ShippedClassifier(), samples))
    about = {"minutes": round((time.perf_counter() - start) / 60, 2), "torch": torch.__version__}
    return {"frechet": round(distance, 3), "overfitting": asdict(found), "p": p, "settings": SETTINGS, **about}


def reference(x: Tensor) -> Reference:
    """The features of real pictures."""
    return Reference.of(extract(ShippedClassifier(), x))


def copies() -> dict[str, Any]:
    """The distance of a generator that draws from the 500 pictures, as many as the others make."""
    few, held_out = pictures()
    drawn = few.examples()[sp.Key(1, ("copies",)).integers("which", (SHOWN,), FEW)]
    distance = frechet_distance(reference(held_out), extract(ShippedClassifier(), drawn))
    return {"frechet": round(distance, 3)}


def keep(name: str, compute: Callable[[], dict[str, Any]]) -> None:
    """Computes and writes what is not there."""
    file = HERE / f"{name}.json"
    if not file.exists():
        result = compute()
        HERE.mkdir(exist_ok=True)
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(file.name, result, flush=True)


def main() -> None:
    keep("copies", copies)
    for seed in SEEDS:  # one after the other, so that all have as many seeds
        for name in NAMES:
            keep(f"{name}.{seed}", lambda name=name, seed=seed: play(name, seed))


if __name__ == "__main__":
    main()
