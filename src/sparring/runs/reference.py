"""Reference runs: what healthy runs of a recipe logged, for a run that differs from them in nothing but chance."""

from __future__ import annotations

import json
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from sparring.looks.band import Band
from sparring.machine.plain import read_json
from sparring.runs import files

__all__ = ["band", "likeness", "path"]

_ASIDE = frozenset({"seed", "device", "threads", "data", "checkpoint_every", "evaluate_every"})
"""Values that do not decide how healthy runs look; of the data the digest does, wherever they are."""


def band(run: Path) -> Band | None:
    """The band of the reference runs of a run's recipe; None if there are none, or of other values, data or weights.

    Args:
        run: The directory of the run.

    Raises:
        FileNotFoundError: There is no run.
        ValueError: Its description is damaged.
    """
    about = files.read_config(run)
    file = path(about["recipe"])
    if file is None:
        return None
    content = read_json(file.read_text(encoding="utf-8"))
    return Band.from_json(content["band"]) if content["of"] == likeness(about) else None


def likeness(about: dict[str, Any]) -> dict[str, Any]:
    """What two runs have in common that may be compared: of the content of a config.json.

    Runs of another length, as those with a budget of time are, have learning rates that fall at other rounds: theirs
    is another likeness.
    """
    config = {name: value for name, value in about["config"].items() if name not in _ASIDE}
    common = {
        "recipe": about["recipe"],
        "config": config,
        "data": about["data"]["sha256"],
        "origin": about.get("origin", ""),
    }
    return dict(json.loads(json.dumps(common)))


def path(recipe: str) -> Traversable | None:
    """The file of the reference runs beside the module of a recipe; None if there is none."""
    folders = (folder for folder in resources.files("sparring.recipes").iterdir() if folder.is_dir())
    found = (file for folder in folders for file in folder.iterdir() if file.name == f"{recipe}.reference.json")
    return next(found, None)
