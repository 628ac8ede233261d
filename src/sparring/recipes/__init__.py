"""Recipes: complete runs. Each module has a `Config`, `open_data`, `sampler` and `build`, the parts of `Recipe`.

A module of several that differ in a line or two, a table of presets, has `RECIPES` instead: each by its name.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sparring.machine.lazy import submodules
from sparring.machine.plain import read_json, restore
from sparring.machine.words import shown

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from sparring.data.streams import Data, Spec
    from sparring.game import Game
    from sparring.metrics.score import Labels
    from sparring.recipes import images as images
    from sparring.recipes import series as series
    from sparring.recipes import tables as tables
    from sparring.recipes import text as text
    from sparring.recipes import theory as theory
    from sparring.samplers import Sampler
    from sparring.trainer import Trainer
else:
    __getattr__, __dir__ = submodules(__name__)

__all__ = [
    "RECOMMENDED",
    "Config",
    "Recipe",
    "UnknownRecipeError",
    "adams",
    "configured",
    "find",
    "labels_of",
    "names",
    "recommended",
]

RECOMMENDED = {"": ("cgan", "dcgan", "table", "seqgan", "rgan"), ".txt": ("seqgan",)}
"""Where nobody names a recipe, the first of these that can open the data, by the ending of their name or any other."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Options of every recipe."""

    rounds: int = 4000
    """Rounds to play."""
    batch: int = 64
    """Examples in a batch."""
    seed: int = 0
    """Random seed: first weights, data order, latents."""
    device: str = "auto"
    """Device: auto, cpu, cuda, cuda:1 or mps."""
    threads: int = 0
    """CPU threads; 0 uses OMP_NUM_THREADS, or all cores."""
    half_life: float = 0.03
    """Half-life of the moving average of the generator's weights, as a share of the training."""
    checkpoint_every: int = 0
    """Rounds between checkpoints. 0 makes ten, or one every 500 rounds."""
    hold_out: int | None = None
    """Number of examples kept out of training, to measure with. Unset: 1 in 20 of 1,000 or more, at most 500."""
    evaluate_every: int = 0
    """Rounds between measurements in training. 0 makes twenty."""

    def __post_init__(self) -> None:
        for name, value in ((field.name, getattr(self, field.name)) for field in fields(self)):
            if any(_too_small(name, number) for number in (value if isinstance(value, tuple) else (value,))):
                raise ValueError(f"--{name.replace('_', '-')} is {value}; expected {_LEAST.get(name, 'more than 0')}")
        if self.half_life > 1:
            raise ValueError(f"--half-life is {self.half_life}; expected a share of the run, such as 0.03")


_ANY = ("seed", "threads", "hold_out", "evaluate_every", "checkpoint_every", "clusters")
_LEAST = {"batch": "2 or more", **dict.fromkeys(_ANY, "0 or more")}


def _too_small(name: str, value: object) -> bool:
    """Whether a number is out of range; other values are somebody else's business."""
    if isinstance(value, bool):
        return False
    least = int(_LEAST.get(name, "1").split()[0])
    return (isinstance(value, int) and value < least) or (isinstance(value, float) and not value > 0)


class UnknownRecipeError(ValueError):
    """There is no recipe of that name."""


class Recipe(Protocol):
    """What a recipe's module holds."""

    Config: type[Any]

    USES: frozenset[str]
    """What it trains on besides the examples: labels, captions, partners. See `labels_of`."""

    def open_data(self, config: Any) -> Data:
        """The data to train on, all of them: streams by name, the first of which the sampler is to be like."""
        ...

    def sampler(self, config: Any, spec: Spec) -> Sampler:
        """An untrained sampler for data like these: what a trained run's weights are loaded into."""
        ...

    def build(self, config: Any, data: Data) -> Trainer:
        """The trainer, at round 0."""
        ...


def recommended(**config: Any) -> str:
    """The recipe for data, where nobody names one.

    Args:
        **config: What decides what the data are: `data`, and `pictures` if there are wishes. Recipes that do not know
            a value do without it.

    Raises:
        FileNotFoundError: There are no such data.
        ValueError: No recipe can open them.
    """
    reasons: dict[str, list[str]] = {}
    for name in RECOMMENDED.get(Path(config["data"]).suffix.lower(), RECOMMENDED[""]):
        recipe = find(name)
        known = {field.name for field in fields(recipe.Config)}
        try:
            recipe.open_data(recipe.Config(**{key: value for key, value in config.items() if key in known}))
        except FileNotFoundError:
            raise
        except ValueError as error:
            reasons.setdefault(str(error), []).append(name)
        else:
            return name
    lines = [f"{', '.join(names)}: {why}" for why, names in reasons.items()]
    raise ValueError("\n  ".join(["no recipe can open these data:", *lines]))


def labels_of(recipe: Recipe, data: Mapping[str, Any]) -> Labels:
    """How a run uses labels: runs that use them in different ways are not compared.

    A recipe that trains on labels is conditional, unless it says otherwise: `LABELS = "trained with labels"`. Classes
    that were found in the examples are no labels.

    Args:
        recipe: Of the run.
        data: What the run's config.json says of its data.
    """
    if data.get("spec", {}).get("condition", {}).get("found"):
        return "none"
    said: Labels = getattr(recipe, "LABELS", "conditional" if "labels" in recipe.USES else "none")
    return said


def configured(file: Path, recipe: Recipe | None = None) -> tuple[str, Config]:
    """The recipe and the configuration in a config.json, that of a run or a copy with changed values.

    Args:
        file: The file, or the directory of a run.
        recipe: The recipe, if it is not one of this package.

    Raises:
        FileNotFoundError: There is none.
        ValueError: It holds something else; the message names the first value that is unknown.
    """
    file = file / "config.json" if file.is_dir() else file
    try:
        content = read_json(file.read_bytes())
        name, values = content["recipe"], dict(content["config"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{str(file)!r} is not the config.json of a run ({error}); expected a recipe and a config"
        ) from error
    cls = (recipe or find(str(name))).Config
    if unknown := values.keys() - {field.name for field in fields(cls)}:
        raise ValueError(
            f"{str(file)!r}: the recipe {shown(name)!r} has no option {shown(min(unknown))!r}: leave it out"
        )
    try:
        return name, restore(cls, values)
    except TypeError as error:
        raise ValueError(f"{str(file)!r} does not describe a run of this version ({error})") from error


def names() -> list[str]:
    """The names of all recipes."""
    return sorted(_homes())


@cache
def _homes() -> dict[str, Recipe]:
    """Each recipe by its name, in whatever folder it is."""
    found: list[tuple[str, Any]] = []
    for place in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not place.ispkg:
            module = importlib.import_module(place.name)
            found += getattr(module, "RECIPES", {place.name.rpartition(".")[2]: module}).items()
    homes = dict(found)
    assert len(homes) == len(found), f"two recipes have one name: {sorted(name for name, _ in found)}"
    return homes


def find(name: str) -> Recipe:
    """The recipe `name`, from the closed set of this package's modules.

    Raises:
        UnknownRecipeError: There is none; the message has the nearest name.
    """
    if name not in names():
        if name.endswith(".py"):
            file = shown(name)
            raise UnknownRecipeError(f"there is no recipe {file!r}: for your own file write its path, ./{file}")
        if "/" in name:
            raise UnknownRecipeError(f"there is no recipe {shown(name)!r}: the name of your own file ends in .py")
        near = difflib.get_close_matches(name, names(), 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise UnknownRecipeError(f"there is no recipe {shown(name)!r}{hint}; there are {', '.join(names())}")
    return _homes()[name]


def adams(game: Game, rates: Mapping[str, float], betas: tuple[float, float]) -> dict[str, Optimizer]:
    """Adam for each player that has a learning rate."""
    import torch

    return {
        player: torch.optim.Adam(game.strategy(player).values(), rate, betas, fused=True)
        for player, rate in rates.items()
    }
