"""Plays every cost on the pictures that ship with the package, for as long as any other, and scores what comes out.

Usage, from the root of a checkout, in this order; each part goes on where it was stopped, and keeps what is finished:

    python benchmarks/costs.py pace               how many rounds MINUTES are: on an idle machine
    python benchmarks/costs.py search [NAME ...]  six pairs of rates, on a seed of its own
    python benchmarks/costs.py play [NAME ...]    published and best rates, three seeds

Every run has two threads and the number of rounds that `pace` found, so it may be made on a busy machine. Rates are
chosen by the last kernel distance to held-out training pictures; the shipped 1,000 test pictures are read once, at the
end of each run, by `sparring evaluate`. The last checkpoint counts. Results: benchmarks/costs/*.json; runs: runs/costs.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import torch

from sparring import recipes
from sparring.cli import evaluate
from sparring.machine.files import write_atomically
from sparring.runs import files
from sparring.runs.session import Session

HERE, RUNS = Path(__file__).with_suffix(""), Path("runs/costs")
MINUTES, SHORT, PACE_SECONDS = 5.0, 1.5, 15.0
SEEDS, SEARCH = (1, 2, 3), 0
PAIRS = ((1e-4, 1e-4), (1e-4, 4e-4), (5e-4, 5e-4), (1e-3, 1e-3), (2e-3, 1e-3), (2e-3, 2e-3))
"""Rates of the generator and of the discriminator, the same six for every cost; they fall in the second half."""

NAMES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "minimax": ("minimax", {}),
    "dcgan": ("dcgan", {}),
    "lsgan": ("lsgan", {}),
    "wgan": ("wgan", {}),
    "wgan-gp": ("wgan-gp", {}),
    "hinge": ("hinge", {}),
    "cramer": ("cramer", {}),
    "fgan-kl": ("fgan", {"divergence": "kl"}),
    "fgan-reverse-kl": ("fgan", {"divergence": "reverse-kl"}),
    "r3gan": ("r3gan", {}),
    "gan2014": ("gan2014", {}),
}
"""Each cost: its recipe, and what it is told besides."""

PUBLISHED: Mapping[str, Mapping[str, Any]] = {"dcgan": {"generator_rate": 2e-4, "discriminator_rate": 2e-4}}
"""Rates of a paper that are not the recipe's own: those of Radford et al. (2015), section 4."""


def config(name: str, **values: Any) -> recipes.Config:
    """The configuration of a run."""
    recipe, told = NAMES[name]
    made: recipes.Config = recipes.find(recipe).Config(**{"threads": 2, "device": "cpu", **told, **values})
    return made


def rated(name: str, pair: Sequence[float]) -> dict[str, Any]:
    """What sets a pair of rates."""
    falls = {"falling": True} if hasattr(config(name), "falling") else {}  # those of dcgan always do
    return {"generator_rate": pair[0], "discriminator_rate": pair[1], **falls}


def pace(name: str) -> float:
    """Seconds a round takes, over fifteen seconds of play after a warm-up."""
    recipe, values = recipes.find(NAMES[name][0]), config(name)
    torch.set_num_threads(values.threads)
    trainer = recipe.build(values, recipe.open_data(values))
    trainer.play(5)
    start, begun = time.perf_counter(), trainer.state.round
    while time.perf_counter() - start < PACE_SECONDS:
        trainer.play(5)
    return (time.perf_counter() - start) / (trainer.state.round - begun)


def rounds(name: str, minutes: float) -> int:
    """How many rounds there is time for."""
    each = json.loads((HERE / "pace.json").read_text())[name]
    return math.floor(60 * minutes / each)


def played(path: Path, name: str, **values: Any) -> Path | None:
    """The directory of a finished run, played from where it stopped; None if it was interrupted or went wrong."""
    there = (path / files.CONFIG).is_file()
    session = Session.resume(path) if there else Session.create(path, NAMES[name][0], config(name, **values))
    try:
        return path if session.complete or session.play() else None
    except FloatingPointError as error:
        print(f"{path}: {error}")
        return None


def last(path: Path) -> dict[str, float]:
    """The newest value of everything that was logged."""
    return {name: value for line in files.read_history(path) for name, value in line.items() if "/" in name}


def keep(file: str, content: Mapping[str, Any]) -> None:
    """Writes a result."""
    HERE.mkdir(exist_ok=True)
    write_atomically(HERE / file, (json.dumps(content, indent=1) + "\n").encode())
    print(HERE / file)


def known(file: str) -> dict[str, Any]:
    """What has been written."""
    return dict(json.loads((HERE / file).read_text())) if (HERE / file).exists() else {}


def search(name: str) -> None:
    """The last held-out distance of each pair of rates."""
    found = known(f"{name}.rates.json")
    for pair in PAIRS:
        key = f"{pair[0]:g} {pair[1]:g}"
        if key in found:
            continue
        path = RUNS / f"{name}-search-{key.replace(' ', '-')}"
        whole = played(path, name, seed=SEARCH, rounds=rounds(name, SHORT), **rated(name, pair))
        ends = [value for what, value in (last(path) if whole else {}).items() if what.startswith("held out/")]
        found[key] = ends[0] if ends else None
        keep(f"{name}.rates.json", found)


def best(name: str) -> tuple[float, float]:
    """The pair of rates with the smallest distance."""
    found = known(f"{name}.rates.json")
    key = min((key for key, value in found.items() if value is not None), key=found.__getitem__)
    generator, discriminator = map(float, key.split())
    return generator, discriminator


def settings(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The two ways in which a cost is played."""
    yield "published", dict(PUBLISHED.get(name, {}))
    yield "best", rated(name, best(name))


def play(name: str) -> None:
    """Plays and scores each run that is not finished."""
    for seed in SEEDS:
        for how, values in settings(name):
            file, path = f"{name}.{how}.{seed}.json", RUNS / f"{name}-{how}-{seed}"
            if (HERE / file).exists():
                continue
            whole = played(path, name, seed=seed, rounds=rounds(name, MINUTES), **values)
            scores = None if whole is None else score(path)
            keep(file, {"config": files.read_config(path)["config"], "last": last(path), "scores": scores})


def score(path: Path) -> list[dict[str, Any]]:
    """What `sparring evaluate` says."""
    with redirect_stdout(StringIO()):
        evaluate.main([str(path), "--n", "1000", "--training", "10000"])
    return list(json.loads((path / "evaluation.json").read_text())["scores"])


def main(what: str, names: Sequence[str]) -> None:
    there = [name for name in NAMES if NAMES[name][0] in recipes.names()]
    for name in names or there:
        if what == "pace":
            keep("pace.json", known("pace.json") | {name: pace(name)})
        else:
            {"search": search, "play": play}[what](name)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
