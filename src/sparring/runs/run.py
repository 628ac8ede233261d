"""A run: a directory that explains itself.

config.json            the recipe, every value, versions, device, threads, what the data were
recipe/                copies of the recipe's file and of what it imports, if it is one of somebody's own
log.jsonl              a line every few rounds; scores.jsonl the same for examples held out
data.txt, data.png     what the data were
samples/, preview.png  the same latents again and again
checkpoints/<round>/   everything that moves; resuming gives what an uninterrupted run gives, bit for bit
model/                 the sampler alone, averaged and raw: what `load` opens
*.png, timelapse.gif   made at the end
.lock                  who plays it, while somebody does
"""

from __future__ import annotations

import copy
import dataclasses
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from torch import Tensor

from sparring import recipes
from sparring.data.streams import Data, Spec
from sparring.game import Game
from sparring.machine.plain import restore
from sparring.machine.typed import fits
from sparring.recipes import Recipe
from sparring.runs import checkpoint, files, models, moved
from sparring.runs.code import Code, of_run
from sparring.runs.own import source
from sparring.samplers import Sampler, settle
from sparring.trainer import Trainer

__all__ = ["Run", "load"]


_MORE = {"extra": int, "time": float | None, "origin": str}
"""What a config.json has besides recipe, configuration and data."""


@dataclass(frozen=True)
class Run:
    """A run on disk.

    Attributes:
        path: Its directory.
        recipe: The name of a module in `sparring.recipes`, or of somebody's file, which ends in .py.
        config: The recipe's configuration, complete.
        data: The shape of an example, the number of examples, the SHA-256 of all, and their spec as JSON.
        extra: Rounds to play after those of the configuration, at the last learning rates.
        time: Seconds to train in, until it is known how many rounds these are.
        origin: Where the first weights are from, as words; "" if they are random.
        made_by: Its code, if it is not a module in `sparring.recipes`.
    """

    path: Path
    recipe: str
    config: recipes.Config
    data: dict[str, Any]
    extra: int = 0
    time: float | None = None
    origin: str = ""
    made_by: Code | None = None

    @property
    def rounds(self) -> int:
        """All rounds, as the configuration has them."""
        return self.config.rounds + self.extra

    @staticmethod
    def open(path: Path, recipe: Path | Code | None = None) -> Run:
        """The run in the directory `path`.

        Args:
            path: The directory.
            recipe: The file of its recipe, named by the user, so that it may run; or its code, where that is at hand.

        Raises:
            FileNotFoundError: There is none.
            UnlistedError: It is of a file that is not named and not on the user's list. Nothing of it was run.
            ValueError: Its description was damaged or changed, or is of another version.
        """
        about = files.read_config(path)
        made_by = recipe if isinstance(recipe, Code) else of_run(path, about, recipe)
        try:
            data = {name: about["data"][name] for name in ("shape", "count", "sha256", "spec")}
            restore(Spec, data["spec"], made_by.homes)
            config = restore(made_by.recipe.Config, about["config"], made_by.homes)
            more = {name: about[name] for name in _MORE}
            if wrong := [name for name, kind in _MORE.items() if not fits(kind, more[name])]:
                raise TypeError(f"{wrong[0]} is {repr(more[wrong[0]])[:80]}")  # noqa: TRY301 - said as the others are
            return Run(path, about["recipe"], config, data, **more, made_by=made_by)
        except (KeyError, TypeError) as error:
            file = str(path / files.CONFIG)
            raise ValueError(f"{file!r} does not describe a run of this version ({error})") from error

    def planned(self, rounds: int | None, *, keep_rates: bool) -> Run:
        """The same with another number of rounds, over which schedules stretch, or after whose old end they stay."""
        if rounds is None:
            return self
        if keep_rates:
            return dataclasses.replace(self, extra=max(0, rounds - self.config.rounds))
        return dataclasses.replace(self, config=dataclasses.replace(self.config, rounds=rounds), extra=0, time=None)

    @property
    def code(self) -> Code:
        """What made it."""
        return self.made_by or Code(self.recipe, recipes.find(self.recipe))

    @property
    def parts(self) -> Recipe:
        """The functions that make its data, its sampler and its trainer."""
        return self.code.recipe

    @property
    def spec(self) -> Spec:
        """What is known of the data without them."""
        return restore(Spec, self.data["spec"], self.code.homes)

    def open_data(self) -> Data:
        """The data, wherever they are now.

        Raises:
            FileNotFoundError: They are not where they were.
        """
        return self.parts.open_data(self.config)

    def describe(self, round: int, rounds: int) -> None:
        """Writes config.json, with a new entry in its list of sessions: with which versions.

        Args:
            round: From which on.
            rounds: All that are to be played; those of the configuration may be of one phase of several.
        """
        begun = (self.path / files.CONFIG).exists()
        sessions = files.read_config(self.path)["sessions"] if begun else []
        versions = {name: version(name) for name in ("sparring", "torch", "numpy")}
        sessions.append({"from_round": round, **versions, "python": platform.python_version()})
        about = {name: getattr(self, name) for name in ("recipe", "data", "extra", "time", "origin")}
        about |= {"rounds": rounds, "config": dataclasses.asdict(self.config), "sessions": sessions}
        own = self.code.source
        files.write_config(self.path, about if own is None else {**about, "source": own.about()})
        if own is not None:
            source.write(own, self.path)

    def checked_data(self) -> Data:
        """The data of the run, as it was begun with.

        Raises:
            FileNotFoundError: They are not where they were.
            ValueError: They are not what they were.
        """
        try:
            data = self.open_data()
        except (FileNotFoundError, ValueError) as error:
            if self.code.source is not None and isinstance(error, ValueError):
                raise  # somebody's own recipe knows best what is wrong
            raise moved.gone(self.path, error) from error
        moved.check(self.path, self.recipe, getattr(self.config, "data", ""), self.data, data)
        return data

    def at(self, data: str | None) -> Run:
        """The run with its data at another place, where `checked_data` looks for them; None is where they were.

        Raises:
            ValueError: Its recipe reads no data from a place.
        """
        return self if data is None else dataclasses.replace(self, config=moved.placed(self.config, data))

    @property
    def moved(self) -> bool:
        """Whether its data are at another place than config.json says."""
        place = getattr(self.config, "data", None)
        return isinstance(place, str) and place != files.read_config(self.path)["config"]["data"]

    def remember(self) -> None:
        """Writes into config.json where the data are now, if they have moved."""
        if self.moved:
            about = files.read_config(self.path)
            about["config"]["data"] = getattr(self.config, "data", None)
            files.write_config(self.path, about)

    def game(self, device: str = "cpu") -> Game:
        """The game as the newest checkpoint left it, to look at its players; its spectral norms are settled.

        Neither the data nor anything but the checkpoints is needed, and nothing is written.

        Raises:
            FileNotFoundError: The run has no whole checkpoint.
        """
        newest = checkpoint.latest(self.path / files.CHECKPOINTS)
        if newest is None:
            raise FileNotFoundError(f"{str(self.path)!r} has no checkpoint yet: train it for some rounds first")
        config = dataclasses.replace(self.config, device=device)
        trainer: Trainer = self.code.made("build", config, self.spec.stand_in())
        with checkpoint.fitting(newest):
            trainer.load_games(checkpoint.load(newest)["games"])
        return settle(trainer.game)

    def sampler(self, weights: str = "average", device: str = "cpu") -> Sampler:
        """The run's sampler.

        Args:
            weights: `average` or `raw`.
            device: Where.

        Raises:
            FileNotFoundError: The run has not saved a model yet.
            ValueError: The model is damaged.
        """
        tensors = models.read(self.path, weights)
        config = dataclasses.replace(self.config, device=device)
        sampler = self.code.made("sampler", config, self.spec).of(self.spec.kind)
        return _filled(sampler, tensors, self.path)


def load(
    path: str | Path,
    *,
    weights: str = "average",
    sampler: Sampler | None = None,
    recipe: str | Path | None = None,
    device: str = "cpu",
) -> Sampler:
    """The sampler of a run: `sparring.load("runs/x").sample(64, seed=0)`.

    Args:
        path: The directory of the run.
        weights: `average`, the exponential moving average, or `raw`, the last weights.
        sampler: A sampler to copy and fill, for a run whose code is not at hand.
        recipe: The file of a recipe of your own, such as "./mine.py", if it is not on your list: it is then run.
        device: Where to put it.

    Raises:
        FileNotFoundError: There is no run, or it has not saved a model yet.
        UnlistedError: It is of a recipe of somebody's own, which is not on your list. Nothing of it was run.
        ValueError: The model is damaged, or the run's recipe is not one of this package; then give `sampler`.
    """
    path = Path(path)
    if sampler is None:
        try:
            return Run.open(path, None if recipe is None else Path(recipe)).sampler(weights, device)
        except recipes.UnknownRecipeError as error:
            raise ValueError(
                f"{error}. For a recipe of your own: load({str(path)!r}, sampler=an_untrained_one)"
            ) from error
    if not isinstance(sampler, Sampler):
        raise TypeError(f"sampler is a {type(sampler).__name__}; expected a Sampler: write sampler=game.sampler()")
    why = "the sampler given: build the game of this run, with networks of the same sizes"
    return _filled(copy.deepcopy(sampler), models.read(path, weights), path, why).to(device)


def _filled(sampler: Sampler, tensors: dict[str, Tensor], run: Path, than: str = "") -> Sampler:
    than = than or f"{str(run / files.CONFIG)!r}: put back the files that belong together"
    try:
        sampler.load_state_dict(tensors)
    except RuntimeError as error:
        raise ValueError(f"the model in {str(run / files.MODEL)!r} is from another game than {than}") from error
    return sampler
