"""A recipe made of somebody's module: what is missing is filled in, or named with the line to write."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast

from sparring import recipes
from sparring.data import opening, readers
from sparring.data.preparation import Preparation
from sparring.data.streams import Data, Spec
from sparring.metrics.score import Labels
from sparring.samplers import Sampler
from sparring.trainer import Trainer

__all__ = ["Opening", "Own"]

BUILD = "def build(config, data): return sparring.Trainer(...)"
OPEN = 'def open_data(config): return sparring.Data({"real": sparring.open_data(x)})'
SAMPLER = "def sampler(config, spec): return game.sampler()"
CONFIG = "@dataclass(frozen=True, kw_only=True)\n    class Config(sparring.recipes.Config):"


@dataclass(frozen=True, kw_only=True)
class Opening(recipes.Config):
    """Train on data of yours."""

    data: str
    """Folder or zip of pictures, array, or name of a set (`sparring data list`)."""
    pictures: Preparation = field(default_factory=Preparation)
    """How pictures are made alike in size and colour."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "data", readers.absolute(self.data))  # so that the run finds them from any folder


class Own:
    """A recipe: `build` of a module, and the other parts, which it may leave out.

    Args:
        module: Somebody's module.
        name: What its file is called.

    Raises:
        ValueError: A part that is needed is missing, or is of a wrong kind.
    """

    def __init__(self, module: ModuleType, name: str) -> None:
        self._module, self._name, self.__doc__ = module, name, module.__doc__
        self._build = self._part("build", BUILD)
        self._open = self._part("open_data", OPEN) if hasattr(module, "open_data") else self._opened
        self.Config = self._config()
        self.USES: frozenset[str] = frozenset(getattr(module, "USES", ()))
        if hasattr(module, "LABELS"):
            self.LABELS: Labels = module.LABELS

    def _part(self, part: str, line: str) -> Callable[..., Any]:
        found = getattr(self._module, part, None)
        if not callable(found):
            has = "has no" if found is None else f"has a {type(found).__name__} as its"
            raise ValueError(f"{self._name} {has} {part}: write\n\n    {line}\n")  # noqa: TRY004 - without a traceback
        return cast("Callable[..., Any]", found)

    def _config(self) -> type[Any]:
        usual: type[Any] = recipes.Config if hasattr(self._module, "open_data") else Opening
        found = getattr(self._module, "Config", usual)
        below = isinstance(found, type) and issubclass(found, recipes.Config)
        if not (below and "__dataclass_fields__" in vars(found)):
            raise ValueError(f"{self._name}: Config is not a dataclass below sparring's: write\n\n    {CONFIG}\n")
        if self._open == self._opened and "data" not in (part.name for part in dataclasses.fields(found)):
            raise ValueError(f"{self._name} has no open_data, and its Config no field `data`: write\n\n    {OPEN}\n")
        return found

    def _opened(self, config: Any) -> Data:
        """What `--data` names, as the one stream of a GAN."""
        return Data({"real": opening.open_data(config.data, getattr(config, "pictures", None))})

    def open_data(self, config: Any) -> Data:
        """The data to train on."""
        data: Data = self._checked(self._open(config), Data, "open_data", OPEN)
        return data

    def build(self, config: Any, data: Data) -> Trainer:
        """The trainer, at round 0."""
        trainer: Trainer = self._checked(self._build(config, data), Trainer, "build", BUILD)
        return trainer

    def sampler(self, config: Any, spec: Spec) -> Sampler:
        """The module's untrained sampler, or that of the game it builds on blank data."""
        own = getattr(self._module, "sampler", None)
        if own is None:
            return self.build(config, spec.stand_in()).game.sampler()
        made: Sampler = self._checked(own(config, spec), Sampler, "sampler", SAMPLER)
        return made

    def _checked(self, made: Any, kind: type[Any], part: str, line: str) -> Any:
        if not isinstance(made, kind):
            got = f"{part} of {self._name} gave a {type(made).__name__}"
            raise ValueError(f"{got}; expected a {kind.__name__}: write\n\n    {line}\n")  # noqa: TRY004 - as above
        return made
