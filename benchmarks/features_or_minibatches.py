"""Plays the two games of Salimans et al. (2016) with 100 labels: feature matching, and minibatch discrimination.

Usage: python benchmarks/features_or_minibatches.py   (45 minutes or so on one thread; finished runs are kept)

The paper's section 5 says that features make the better classifier, and minibatch discrimination the better pictures.
Games, networks and rates are those of `benchmarks/semi_supervised.py` (https://arxiv.org/abs/1606.03498), which were
chosen for feature matching on split 100; minibatch discrimination has them untried. All runs have so many epochs. Both
figures are against 10,000 training digits that no run has seen: how many are taken for others, and the Fréchet distance
of 10,000 samples of the last generator, in features of the shipped classifier. Seeds, which are also the splits, and
claims were fixed before the runs. Controls: the same classifier of labels alone, and an untrained generator. Results:
benchmarks/semi_supervised/features_or_minibatches/; record.json there sums them up, once all are finished.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import semi_supervised
import torch

from sparring.data.digits import mnist
from sparring.evaluation.record import Claim, Figure, Published, Record, over_seeds, stamp
from sparring.kinds.drawing import from_bytes
from sparring.machine.files import write_atomically
from sparring.metrics.extractors import ShippedClassifier, extract
from sparring.metrics.frechet import frechet_distance

KEPT = Path(__file__).parent / "semi_supervised" / "features_or_minibatches"
OUT = KEPT / "record.json"
SEEDS, EPOCHS, LABELS, SAMPLES = (101, 102, 103), 5, 100, 10_000
NAMES = {"semi": "feature matching", "minibatch": "minibatch discrimination", "supervised": "labels alone"}
ERRORS, LOOKS = "errors of 10,000 held-out digits", "Fréchet distance of 10,000 samples to held-out digits"


def distance(game: Any) -> float:
    """Of the generator as it is."""
    held_out, classifier = from_bytes(mnist("train")[0][-SAMPLES:]), ShippedClassifier()
    samples = game.sampler().settled().sample(SAMPLES, seed=1).clamp(-1, 1)
    return round(frechet_distance(extract(classifier, held_out), extract(classifier, samples)), 3)


def play(method: str, seed: int, epochs: int) -> dict[str, Any]:
    """What one run gives."""
    start = time.process_time()
    setting = semi_supervised.METHODS[method][1]
    setting = replace(setting, epochs=epochs) if method != "supervised" else setting
    run = semi_supervised.trainer(method, LABELS, seed, setting, validate=True)
    untrained = distance(run.game) if method != "supervised" else None
    run.play()
    x, y = (part[-SAMPLES:] for part in mnist("train"))
    found = {"errors": semi_supervised.errors(run.hooks[-1].sampler, x, y)}
    if untrained is not None:
        found |= {"frechet": distance(run.game), "untrained": untrained}
    return {**found, "epochs": setting.epochs, "processor_seconds": round(time.process_time() - start, 1)}


def known(method: str, seed: int) -> dict[str, Any]:
    """A run that is finished, or is played now."""
    file = KEPT / f"{method}.{seed}.json"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, f"{json.dumps(play(method, seed, EPOCHS), indent=1)}\n".encode())
    return dict(json.loads(file.read_text(encoding="utf-8")))


PAPER = Published(
    figure=Figure(what="errors of 10,000 test digits, feature matching, 100 labels", value=93),
    source="Salimans et al. 2016, https://arxiv.org/abs/1606.03498, table 1",
    difference="300 epochs; test digits. Of minibatch discrimination it has no figure for these digits",
)


def run(quick: bool = False) -> Record:
    """All runs; the finished ones are read, so there is no quicker one."""
    torch.set_num_threads(1)
    runs = {method: [known(method, seed) for seed in SEEDS] for method in NAMES}
    wrong = {m: over_seeds(f"{NAMES[m]}: {ERRORS}", [one["errors"] for one in found]) for m, found in runs.items()}
    looks = {m: over_seeds(f"{NAMES[m]}: {LOOKS}", [one["frechet"] for one in runs[m]]) for m in ("semi", "minibatch")}
    untrained = min(one["untrained"] for m in looks for one in runs[m])
    features, minibatches = wrong["semi"], wrong["minibatch"]
    claims = (
        ("Features make the better classifier, in the mean.", features.value, "<", minibatches.value),
        ("Minibatch discrimination makes the better pictures.", looks["minibatch"].value, "<", looks["semi"].value),
        ("Features have fewer errors than labels alone.", max(features.values), "<", min(wrong["supervised"].values)),
        ("Both generators leave untrained ones behind.", max(max(f.values) for f in looks.values()), "<", untrained),
    )
    return Record(
        command="python benchmarks/features_or_minibatches.py",
        seeds=SEEDS,
        ours=(features, minibatches, *looks.values()),
        controls=(wrong["supervised"], Figure(what=f"the nearest of untrained generators: {LOOKS}", value=untrained)),
        published=(PAPER,),
        claims=tuple(Claim(words=words, left=a, relation=relation, right=b) for words, a, relation, b in claims),
        details={"epochs": EPOCHS, "runs": runs},
        **stamp(sum(one["processor_seconds"] for found in runs.values() for one in found)),
    )


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
