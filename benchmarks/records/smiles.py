"""Trains SeqGAN on molecules as strings, three seeds, against maximum likelihood alone in equal processor time.

Usage: sparring data get smiles; pip install 'sparring[molecules]'; python benchmarks/records/smiles.py

It takes some minutes of one core. Each seed has a first phase of maximum likelihood. From its weights a generator goes
on by REINFORCE, and another by more maximum likelihood until its processor time is the same. RDKit says which samples
are molecules. Strings have at most 32 characters. Rounds, width and batch are those that fit into the time. Two rates
of REINFORCE were looked at on seed 50, on strings of up to 40 characters in batches of 64. The seeds were fixed before.
Judged by the last weights. Controls: other real strings, an untrained network, and real strings whose characters are
shuffled. Results: smiles.json beside this file.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from sparring.chance import Key
from sparring.data.sequences import coded, sequences
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.data.strings import shortened
from sparring.evaluation.record import Claim, Figure, Record, over_seeds, stamp
from sparring.kinds.molecules import Molecules
from sparring.recipes.text.seqgan import Config, build
from sparring.samplers import Sampler
from sparring.trainer import Trainer

OUT = Path(__file__).with_suffix(".json")
SEEDS, SAMPLES, LONGEST, SHOWN = (0, 1, 2), 2000, 32, 12
SETTINGS = {"rounds": 1620, "likelihood": 1500 / 1620, "alone": 0.25, "width": 64, "batch": 32, "rollouts": 1,
            "discriminator_steps": 3, "generator_rate": 1e-4}  # fmt: skip
QUICK = {"rounds": 4, "likelihood": 0.5, "alone": 0.5, "width": 8, "batch": 4, "rollouts": 1, "discriminator_steps": 1}

WORDS = {
    "valid": "share of samples that are molecules",
    "different": "share of different ones among these",
    "new": "share of these that are not in the training set",
    "distinct": "distinct-2 of 2,000 samples",
    "length": "mean length, characters",
    "nll": "NLL of fresh strings under the generator, nats a string",
}
POINTS = {
    "first": "after maximum likelihood",
    "second": "after REINFORCE",
    "longer": "after as much time with more maximum likelihood",
}

REAL, SHUFFLED = "other real strings", "real strings, characters shuffled"

Found = dict[str, float]


def looked_at(x: Tensor, data: InMemory) -> Found:
    """What the kind says of sequences [n, length]."""
    kind = data.kind
    found = kind.summary(kind.clean(x), data.x, data.examples())
    names = {"valid": "valid", "different": "different, of the valid", "new": "not in training, of the different",
             "distinct": "distinct-2", "length": "mean length"}  # fmt: skip
    return {name: found[called] for name, called in names.items()}


def judged(sampler: Sampler, data: InMemory, fresh: Tensor, samples: int) -> dict[str, Any]:
    """The same of samples, with the likelihood of fresh strings, and some of the samples."""
    x, under = sampler.sample(samples, seed=1), sampler.log_likelihood(fresh)
    assert under is not None, "it is known"
    texts = data.kind.lines(data.kind.clean(x[:SHOWN]))
    return {**looked_at(x, data), "nll": -under.double().mean().item(), "texts": texts}


def timed(trainer: Trainer, rounds: int = 0, until: float = 0.0) -> float:
    """The processor time, in seconds, of so many rounds, or of as many as it takes to reach a time."""
    start = time.process_time()
    trainer.play(rounds) if rounds else None
    while time.process_time() - start < until:
        trainer.play(1)
    return time.process_time() - start


def one(config: Config, data: InMemory, fresh: Tensor, samples: int) -> dict[str, Any]:
    """A seed: what is found at each point, and the time between them."""
    trainer = build(config, Data({"real": data}))
    longer = build(replace(config, likelihood=1.0, rounds=10**6), Data({"real": data}))
    look = lambda which: judged(which.game.sampler(), data, fresh, samples)  # noqa: E731
    found = {"untrained": look(trainer)}
    early = trainer.phases[0].rounds
    seconds = {"first": timed(trainer, early)}
    found["first"] = look(trainer)
    state = copy.deepcopy((trainer.phases[0].game.state_dict(), trainer.phases[0].optimizers["generator"].state_dict()))
    seconds["second"] = timed(trainer, config.rounds - early)
    found["second"] = look(trainer)
    longer.state.round = longer.state.within = early  # the batches that come next
    longer.phases[0].game.load_state_dict(state[0])
    longer.phases[0].optimizers["generator"].load_state_dict(state[1])
    seconds["longer"] = timed(longer, until=seconds["second"])
    found["longer"] = look(longer)
    return {"seed": config.seed, "seconds": seconds, "more rounds": longer.state.round - early, **found}


def shuffled(x: Tensor, end: int | None) -> Tensor:
    """Sequences [n, length] whose tokens before the end are in random order."""
    luck = Key(0, ("shuffled",)).uniform("luck", tuple(x.shape)) + (0 if end is None else (x == end).float())
    return x.gather(1, luck.argsort(1))


def opened(quick: bool) -> tuple[InMemory, Tensor]:
    """What to train on, and fresh strings; quickly a few that are here."""
    if not quick:
        from sparring import open_data

        data = shortened(open_data("smiles"), LONGEST)
        assert data.fresh is not None, "the set has some"
        return data, data.fresh().x
    found = coded([list(text) for text in ("CCO", "CC(=O)O", "c1ccccc1", "CCN", "CC(C)C", "C1CCC1", "CC#N")], "")
    kind = Molecules(found.kind.vocabulary, found.kind.length, found.kind.end)
    return sequences(found.x, kind), found.x


def controls(data: InMemory, strings: dict[str, Tensor], runs: Sequence[dict[str, Any]]) -> list[Figure]:
    """The figures of other strings, and of untrained networks."""
    looks = {who: looked_at(x, data) for who, x in strings.items()}
    given = [Figure(what=f"{WORDS[name]}, {who}", value=value) for who, f in looks.items() for name, value in f.items()]
    untrained = [over_seeds(f"{words}, untrained", [run["untrained"][name] for run in runs])
                 for name, words in WORDS.items()]  # fmt: skip
    return [*given, *untrained]


def made(runs: Sequence[dict[str, Any]], others: Sequence[Figure], **about: Any) -> Record:
    """The record of these runs."""
    over = lambda point, name: over_seeds(  # noqa: E731
        f"{WORDS[name]}, {POINTS[point]}", [run[point][name] for run in runs]
    )
    more = over_seeds(
        f"{WORDS['valid']}: more {POINTS['second']} than before, on each seed",
        [run["second"]["valid"] - run["first"]["valid"] for run in runs],
    )
    less = over_seeds(
        f"{WORDS['valid']}: less {POINTS['second']} than {POINTS['longer']}, on each seed",
        [run["longer"]["valid"] - run["second"]["valid"] for run in runs],
    )
    figures = {(point, name): over(point, name) for point in ("second", "longer", "first") for name in WORDS}
    value = {each.what: each.value for each in others}
    valid = [v for (_, name), figure in figures.items() if name == "valid" for v in figure.values]
    return Record(
        command="python benchmarks/records/smiles.py",
        seeds=tuple(run["seed"] for run in runs),
        ours=(*figures.values(), more, less),
        controls=tuple(others),
        claims=(
            Claim(words="Always more samples are molecules than of shuffled strings.",
                  left=min(valid), relation=">", right=value[f"{WORDS['valid']}, {SHUFFLED}"]),
            Claim(words="Never as many as of other real strings.",
                  left=max(valid), relation="<", right=value[f"{WORDS['valid']}, {REAL}"]),
            Claim(words="On every seed more samples are molecules after REINFORCE than before.",
                  left=min(more.values), relation=">", right=0.0),
            Claim(words="On every seed fewer are molecules after REINFORCE than after more maximum likelihood.",
                  left=min(less.values), relation=">", right=0.0),
        ),
        missing={"published": "MOSES has figures of larger networks, trained on all of its strings"},
        **about,
    )  # fmt: skip


def run(quick: bool = False) -> Record:
    """Three seeds; quickly two for 2 rounds a phase."""
    seeds, samples = (SEEDS[:2], 50) if quick else (SEEDS, SAMPLES)
    configs = [Config(seed=seed, device="cpu", **(QUICK if quick else SETTINGS)) for seed in seeds]
    torch.set_num_threads(configs[0].threads)
    start = time.perf_counter()
    data, fresh = opened(quick)
    runs = [one(config, data, fresh[:samples], samples) for config in configs]
    strings = {REAL: fresh[:samples], SHUFFLED: shuffled(fresh[:samples], data.kind.end)}
    others = controls(data, strings, runs)
    texts = {who: data.kind.lines(x[:SHOWN]) for who, x in strings.items()}
    config = asdict(configs[0]) | {"data": "smiles", "longest": LONGEST}
    details = {"config": config, "samples": samples, "strings": texts, "runs": runs}
    return made(runs, others, details=details, **stamp(time.perf_counter() - start, "rdkit"))


def main() -> None:
    run().write(OUT)


if __name__ == "__main__":
    main()
