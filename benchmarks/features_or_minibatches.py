"""Plays the two games of Salimans et al. (2016) with 100 labels: feature matching, and minibatch discrimination.

Usage: python benchmarks/features_or_minibatches.py   (half an hour; finished runs are kept)
       python benchmarks/records/features_or_minibatches.py                    (sums them up)

Games, networks and rates are those of `benchmarks/semi_supervised.py` (https://arxiv.org/abs/1606.03498), which were
chosen on split 100, of minibatch discrimination less carefully. All runs have as many epochs, which are few. Both
figures are against 10,000 training digits that no run has seen: how many are taken for others, and the Fréchet distance
of 10,000 samples of the last generator, in features of the shipped classifier. Seeds are splits, too, and were fixed
before the runs. Controls: the same classifier of labels alone, and an untrained generator. Results:
benchmarks/semi_supervised/features_or_minibatches/, and pictures of the first seed in docs/images.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import semi_supervised
import torch

from sparring.data.digits import mnist
from sparring.kinds.drawing import from_bytes, grid
from sparring.machine.files import write_atomically
from sparring.metrics.extractors import ShippedClassifier, extract
from sparring.metrics.frechet import frechet_distance

KEPT = Path(__file__).parent / "semi_supervised" / "features_or_minibatches"
IMAGES = Path(__file__).parents[1] / "docs" / "images"
SEEDS, EPOCHS, LABELS, SAMPLES = (101, 102, 103), 4, 100, 10_000
METHODS = ("semi", "minibatch", "supervised")


def distance(game: Any) -> float:
    """Of the generator as it is."""
    held_out, classifier = from_bytes(mnist("train")[0][-SAMPLES:]), ShippedClassifier()
    samples = game.sampler().settled().sample(SAMPLES, seed=1).clamp(-1, 1)
    return round(frechet_distance(extract(classifier, held_out), extract(classifier, samples)), 3)


def play(method: str, seed: int) -> dict[str, Any]:
    """What one run gives."""
    start = time.process_time()
    setting = semi_supervised.METHODS[method][1]
    setting = replace(setting, epochs=EPOCHS) if method != "supervised" else setting
    run = semi_supervised.trainer(method, LABELS, seed, setting, validate=True)
    untrained = distance(run.game) if method != "supervised" else None
    run.play()
    x, y = (part[-SAMPLES:] for part in mnist("train"))
    found: dict[str, Any] = {"errors": semi_supervised.errors(run.hooks[-1].sampler, x, y)}
    if untrained is not None:
        found |= {"frechet": distance(run.game), "untrained": untrained}
        if seed == SEEDS[0]:
            samples = run.game.sampler().settled().sample(40, seed=1).clamp(-1, 1)
            grid(samples, 10).save(IMAGES / f"few-labels-{method}.png", optimize=True)
    seconds = round(time.process_time() - start, 1)
    return {"method": method, "seed": seed, **found, "setting": asdict(setting), "processor_seconds": seconds}


def main() -> None:
    """Plays what is not finished."""
    torch.set_num_threads(1)
    KEPT.mkdir(parents=True, exist_ok=True)
    for seed in SEEDS:
        for method in METHODS:
            file = KEPT / f"{method}.{seed}.json"
            if not file.exists():
                found = play(method, seed)
                write_atomically(file, f"{json.dumps(found, indent=1)}\n".encode())
                print({name: value for name, value in found.items() if name != "setting"}, flush=True)


if __name__ == "__main__":
    main()
