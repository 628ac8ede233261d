"""Plays every cost on the same pictures, for as long as any other, and scores what comes out.

Usage, from the root of a checkout, in this order; each part goes on where it was stopped, and keeps what is finished:

    python benchmarks/costs.py pace      how many rounds MINUTES are on two cores: on an idle machine
    python benchmarks/costs.py search    six pairs of rates, on a seed of its own
    python benchmarks/costs.py play      published and best rates, three seeds
    python benchmarks/costs.py strong    minimax and non-saturating against a strong discriminator
    python benchmarks/costs.py again     one run on a CPU, where the others were played on a GPU
    python benchmarks/costs.py colour    best rates on OpenMoji at 32 pixels, two seeds
    python benchmarks/costs.py spans     the same for half the time and for twice the time

`--names NAME ...` names costs, `--only TEXT` runs whose names end so, such as `.1`. With `--device cuda --jobs 12` many
runs share a GPU, with `--jobs 2 --threads 1` two cores. The number of rounds is still that of two CPU cores, found by
`pace`, and so is the precision: float32 throughout. Rates are chosen by the last kernel distance to held-out training
pictures; the shipped 1,000 test pictures are read once, at the end of each run, by `sparring evaluate`. The last
checkpoint counts. Results: benchmarks/costs/*.json; runs: runs/costs.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch

import sparring as sp
from sparring import recipes
from sparring.cli import evaluate
from sparring.data.preparation import Preparation
from sparring.machine import devices
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

SCALE = {"gan2014": 50}
"""How much larger rates are without Adam: the last pair but one becomes that of Goodfellow et al. (2014)."""

PUBLISHED: Mapping[str, Mapping[str, Any]] = {"dcgan": {"generator_rate": 2e-4, "discriminator_rate": 2e-4}}
"""Rates of a paper that are not the recipe's own: those of Radford et al. (2015), section 4."""

STRONG = {"critic_steps": 5, "discriminator_rate": 1e-3}
"""A discriminator that is far ahead of the generator."""

KEPT = 64
"""Samples of each run."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A run, and what is to be kept of it.

    Attributes:
        name: What is played, and how: a result's name.
        recipe: Its recipe.
        values: What the recipe is told.
        measured: Whether `sparring evaluate` is asked about it.
    """

    name: str
    recipe: str
    values: Mapping[str, Any]
    measured: bool = True

    @property
    def path(self) -> Path:
        """Its run."""
        return RUNS / self.name

    def play(self, device: str, threads: int = 2) -> dict[str, Any]:
        """What is kept: settings, values in the course of the run, scores; why it ended, if it went wrong.

        Args:
            device: Where.
            threads: Of the CPU.

        Raises:
            KeyboardInterrupt: It was interrupted; the run goes on the next time.
        """
        devices.autocast = lambda _: None  # float32, as on the CPU
        torch.backends.cudnn.allow_tf32 = False
        config = recipes.find(self.recipe).Config(**{"threads": threads, **self.values, "device": device})
        there = (self.path / files.CONFIG).is_file()
        session = (
            Session.resume(self.path, device=device, threads=threads)
            if there
            else Session.create(self.path, self.recipe, config)
        )
        result = {"config": files_of(config), "device": named(device), "torch": torch.__version__}
        try:
            if not session.complete and not session.play():
                raise KeyboardInterrupt
        except FloatingPointError as error:
            return result | {"error": str(error), "course": course(self.path)}
        result |= {"course": course(self.path), "edge": edge(session.trainer.game)}
        samples = session.run.sampler().sample(KEPT, seed=1)
        np.save(self.path / "samples.npy", ((samples + 1) * 127.5).round().clamp(0, 255).byte().numpy())
        return result | ({"scores": score(self.path)} if self.measured else {})


def files_of(config: recipes.Config) -> dict[str, Any]:
    """The options, without the paths of this machine."""
    found = json.loads(json.dumps(vars(config), default=vars))
    return {key: Path(value).name if key == "data" else value for key, value in found.items()}


def named(device: str) -> str:
    """What a device is called."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else "CPU"


def course(path: Path) -> dict[str, list[float]]:
    """The held-out distance at each measurement, and the mean of each logged cost since the one before."""
    scores, log = files.read_log(path / files.SCORES), files.read_log(path / files.LOG)
    found: dict[str, list[float]] = {"round": []}
    before = 0.0
    for line in scores:
        since = [other for other in log if before < other["round"] <= line["round"]]
        means = {key: float(np.mean([o[key] for o in since])) for key in (since[0] if since else {}) if "/" in key}
        for key, value in {"round": line["round"], **means, **{k: v for k, v in line.items() if "/" in k}}.items():
            found.setdefault(key, []).append(float(f"{value:.6g}"))
        before = line["round"]
    return found


def edge(game: Any) -> float:
    """The share of the discriminator's weights whose size is within 1% of the largest."""
    sizes = torch.cat([p.detach().flatten().abs().cpu() for p in game.strategy("discriminator").values()])
    return float((sizes >= 0.99 * sizes.max()).double().mean())


def score(path: Path) -> list[dict[str, Any]]:
    """What `sparring evaluate` says."""
    with redirect_stdout(StringIO()):
        evaluate.main([str(path), "--training", "10000"])
    return list(json.loads((path / files.EVALUATION).read_text())["scores"])


def keep(file: str, content: Mapping[str, Any]) -> None:
    """Writes a result, a line for each of its parts."""
    HERE.mkdir(exist_ok=True)
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value)}" for key, value in content.items())
    sp.machine.files.write_atomically(HERE / file, f"{{\n{lines}\n}}\n".encode())
    print(HERE / file, flush=True)


def known(file: str) -> dict[str, Any]:
    """What has been written."""
    return dict(json.loads((HERE / file).read_text())) if (HERE / file).exists() else {}


def config(name: str, **values: Any) -> recipes.Config:
    """The configuration of a run."""
    recipe, told = NAMES[name]
    made: recipes.Config = recipes.find(recipe).Config(**{**told, **values})
    return made


def rated(name: str, pair: Sequence[float]) -> dict[str, Any]:
    """What sets a pair of rates; in results it has its name before it was scaled."""
    falls = {"falling": True} if hasattr(config(name), "falling") else {}  # those of dcgan always do
    scale = SCALE.get(name, 1)
    return {"generator_rate": scale * pair[0], "discriminator_rate": scale * pair[1], **falls}


def pace(name: str, **values: Any) -> float:
    """Seconds a round takes on two CPU threads, over fifteen seconds of play after a warm-up."""
    recipe, told = recipes.find(NAMES[name][0]), config(name, **{"threads": 2, "device": "cpu", **values})
    torch.set_num_threads(told.threads)
    trainer = recipe.build(told, recipe.open_data(told))
    trainer.play(5)
    start, begun = time.perf_counter(), trainer.state.round
    while time.perf_counter() - start < PACE_SECONDS:
        trainer.play(5)
    return (time.perf_counter() - start) / (trainer.state.round - begun)


def rounds(name: str, minutes: float, paces: str = "pace.json") -> int:
    """How many rounds there is time for."""
    return math.floor(60 * minutes / known(paces)[name])


def best(name: str) -> tuple[float, float]:
    """The pair of rates with the smallest distance."""
    found = known(f"{name}.rates.json")
    key = min((key for key, value in found.items() if value is not None), key=found.__getitem__)
    generator, discriminator = map(float, key.split())
    return generator, discriminator


def part(name: str, label: str, values: Mapping[str, Any], *, measured: bool = True) -> Part:
    """A run of a cost."""
    recipe, told = NAMES[name]
    return Part(name=f"{name}.{label}", recipe=recipe, values={**told, **values}, measured=measured)


def search(names: Iterable[str]) -> Iterator[Part]:
    """Each pair of rates that has no distance yet."""
    for name in names:
        for pair in PAIRS:
            label = f"{pair[0]:g} {pair[1]:g}"
            if label not in known(f"{name}.rates.json"):
                values = {"seed": SEARCH, "rounds": rounds(name, SHORT), **rated(name, pair)}
                yield part(name, f"search.{label.replace(' ', '.')}", values, measured=False)


def found(part: Part, content: Mapping[str, Any]) -> None:
    """Keeps the last distance of a pair of rates; none of a run that went wrong."""
    name = part.name.split(".")[0]
    pair = " ".join(f"{part.values[rate] / SCALE.get(name, 1):g}" for rate in ("generator_rate", "discriminator_rate"))
    ends = [values[-1] for key, values in content["course"].items() if key.startswith("held out/")]
    keep(f"{name}.rates.json", known(f"{name}.rates.json") | {pair: None if "error" in content else ends[0]})


def play(names: Iterable[str]) -> Iterator[Part]:
    """Each cost with published rates and with the best, on each seed."""
    for seed in SEEDS:
        for name in names:
            for how, values in (("published", PUBLISHED.get(name, {})), ("best", rated(name, best(name)))):
                yield part(name, f"{how}.{seed}", {"seed": seed, "rounds": rounds(name, MINUTES), **values})


def strong(names: Iterable[str]) -> Iterator[Part]:
    """The two costs of 2014 against a discriminator that is far ahead, for as many rounds."""
    for seed in SEEDS:
        for recipe in ("minimax", "nsgan"):
            values = {"seed": seed, "rounds": 2000, **STRONG}
            yield Part(name=f"{recipe}.strong.{seed}", recipe=recipe, values=values)


def again(names: Iterable[str]) -> Iterator[Part]:
    """DCGAN once more: on a CPU, if the others were played on a GPU."""
    values = {"seed": SEEDS[0], "rounds": rounds("dcgan", MINUTES), **rated("dcgan", best("dcgan"))}
    yield part("dcgan", f"again.{SEEDS[0]}", values)


def colour_pictures() -> dict[str, Any]:
    """What makes a recipe train on OpenMoji at 32 pixels, from an array that can travel."""
    path = RUNS / "openmoji-32.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, sp.open_data("openmoji", Preparation(size=(32,))).x.numpy())
    return {"data": str(path)}


def coloured(name: str, seed: int, minutes: float) -> dict[str, Any]:
    """What plays a cost in colour, with the rates that were best in grey."""
    values = {"seed": seed, "rounds": rounds(name, minutes, "pace32.json"), "hold_out": 400}
    return values | colour_pictures() | rated(name, best(name))


def colour(names: Iterable[str]) -> Iterator[Part]:
    """Each cost in colour."""
    for seed in SEEDS[:2]:
        for name in names:
            yield part(name, f"colour.{seed}", coloured(name, seed, MINUTES))


def spans(names: Iterable[str]) -> Iterator[Part]:
    """The same for half the time and for twice the time."""
    for seed in SEEDS[:2]:
        for name in names:
            for times in (0.5, 2):
                yield part(name, f"colour-{times:g}.{seed}", coloured(name, seed, times * MINUTES))


PARTS: Mapping[str, Callable[[Iterable[str]], Iterator[Part]]] = {
    "search": search,
    "play": play,
    "strong": strong,
    "again": again,
    "colour": colour,
    "spans": spans,
}


def missing(what: str, names: Iterable[str], only: str = "") -> list[Part]:
    """What is not finished, the longest first."""
    parts = [part for part in PARTS[what](names) if what == "search" or not (HERE / f"{part.name}.json").exists()]
    return sorted((part for part in parts if part.name.endswith(only)), key=lambda part: -part.values["rounds"])


def kept(part: Part, content: Mapping[str, Any]) -> None:
    """Keeps what came out."""
    keep(f"{part.name}.json", content)


def run(parts: Sequence[Part], finish: Callable[..., None], device: str, jobs: int, threads: int = 2) -> None:
    """Plays these, some at a time."""
    parts = list(parts)
    if jobs == 1:
        for part in parts:
            finish(part, part.play(device, threads))
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        playing: dict[Future[dict[str, Any]], Part] = {}
        while parts or playing:  # none waits in the pool: it would begin after an interruption
            while parts and len(playing) < jobs:
                part = parts.pop(0)
                playing[pool.submit(part.play, device, threads)] = part
            for future in wait(playing, return_when=FIRST_COMPLETED).done:
                finish(playing.pop(future), future.result())


def paces(names: Iterable[str]) -> None:
    """Measures how long rounds take, in grey and in colour."""
    for name in names:
        keep("pace.json", known("pace.json") | {name: known("pace.json").get(name) or pace(name)})
        keep("pace32.json", known("pace32.json") | {name: pace(name, **colour_pictures())})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pace", *PARTS], nargs="+")
    parser.add_argument("--names", nargs="+", choices=[*NAMES], default=[*NAMES])
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="")
    told = parser.parse_args()
    for what in told.what:
        if what == "pace":
            paces(told.names)
        else:
            finish = found if what == "search" else kept
            run(missing(what, told.names, told.only), finish, told.device, told.jobs, told.threads)


if __name__ == "__main__":
    main()
