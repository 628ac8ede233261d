"""Recipes: complete runs. Each module has a `Config`, `open_data`, `sampler` and `build`, the parts of `Recipe`."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from sparring.data.streams import Data, Spec
    from sparring.samplers import Sampler
    from sparring.trainer import Trainer

__all__ = ["Config", "Recipe", "UnknownRecipeError", "find", "names"]


@dataclass(frozen=True, kw_only=True)
class Config:
    """What every recipe can be told."""

    rounds: int = 4000
    """Rounds to play."""
    batch: int = 64
    """Examples a player draws a turn."""
    seed: int = 0
    """Decides all chance: first weights, data order, latents."""
    device: str = "auto"
    """auto, cpu, cuda, cuda:1 or mps."""
    threads: int = 0
    """CPU threads; 0 takes all cores."""
    half_life: float = 5000
    """Half-life of the average of the generator's weights, in images."""
    checkpoint_every: int = 500
    """Rounds between checkpoints."""
    hold_out: int = 0
    """Examples to keep out of training, drawn at random, against which samples are measured now and then."""
    evaluate_every: int = 0
    """Rounds between these measurements; 0 measures some twenty times."""

    def __post_init__(self) -> None:
        for name, value in ((field.name, getattr(self, field.name)) for field in fields(self)):
            if any(_too_small(name, number) for number in (value if isinstance(value, tuple) else (value,))):
                raise ValueError(f"--{name.replace('_', '-')} is {value}; expected {_LEAST.get(name, 'more than 0')}")


_LEAST = {"batch": "2 or more", **dict.fromkeys(("seed", "threads", "hold_out", "evaluate_every"), "0 or more")}


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
    """What it trains on besides the examples: labels, captions, partners."""

    def open_data(self, config: Any) -> Data:
        """The data to train on, all of them: streams by name, the first of which the sampler is to be like."""
        ...

    def sampler(self, config: Any, spec: Spec) -> Sampler:
        """An untrained sampler for data like these: what a trained run's weights are loaded into."""
        ...

    def build(self, config: Any, data: Data) -> Trainer:
        """The trainer, at round 0."""
        ...


def names() -> list[str]:
    """The names of all recipes."""
    return sorted(_homes())


@cache
def _homes() -> dict[str, str]:
    """The module of each recipe, in whatever folder it is."""
    found = [module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.") if not module.ispkg]
    homes = {module.rpartition(".")[2]: module for module in found}
    assert len(homes) == len(found), f"two recipes have one name: {sorted(found)}"
    return homes


def find(name: str) -> Recipe:
    """The recipe `name`, from the closed set of this package's modules.

    Raises:
        UnknownRecipeError: There is none; the message has the nearest name.
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), 1)
        hint = f": did you mean {near[0]!r}?" if near else ""
        raise UnknownRecipeError(f"there is no recipe {name!r}{hint}; there are {', '.join(names())}")
    return cast("Recipe", importlib.import_module(_homes()[name]))
