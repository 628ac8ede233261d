"""Plays a DCGAN with the tricks of "GAN hacks" on and off, with other norms, and with remedies for lost modes.

Usage: python benchmarks/tips.py      (on one thread; goes on where it was stopped, and keeps what is finished)

    python benchmarks/tips.py pace          processor seconds of a round, so that all have the same time: once
    python benchmarks/tips.py play          one seed of all, then the next

The plain game is that of `sparring train dcgan` with 16 channels, the others those of `sparring train tips` and
`sparring train norms`: the tutorial's sections 4.3, 4.4 and 5.1.1. Each row changes one thing, and is played for as
many rounds as fit into SECONDS of processor time. The pace of the tricks was measured on an idle core, that of the
other rows by the side of the plain game: its pace times their ratio. Nothing is tuned but the rate of SGD: the best of
three on seed 0, against training pictures. The generator's average is measured once, at the end, against the shipped
1,000 held-out pictures. Results: benchmarks/tips/*.json; `python benchmarks/records/tips.py` sums them up.

Tricks of the list (https://github.com/soumith/ganhacks) by their numbers there. Not here: 10 and 11 are advice; 16 is
about conditions (`sparring train cgan`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

import sparring as sp
from sparring.data.embedded import fashion_mnist
from sparring.machine.files import write_atomically
from sparring.metrics.extractors import ShippedClassifier, extract
from sparring.metrics.frechet import frechet_distance
from sparring.metrics.manifold import manifold
from sparring.recipes.images import cgan, dcgan, norms, recognition, tips

HERE = Path(__file__).with_suffix("")
SECONDS, SEEDS, SAMPLES = 60.0, (1, 2, 3), 5000
PLAIN = 0.0338
"""Processor seconds of a round of the plain game on an idle core."""

TIPS: Mapping[str, str] = {
    "1 without tanh": "no-tanh",
    "2 minimax": "minimax",
    "3 uniform latents": "uniform-latents",
    "4 one batch": "one-batch",
    "5 sparse gradients": "sparse-gradients",
    "7 perceptrons": "perceptrons",
    "8 replay": "replay",
    "6 soft labels": "soft-labels",
    "6 noisy labels": "noisy-labels",
    "9 SGD for D": "sgd-for-d",
    "13 noise": "instance-noise",
    "14 two steps of D": "two-steps-of-d",
    "15 minibatch discrimination": "minibatch-discrimination",
    "17 dropout in G": "dropout",
    "five steps of D": "five-steps-of-d",
    "two steps of G": "two-steps-of-g",
    "D four times as fast": "fast-d",
    "G four times as fast": "slow-d",
    "D twice as wide": "wide-d",
    "D half as wide": "narrow-d",
    "D held back": "held-back",
    "minibatch deviation": "minibatch-deviation",
    "packing": "packing",
    "feature matching": "feature-matching",
    "historical averaging": "historical-averaging",
    "top-k": "top-k",
    "unrolling": "unrolling",
}
"""By the numbers of the list, what `--tip` is; those without a number are of sections 4.4 and 5.1.1."""

NORMS: Mapping[str, Mapping[str, str]] = {
    "virtual in G": {"generator_norm": "virtual"},
    "reference in G": {"generator_norm": "reference"},
    "layer in G": {"generator_norm": "layer"},
    "instance in G": {"generator_norm": "instance"},
    "weight norm in both": {"generator_norm": "weight", "discriminator_norm": "weight"},
    "none in G": {"generator_norm": "none"},
    "spectral in D": {"generator_norm": "batch", "discriminator_norm": "spectral"},
    "none in D": {"generator_norm": "batch", "discriminator_norm": "none"},
}
"""What `sparring train norms` is told: batch norm is in the other network."""

ROWS: Mapping[str, tuple[Any, Mapping[str, str]]] = {
    "plain": (dcgan, {}),
    "12 labels": (recognition, {}),
    **{name: (tips, {"tip": tip}) for name, tip in TIPS.items()},
    **{name: (norms, told) for name, told in NORMS.items()},
}
"""The recipe of each row, and what it is told."""


def trainer(name: str, seed: int, rounds: int) -> tuple[sp.Trainer, sp.hooks.Average[sp.Sampler]]:
    """The trainer of a row, and the average of its generator."""
    recipe, told = ROWS[name]
    config = recipe.Config(seed=seed, rounds=rounds, width=16, latent=64, device="cpu", threads=1, **told)
    playing: sp.Trainer = recipe.build(config, cgan.classified(fashion_mnist()))
    average = sp.hooks.Average(playing.game.sampler(), config.half_life * playing.images)
    playing.hooks.append(average)
    return playing, average


def pace(name: str) -> float:
    """Processor seconds of a round: the median ratio to the plain game in three turns of both, times its own."""
    ratios = []
    playing = {row: trainer(row, 0, 1000)[0].play(10) for row in (name, "plain")}
    for _ in range(3):
        spent = {}
        for row, one in playing.items():
            start = time.process_time()
            one.play(40)
            spent[row] = time.process_time() - start
        ratios.append(spent[name] / spent["plain"])
    return float(median(ratios)) * PLAIN


def play(name: str, seed: int) -> dict[str, Any]:
    """What one run gave; why it ended, if it went wrong."""
    rounds = int(SECONDS / known("pace")[name])
    start, (playing, average) = time.process_time(), trainer(name, seed, rounds)
    about = {"rounds": rounds, "seconds": SECONDS, "torch": torch.__version__}
    try:
        playing.play()
    except FloatingPointError as error:
        return about | {"error": str(error)}
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
    untrained = trainer("plain", 1, 10)[0].game.sampler().settled().sample(SAMPLES, seed=1).clamp(-1, 1)
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
        for name in ROWS:
            if name not in known("pace"):
                keep("pace", known("pace") | {name: float(f"{pace(name):.3g}")})
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
