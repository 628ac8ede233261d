"""Trains the recipe `rgan` on sines and on the weather of Seattle, three seeds, and judges windows by two classifiers.

Usage: python benchmarks/records/series.py      (about three minutes on one core; first: sparring data get
seattle-weather)

A classifier learns to tell generated windows from those of training. It is tested on other generated windows and on
later real ones: of the last fifth of the weather, or fresh sines. Its score is how far its accuracy is from 1/2. The
strong one has a state of 32 units. The weak one has half as many units as channels, as in TimeGAN's code. The controls
are judged in the same way: the untrained generator, and real windows whose steps are shuffled. The floor is real
windows: an earlier and a later part in the place of real and generated ones. What is generated is by the average at the
last round. Seeds and protocol were fixed before the first run. Results: series.json beside this file.
"""

from __future__ import annotations

import dataclasses
import time
from pathlib import Path

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.data.series import LENGTH
from sparring.data.streams import Data
from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp
from sparring.hooks import Average
from sparring.kinds.series import autocorrelation
from sparring.metrics.discriminative import half_width, told_apart
from sparring.recipes.series.rgan import Config, build, open_data, sampler

OUT = Path(__file__).with_suffix(".json")
DRAWN, WINDOWS = ("seattle-weather", 0), 5
"""The run of which some windows stand in the record, for `tools/draw_series.py`."""
SEEDS, SETS, SAMPLES, LAGS, STEPS = (0, 1, 2), ("sines", "seattle-weather"), 2000, 12, 200

Parts = tuple[Tensor, Tensor]
Found = dict[str, object]


def judged(training: Parts, test: Parts, steps: int) -> Found:
    """Both scores, and the mean difference of the autocorrelations of real and other windows of the test."""
    channels = training[0].shape[2]
    strong, weak = (told_apart(training, test, width=width, steps=steps) for width in (32, half_width(channels)))
    real, other = (autocorrelation(part, LAGS) for part in test)
    found = {"strong": strong.score, "weak": weak.score, "autocorrelation": (real - other).abs().mean().item()}
    return {**found, "sizes": [strong.parameters, weak.parameters], "of lags": other.tolist()}


def halves(x: Tensor, gap: int = 0) -> Parts:
    return x[: (len(x) - gap) // 2], x[-((len(x) - gap) // 2) :]


def trained(name: str, seed: int, samples: int, steps: int, rounds: int) -> Found:
    config = Config(data=name, seed=seed, rounds=rounds, device="cpu")
    data, start = open_data(config), time.process_time()
    trainer = build(config, data)
    average = Average(trainer.game.sampler(), config.half_life * trainer.images)
    trainer.hooks.append(average)
    trainer.play()
    seconds = round(time.process_time() - start, 1)
    made = halves(data.kind.clean(average.sampler.sample(samples, seed=seed)))
    drawn = made[0][:WINDOWS] if (name, seed) == DRAWN else made[0][:0]
    about = {"seed": seed, "processor seconds": seconds, "windows": data.kind.array(drawn).round(6).tolist()}
    return about | against(data, made, steps)


def against(data: Data, made: Parts, steps: int) -> Found:
    """Two parts of made windows, judged beside windows of training and later ones."""
    assert data.main.fresh is not None
    return judged((data.main.examples(), made[0]), (data.main.fresh().examples(), made[1]), steps)


def shuffled(x: Tensor) -> Tensor:
    """The steps of each window in an order of its own."""
    order = Key(0, ("shuffled",)).uniform("order", x.shape[:2]).argsort(dim=1)
    return x.gather(1, order[..., None].expand_as(x))


def controls(name: str, samples: int, steps: int) -> dict[str, Found]:
    config = Config(data=name, device="cpu")
    data = open_data(config)
    assert data.main.fresh is not None
    x, later = data.main.examples(), data.main.fresh().examples()
    untrained = data.kind.clean(sampler(config, data.spec).sample(samples))
    pairs = zip(*(halves(part, LENGTH) for part in (x, later)), strict=True)  # windows a window apart share no step
    return {
        "untrained generator": against(data, halves(untrained), steps),
        "shuffled steps": against(data, (shuffled(x), shuffled(later)), steps),
        "real windows, earlier against later": judged(*pairs, steps),
    }


WORDS = {
    "strong": "accuracy less 1/2 of a classifier with 32 units",
    "weak": "accuracy less 1/2 of a classifier with half as many units as channels",
    "autocorrelation": f"mean difference of autocorrelations from later windows, lags 1 to {LAGS}",
}


def made(runs: dict[str, list[dict]], others: dict[str, dict[str, dict]], **about: object) -> Record:
    """The record of these runs."""
    ours = {(key, name): over_seeds(f"{words}, {name}", [run[key] for run in found])
            for name, found in runs.items() for key, words in WORDS.items()}  # fmt: skip
    given = [
        Figure(what=f"{words}, {name}: {who}", value=them[key])
        for name, found in others.items()
        for key, words in WORDS.items()
        for who, them in found.items()
    ]
    claims = [
        Claim(
            words=f"On every seed autocorrelations are nearer than those of {who}: {name}.",
            left=max(ours["autocorrelation", name].values),
            relation="<",
            right=others[name][who]["autocorrelation"],
        )
        for name in runs
        for who in ("untrained generator", "shuffled steps")
    ]
    claims += [
        Claim(
            words=f"On every seed the strong classifier is better than the weak one: {name}.",
            left=min(ours["strong", name].values),
            relation=">",
            right=max(ours["weak", name].values),
        )
        for name in runs
    ]
    return Record(
        command="python benchmarks/records/series.py",
        seeds=tuple(run["seed"] for run in next(iter(runs.values()))),
        ours=tuple(ours.values()),
        controls=tuple(given),
        claims=tuple(claims),
        missing={"published": "TimeGAN's sines differ, and its classifier sees nearly the same windows in training"},
        **about,
    )


def run(quick: bool = False) -> Record:
    """Three seeds; quickly two of sines alone, for 2 rounds."""
    sets, seeds, samples, steps = (SETS[:1], SEEDS[:2], 40, 2) if quick else (SETS, SEEDS, SAMPLES, STEPS)
    rounds, start = 2 if quick else Config().rounds, time.perf_counter()
    torch.set_num_threads(1)
    runs = {name: [trained(name, seed, samples, steps, rounds) for seed in seeds] for name in sets}
    others = {name: controls(name, samples, steps) for name in sets}
    sizes = {"rounds": rounds, "samples": samples, "steps of a classifier": steps}
    details = {"config": dataclasses.asdict(Config(device="cpu")), **sizes, "runs": runs, "others": others}
    return made(runs, others, details=details, **stamp(time.perf_counter() - start))


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
