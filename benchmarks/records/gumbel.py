"""Trains the recipes `gumbel` and `embeddings` on three seeds: what each way to discrete outputs learns of a chain.

Usage: python benchmarks/records/gumbel.py      (about a quarter of an hour on a busy core)

The data are of the random Markov chain of `seqgan`, so that NLL under the chain is exact. A generator by Gumbel-softmax
is a recurrent network, so NLL of fresh sequences under it is exact too. One of word embeddings has no likelihood. NLL
under the chain can be gamed by few peaked samples: see distinct bigrams beside it. No phase of maximum likelihood comes
first. Judged by the last weights. Seeds were fixed before the first run of this script; rates and the weight of the
penalty were chosen among three on seed 50. Controls: the untrained generator, and maximum likelihood for as much CPU
time as straight-through took. Results: gumbel.json beside this file.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch

from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp
from sparring.families.autoregression import Autoregression
from sparring.kinds.tokens import distinct
from sparring.phase import ClipNorm, Phase
from sparring.recipes import adams
from sparring.recipes.text import embeddings, gumbel
from sparring.recipes.text.seqgan import chain, kind
from sparring.samplers import Sampler
from sparring.trainer import Trainer

OUT = Path(__file__).with_suffix(".json")
SEEDS, SAMPLES, ROUNDS = (0, 1, 2), 10_000, 300

Found = dict[str, float]


def found(sampler: Sampler, samples: int) -> Found:
    """Nats of a sequence of ten tokens, and the share of distinct bigrams among those of all samples."""
    made, fresh = sampler.sample(samples, seed=1), chain().sample(samples, kind().length, seed=2)
    under = sampler.log_likelihood(fresh)
    known = {} if under is None else {"test": -under.double().mean().item()}
    return {"oracle": -chain().log_likelihood(made).mean().item(), "distinct": distinct(made, 2), **known}


def seconds(play: Callable[[], object]) -> float:
    """CPU time that it takes."""
    start = time.process_time()
    play()
    return time.process_time() - start


def likelihood(config: gumbel.Config, budget: float, samples: int) -> Found:
    """Maximum likelihood of the same generator at the recipe's rate, for so many seconds of CPU time."""
    data = gumbel.open_data(config)
    game = Autoregression(gumbel.game(config, data.spec).writer)
    adam = adams(game, {"generator": config.likelihood_rate}, gumbel.BETAS)
    updates = {"generator": ClipNorm(config.clip)}
    trainer = Trainer(
        Phase(game, adam, {"real": data.main}, 10**6, batch=config.batch, updates=updates), seed=config.seed
    )
    spent = 0.0
    while spent < budget:
        spent += seconds(lambda: trainer.play(10))
    return {**found(game.sampler(), samples), "rounds": float(trainer.state.round)}


def one(seed: int, rounds: int, samples: int, **small: Any) -> dict[str, Any]:
    """A seed: all ways, and the controls."""
    common = {"seed": seed, "rounds": rounds, "device": "cpu", **small}
    first = gumbel.Config(**common)
    hard = gumbel.build(first, gumbel.open_data(first))
    untrained = found(hard.game.sampler(), samples)
    spent = seconds(hard.play)
    soft = gumbel.build(gumbel.Config(estimator="soft", **common), gumbel.open_data(first)).play()
    vectors = embeddings.Config(**common)
    third = embeddings.build(vectors, embeddings.open_data(vectors))
    unmade = found(third.game.sampler(), samples)
    return {
        "seed": seed,
        "seconds": round(spent, 1),
        "hard": found(hard.game.sampler(), samples),
        "soft": found(soft.game.sampler(), samples),
        "vectors": found(third.play().game.sampler(), samples),
        "untrained": untrained,
        "unmade": unmade,
        "likelihood": likelihood(first, spent, samples),
    }


WORDS = {
    "oracle": "NLL of samples under the chain, nats a sequence",
    "test": "NLL of fresh sequences under the generator, nats a sequence",
    "distinct": "distinct-2 of the samples",
    "rounds": "rounds",
}
WAYS = {"hard": "straight-through", "soft": "soft Gumbel-softmax", "vectors": "word embeddings"}
CONTROLS = {
    "untrained": "untrained",
    "unmade": "untrained, word embeddings",
    "likelihood": "maximum likelihood for as much CPU time",
}


def made(runs: Sequence[dict[str, Any]], samples: int, **about: Any) -> Record:
    """The record of these runs."""

    def rows(ways: dict[str, str]) -> list[Figure]:
        pairs = [(way, name) for way in ways for name in WORDS if name in runs[0][way]]
        return [over_seeds(f"{WORDS[name]}, {ways[way]}", [run[way][name] for run in runs]) for way, name in pairs]

    def less(lower: str, higher: str, name: str = "oracle") -> Figure:
        """By how much one is below the other, on each seed."""
        ways = WAYS | CONTROLS
        what = f"{WORDS[name]}: {ways[lower]} less than {ways[higher]}"
        return over_seeds(what, [run[higher][name] - run[lower][name] for run in runs])

    real = chain().sample(samples, kind().length, seed=2)
    floor = Figure(what="the chain's own entropy, exact: the floor of both NLL", value=chain().entropy(kind().length))
    variety = Figure(what="distinct-2 of as many sequences of the chain", value=distinct(real, 2))
    below = {
        "Straight-through lowers NLL under the chain on every seed.": less("hard", "untrained"),
        "Soft rows lower it on every seed.": less("soft", "untrained"),
        "Straight-through is below word embeddings in it, on every seed.": less("hard", "vectors"),
        "Word embeddings become more varied than untrained ones.": less("unmade", "vectors", "distinct"),
        "Straight-through lowers NLL of fresh sequences on every seed.": less("hard", "untrained", "test"),
        "Straight-through is below soft rows in NLL under the chain, on every seed.": less("hard", "soft"),
        "Maximum likelihood for as much CPU time is below straight-through in it.": less("likelihood", "hard"),
        "And so it is in NLL of fresh sequences.": less("likelihood", "hard", "test"),
    }
    return Record(
        command="python benchmarks/records/gumbel.py",
        seeds=tuple(run["seed"] for run in runs),
        ours=(*rows(WAYS), *below.values()),
        controls=(floor, variety, *rows(CONTROLS)),
        claims=tuple(
            Claim(words=words, left=min(each.values), relation=">", right=0.0) for words, each in below.items()
        ),
        missing={"published": "nobody else has used this chain"},
        **about,
    )


def run(quick: bool = False) -> Record:
    """Three seeds; quickly two for 2 rounds."""
    seeds, samples, rounds = (SEEDS[:2], 50, 2) if quick else (SEEDS, SAMPLES, ROUNDS)
    small = {"width": 8, "batch": 4} if quick else {}
    torch.set_num_threads(1)
    start = time.perf_counter()
    runs = [one(seed, rounds, samples, **small) for seed in seeds]
    return made(runs, samples, details={"rounds": rounds, "samples": samples, "runs": runs},
                **stamp(time.perf_counter() - start))  # fmt: skip


def main() -> None:
    """Trains and writes the record."""
    run().write(OUT)


if __name__ == "__main__":
    main()
