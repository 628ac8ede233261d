"""Asks a conditional GAN for digits of some brightness and slant, and reads both back from what it makes.

Usage: python benchmarks/records/attributes.py      (goes on where it was stopped; runs are in benchmarks/attributes/)

Both numbers are computed from the pixels, so they are read back from samples by the same formula: no regressor stands
between. Measured: the root of the mean squared difference between what was asked for and what was read, in standard
deviations of the data, over 1,000 samples. Controls: the same with the numbers asked for shuffled among the samples,
and of the untrained generator. A model that ignored the condition and matched the data would have the root of 2.

Width and rounds were set by a stopwatch. The seeds were fixed before the first run; no other was tried.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

import sparring as sp
from sparring.cli.traversal import Cells, plan
from sparring.data.digits import mnist
from sparring.data.embedded import fashion_mnist
from sparring.data.measuring import MEASURES
from sparring.evaluation.record import Claim, Record, over_seeds, stamp
from sparring.hooks import Average
from sparring.kinds import drawing
from sparring.machine.files import write_atomically
from sparring.recipes.images import attributes

OUT, RUNS = Path(__file__).with_suffix(".json"), Path(__file__).parents[1] / "attributes"
PICTURE = Path(__file__).parents[2] / "docs" / "images" / "attributes.png"
SEEDS = (1, 2, 3)
NAMES = ("brightness", "slant")
CONFIG = attributes.Config(
    data="mnist", attributes=",".join(NAMES), rounds=1000, width=8, hold_out=0, threads=1, device="cpu"
)
COUNT = 1000
WORDS = ("brightness=0.08:0.2", "slant=-0.3:0.6")


def errors(sampler: sp.Sampler) -> dict[str, dict[str, float]]:
    """How far what is read back is from what was asked for, in deviations of the data, by the name of the number."""
    condition, given = sampler.condition, sampler.given(COUNT, 1)
    assert isinstance(condition, sp.conditions.measures.Measures)
    assert given is not None
    x = sampler.sample(COUNT, given=given, seed=1).clamp(-1, 1)
    shuffled = given[sp.Key(0).permutation("shuffled", COUNT)]

    def far(i: int, name: str, asked: Tensor) -> float:
        found = (MEASURES[name](x) - condition.means[i]) / condition.deviations[i]
        return (found - asked[:, i]).square().mean().sqrt().item()

    return {name: {"asked": far(i, name, given), "shuffled": far(i, name, shuffled)} for i, name in enumerate(NAMES)}


def play(config: attributes.Config, pictures: sp.InMemory) -> tuple[dict[str, Any], Image.Image]:
    """One run: what was found, and a traversal of both numbers."""
    used = time.process_time()
    trainer = attributes.build(config, attributes.numbered(pictures, NAMES))
    untrained = errors(trainer.game.sampler().settled())
    average = Average(trainer.game.sampler(), config.half_life * trainer.images)
    trainer.hooks.append(average)
    trainer.play()
    sampler = average.sampler.settled()
    seconds, found = time.process_time() - used, plan(sampler, WORDS, None, 8, 0)
    samples = Cells(sampler, found.cells).sample(len(found.given), given=found.given)
    told = {"seed": config.seed, "errors": errors(sampler), "untrained": untrained, "seconds": round(seconds, 1)}
    return told, drawing.headed(drawing.grid(samples, len(found.heads)), found.heads)


def rows(
    config: attributes.Config, seeds: Sequence[int], folder: Path, pictures: Callable[[], sp.InMemory], picture: Path
) -> list[dict[str, Any]]:
    """All runs, one after the other; those that are finished are read. The first one draws."""
    done = []
    for seed in seeds:
        file = folder / f"{seed}.json"
        if not file.exists():
            told, image = play(dataclasses.replace(config, seed=seed), pictures())
            file.parent.mkdir(exist_ok=True)
            if seed == seeds[0]:
                image.save(picture, optimize=True)
            write_atomically(file, json.dumps(told, indent=1).encode() + b"\n")
        done.append(json.loads(file.read_text(encoding="utf-8")))
    return done


def made(runs: Sequence[dict[str, Any]], config: attributes.Config, **about: Any) -> Record:
    """The record of these runs."""
    ours, controls, claims = [], [], []
    for name in NAMES:
        far = lambda which, key, name=name: [run[which][name][key] for run in runs]  # noqa: E731
        found = over_seeds(f"{name}: error of what is read back, deviations of the data", far("errors", "asked"))
        shuffled = over_seeds(f"{name}: the same with the numbers asked for shuffled", far("errors", "shuffled"))
        before = over_seeds(f"{name}: the same of the untrained generator", far("untrained", "asked"))
        ours, controls = [*ours, found], [*controls, shuffled, before]
        words = f"Samples have the {name} that was asked for rather than another's, on every seed."
        claims.append(Claim(words=words, left=max(found.values), relation="<", right=min(shuffled.values)))
    return Record(
        command="python benchmarks/records/attributes.py",
        seeds=tuple(run["seed"] for run in runs),
        ours=tuple(ours),
        controls=tuple(controls),
        claims=tuple(claims),
        missing={"published": "nobody asks digits for these numbers"},
        details={"config": dataclasses.asdict(config), "runs": list(runs)},
        **about,
    )


def run(quick: bool = False) -> Record:
    """Three seeds; quickly two, for two rounds of small networks, on garments."""
    torch.set_num_threads(1)
    if quick:
        small = dataclasses.replace(CONFIG, rounds=2, batch=8, width=2, latent=4)
        with tempfile.TemporaryDirectory() as folder:
            found = rows(small, SEEDS[:2], Path(folder), lambda: fashion_mnist("held_out"), Path(folder, "0.png"))
            return made(found, small, **stamp(1.0))
    runs = rows(CONFIG, SEEDS, RUNS, lambda: sp.InMemory(mnist("train")[0]), PICTURE)
    return made(runs, CONFIG, **stamp(sum(run["seconds"] for run in runs)))


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
