"""A run: a directory that explains itself.

config.json            the recipe, every value, versions, device, threads, what the data were
log.jsonl              a line every few rounds
data.txt, data.png     what the data were
samples/, preview.png  the same latents again and again
checkpoints/<round>/   everything that moves; resuming gives what an uninterrupted run gives, bit for bit
model/                 the sampler alone, averaged and raw: what `load` opens
*.png, timelapse.gif   made at the end
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sparring import recipes
from sparring.data.streams import Data, Spec
from sparring.game import Game
from sparring.machine import devices
from sparring.machine.files import write_atomically
from sparring.machine.plain import describe, restore
from sparring.runs import checkpoint
from sparring.runs.session import Session
from sparring.samplers import Sampler

__all__ = ["Run", "load"]

LEFTOVER = ".*.tmp"
"""What an interrupted write leaves."""


@dataclass(frozen=True)
class Run:
    """A run on disk.

    Attributes:
        path: Its directory.
        recipe: The name of a module in `sparring.recipes`.
        config: The recipe's configuration, complete.
        data: The shape of an example, the number of examples, the SHA-256 of all, and their spec as JSON.
    """

    path: Path
    recipe: str
    config: recipes.Config
    data: dict[str, Any]

    @staticmethod
    def create(path: Path, recipe: str, config: recipes.Config) -> Session:
        """A new run, ready to play. Nothing is written before it does.

        Raises:
            FileExistsError: There is something at `path`.
            PermissionError: Nothing can be written there.
        """
        if path.exists() and (not path.is_dir() or any(not file.match(LEFTOVER) for file in path.iterdir())):
            raise FileExistsError(
                f"{str(path)!r} exists: continue it with `sparring resume {path}`, or choose another --out"
            )
        there = next(parent for parent in path.absolute().parents if parent.exists())
        effective = os.access in os.supports_effective_ids
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK, effective_ids=effective):
            raise PermissionError(
                f"{str(path)!r} cannot be written, {str(there)!r} being no folder you may write to: "
                "choose another --out"
            )
        return Run.prepare(path, recipe, config)

    @staticmethod
    def prepare(path: Path, recipe: str, config: recipes.Config) -> Session:
        """A new run in memory, whatever there is at `path`."""
        config = dataclasses.replace(
            config, device=devices.resolve(config.device), threads=devices.threads(config.threads)
        )
        data = recipes.find(recipe).open_data(config)
        spec = data.spec
        about = {"shape": list(spec.shape), "count": len(data), "sha256": data.digest(), "spec": describe(spec)}
        return Session(Run(path, recipe, config, about), data)

    @staticmethod
    def open(path: Path) -> Run:
        """The run in the directory `path`.

        Raises:
            FileNotFoundError: There is none.
            ValueError: Its description was damaged, or is of another version.
        """
        file = path / "config.json"
        if not file.is_file():
            raise FileNotFoundError(f"{str(path)!r} is not a run: it has no config.json")
        try:
            about = json.loads(file.read_bytes())
            recipe = recipes.find(about["recipe"])
            data = {name: about["data"][name] for name in ("shape", "count", "sha256", "spec")}
            restore(Spec, data["spec"])
            return Run(path, about["recipe"], restore(recipe.Config, about["config"]), data)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(f"{str(file)!r} does not describe a run of this version ({error})") from error

    @property
    def spec(self) -> Spec:
        """What is known of the data without them."""
        return restore(Spec, self.data["spec"])

    def open_data(self) -> Data:
        """The data, wherever they are now.

        Raises:
            FileNotFoundError: They are not where they were.
        """
        return recipes.find(self.recipe).open_data(self.config)

    def describe(self, round: int) -> None:
        """Writes config.json, with a new entry in its list of sessions: from which round on, with which versions."""
        file = self.path / "config.json"
        sessions = json.loads(file.read_bytes())["sessions"] if file.exists() else []
        versions = {name: version(name) for name in ("sparring", "torch", "numpy")}
        sessions.append({"from_round": round, **versions, "python": platform.python_version()})
        about = {"recipe": self.recipe, "config": dataclasses.asdict(self.config), "data": self.data}
        write_atomically(file, json.dumps({**about, "sessions": sessions}, indent=2).encode())

    def resume(self, *, rounds: int | None = None, device: str | None = None, threads: int | None = None) -> Session:
        """The run as its newest checkpoint left it, or at round 0 if it has none.

        Args:
            rounds: Play to this round instead of the configured one. A recipe whose rates depend on the number of
                rounds has other rates from here on.
            device: Play there. On another device the run goes on, but not bit for bit.
            threads: Play with so many CPU threads; the same holds.

        Raises:
            FileNotFoundError: The data are not where they were.
            ValueError: The data are not what they were, or the run is beyond `rounds`.
        """
        for leftover in self.path.rglob(LEFTOVER):
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        config = dataclasses.replace(
            self.config,
            rounds=self.config.rounds if rounds is None else rounds,
            device=devices.resolve(device or self.config.device),
            threads=threads or self.config.threads,
        )
        run = dataclasses.replace(self, config=config)
        try:
            data = recipes.find(self.recipe).open_data(config)
        except FileNotFoundError as error:
            raise FileNotFoundError(
                f"the data of {str(self.path)!r} are not where they were ({error}): put them back, or begin a new run"
            ) from error
        if data.digest() != self.data["sha256"]:
            raise ValueError(f"the data of {str(self.path)!r} have changed since it began: restore them or begin anew")
        session = Session(run, data)
        newest = checkpoint.latest(self.path / "checkpoints")
        if newest:
            session.trainer.load_state_dict(checkpoint.load(newest))
            session.checkpoint.saved = session.trainer.state.round
        if rounds is not None and rounds < session.trainer.state.round:
            raise ValueError(
                f"{str(self.path)!r} is at round {session.trainer.state.round}; --rounds {rounds} is behind it: "
                "give a larger number"
            )
        return session

    def game(self, device: str = "cpu") -> Game:
        """The game as the newest checkpoint left it, to look at its players.

        Neither the data nor anything but the checkpoints is needed, and nothing is written.

        Raises:
            FileNotFoundError: The run has no whole checkpoint.
        """
        newest = checkpoint.latest(self.path / "checkpoints")
        if newest is None:
            raise FileNotFoundError(f"{str(self.path)!r} has no checkpoint yet: train it for some rounds first")
        config = dataclasses.replace(self.config, device=device)
        trainer = recipes.find(self.recipe).build(config, self.spec.stand_in())
        trainer.load_games(checkpoint.load(newest)["games"])
        return trainer.game

    def sampler(self, weights: str = "average", device: str = "cpu") -> Sampler:
        """The run's sampler.

        Args:
            weights: `average` or `raw`.
            device: Where.

        Raises:
            FileNotFoundError: The run has not saved a model yet.
        """
        file = self.path / "model" / f"{weights}.safetensors"
        if not file.is_file():
            saved = sorted(p.stem for p in file.parent.glob("*.safetensors"))
            raise FileNotFoundError(
                f"{str(self.path)!r} has no {weights!r} weights: it has {saved or 'not saved a model yet'}"
            )
        config = dataclasses.replace(self.config, device=device)
        spec = self.spec
        sampler = recipes.find(self.recipe).sampler(config, spec).of(spec.kind)
        sampler.load_state_dict(checkpoint.load_tensors(file))
        return sampler


def load(path: str | Path, *, weights: str = "average", sampler: Sampler | None = None, device: str = "cpu") -> Sampler:
    """The sampler of a run: `sparring.load("runs/x").sample(64, seed=0)`.

    Args:
        path: The directory of the run.
        weights: `average`, the exponential moving average, or `raw`, the last weights.
        sampler: An untrained sampler to fill, for a run that is not of a recipe in `sparring.recipes`.
        device: Where to put it.

    Raises:
        FileNotFoundError: There is no run, or it has not saved a model yet.
        ValueError: The run's recipe is not one of this package; give `sampler`.
    """
    path = Path(path)
    if sampler is None:
        try:
            return Run.open(path).sampler(weights, device)
        except recipes.UnknownRecipeError as error:
            raise ValueError(
                f"{error}. For a recipe of your own: load({str(path)!r}, sampler=an_untrained_one)"
            ) from error
    sampler.load_state_dict(checkpoint.load_tensors(path / "model" / f"{weights}.safetensors"))
    return sampler.to(device)
