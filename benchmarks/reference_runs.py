"""Plays a recipe on some seeds and keeps what was logged, for the grey band behind the curves of other runs.

Usage: python benchmarks/reference_runs.py dcgan|ring [SEED ...]      (without seeds: 1 to 5)

With the recipe's defaults, on the data that ship with the package, on one thread: minutes a seed for dcgan, one for
ring. The file, <recipe>.reference.json beside the recipe's module, holds for each logged value the range of nine in
ten values at fifty shares of the run, and the last score of each seed. Look at these before you commit it: a run that
went wrong is no reference.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sparring import recipes
from sparring.looks.band import Band
from sparring.runs import files
from sparring.runs.reference import likeness
from sparring.runs.session import Session

SEEDS = (1, 2, 3, 4, 5)


def play(recipe: str, seed: int, folder: Path) -> tuple[dict[str, Any], list[dict[str, float]]]:
    """What a run is like, and what it logged."""
    path = folder / str(seed)
    Session.create(path, recipe, recipes.find(recipe).Config(seed=seed, threads=1)).play()
    return likeness(files.read_config(path)), files.read_history(path)


def last(log: list[dict[str, float]]) -> dict[str, float]:
    """The newest value of everything."""
    newest = {name: value for line in log for name, value in line.items() if "/" in name}
    return {name: float(f"{value:.4g}") for name, value in newest.items()}


def main(recipe: str, seeds: tuple[int, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        runs = [play(recipe, seed, Path(folder)) for seed in seeds]
    of, rounds = runs[0][0], runs[0][0]["config"]["rounds"]
    made = {"sparring": version("sparring"), "torch": version("torch")}
    ends = {str(seed): last(log) for seed, (_, log) in zip(seeds, runs, strict=True)}
    content = {"made_with": made, "of": of, "last": ends, "band": Band.of([log for _, log in runs], rounds).json()}
    module = sys.modules[recipes.find(recipe).__name__]  # type: ignore[attr-defined]
    out = Path(str(module.__file__)).with_name(f"{recipe}.reference.json")
    lines = re.sub(
        r"\[\s+([^\]]*?)\s+\]", lambda found: f"[{' '.join(found[1].split())}]", json.dumps(content, indent=1)
    )
    out.write_text(f"{lines}\n", encoding="utf-8")
    print(json.dumps(ends, indent=1))
    print(out)


if __name__ == "__main__":
    main(sys.argv[1], tuple(map(int, sys.argv[2:])) or SEEDS)
