"""Writers: hooks that put a run on disk."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from sparring.game import Cost
from sparring.hooks import Playing
from sparring.kinds import drawing
from sparring.machine.files import explained, write_atomically
from sparring.runs import checkpoint, models
from sparring.runs.files import CHECKPOINTS, CONFIG, PREVIEW, SAMPLES, Lines
from sparring.runs.news import Listener, Writer
from sparring.samplers import Sampler, tensors_of

__all__ = ["Checkpoint", "Evaluate", "Log", "Samples", "frames"]

_SOUND = "the last checkpoint is good. Try a smaller learning rate, a larger penalty, or data scaled to [-1, 1]"


class _Written(Writer):
    """A hook that writes lines, whose number is kept, so that a resumed run misses those that were lost."""

    def __init__(self, path: Path, every: int) -> None:
        self.path, self.every, self.lines, self._expected = path, every, Lines(path), 0
        self.newest: Mapping[str, float] = {}

    def start(self, trainer: Playing) -> None:
        """Drops lines of rounds that are to be played again."""
        self._begin(trainer)

    def _begin(self, trainer: Playing) -> list[dict[str, float]]:
        expected, self._expected = self._expected, 0  # it is known once, when a state was loaded
        kept = self.lines.begin(trainer.state.round, expected)
        self.at = int(kept[-1]["round"]) if kept else -1
        return kept

    def _append(self, line: Mapping[str, float]) -> None:
        self.lines.append(line)
        self.at, self.newest = int(line["round"]), line

    def state_dict(self) -> dict[str, Any]:
        """How many lines there are."""
        return {"lines": self.lines.count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back a state."""
        self._expected = state["lines"]


def _stack(values: Sequence[Tensor]) -> Tensor:
    """All of them, where the newest is: those of a checkpoint are on the CPU."""
    return torch.stack([value.to(values[-1].device) for value in values])


class Log(_Written):
    """Appends a line of JSON: rounds, images, seconds, images a second, means of terms and watched values, rates.

    Learning rates are those of the next round. A mean is over the rounds since the last line in which the value
    existed: a lazy penalty does so now and then. Apart from samples and checkpoints, only its lines make the loop wait
    for the device. On resuming, lines beyond the present round go.

    Args:
        path: The file.
        rounds: From one line to the next.

    Raises:
        FloatingPointError: A value is not finite.
    """

    def __init__(self, path: Path, rounds: int = 20) -> None:
        super().__init__(path, 1)
        self.rounds = rounds
        self.last: dict[str, float] = {}
        self._held: dict[str, list[Tensor]] = {}
        self._seconds = self._since = 0.0
        self._images = 0

    def start(self, trainer: Playing) -> None:
        """Drops lines of rounds that are to be played again."""
        kept = self._begin(trainer)
        self._seconds = kept[-1].get("seconds", 0.0) if kept else 0.0
        self._images, self._since = trainer.state.images, time.perf_counter()

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Keeps the values, and writes the line when it is time."""
        for player, cost in costs.items():
            for name, value in (*cost.terms.items(), *cost.watch.items()):
                self._held.setdefault(f"{player}/{name}", []).append(value)
        if self._held and trainer.state.round % self.rounds == 0:
            self._write(trainer)

    def _write(self, trainer: Playing) -> None:
        numbers = torch.stack([_stack(values).float().mean() for values in self._held.values()]).tolist()
        now, images = time.perf_counter(), trainer.state.images
        self._seconds += now - self._since
        speed = (images - self._images) / max(now - self._since, 1e-9)
        self._since, self._images = now, images
        self.last = dict(zip(self._held, numbers, strict=True))
        self._held = {}
        bad = [name for name, number in self.last.items() if not math.isfinite(number)]
        if bad:
            raise FloatingPointError(f"{bad} became infinite or not a number by round {trainer.state.round}; {_SOUND}")
        line = {
            "round": trainer.state.round,
            "images": images,
            "seconds": round(self._seconds, 3),
            "images_per_second": round(speed, 1),
        }
        self._append({**line, **self.last})

    def tell(self, listener: Listener) -> None:
        """Tells the newest line."""
        listener.costs(self.newest)

    def state_dict(self) -> dict[str, Any]:
        """How many lines there are, and what the next one is a mean of."""
        return {**super().state_dict(), "held": {name: _stack(values) for name, values in self._held.items()}}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back a state."""
        super().load_state_dict(state)
        self._held = {name: list(values) for name, values in state["held"].items()}


class Evaluate(_Written):
    """Measures samples of the same latents again and again, and appends what was found to a log of its own.

    Args:
        path: The log: a line of JSON for each time. On resuming, lines beyond the present round go.
        sampler: Makes the samples.
        measure: Some cheap figures of samples [n, ...], such as `sparring.evaluation.measures.quick` gives. They decide
            nothing in training, so that examples they are measured against stay unseen.
        every: Rounds between. The last round of all is measured too.
        n: Samples to make.
        seed: Of the samples.

    Raises:
        FloatingPointError: A sample is not finite.
    """

    def __init__(
        self,
        path: Path,
        sampler: Sampler,
        measure: Callable[[Tensor], Mapping[str, float]],
        *,
        every: int,
        n: int,
        seed: int = 0,
    ) -> None:
        super().__init__(path, 1)
        self.rounds, self.sampler, self.measure, self.n, self.seed = every, sampler, measure, n, seed

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Measures, when it is time."""
        if trainer.state.round % self.rounds and trainer.state.round != trainer.rounds:
            return
        samples = self.sampler.settled().sample(self.n, seed=self.seed)
        if not torch.isfinite(samples).all():
            raise FloatingPointError(
                f"samples became infinite or not a number by round {trainer.state.round}; {_SOUND}"
            )
        found = self.measure(samples)
        self._append({"round": trainer.state.round, "images": trainer.state.images, **found})

    def tell(self, listener: Listener) -> None:
        """Tells the newest scores."""
        listener.scores(self.newest)


class Samples(Writer):
    """Draws the same latents again and again: `samples/<round>.png`, and the newest as `preview.png`.

    First after rounds 1, 2, 4, 8 and so on, then every `every` rounds. One that cannot be written costs a warning, the
    first time, and never a run.
    """

    def __init__(self, folder: Path, sampler: Sampler, *, every: int, n: int = 64, seed: int = 0) -> None:
        self.folder, self.sampler, self.rounds, self.n, self.seed = folder, sampler, every, n, seed
        self._failed = False

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Draws, when it is time."""
        number = trainer.state.round
        if number % self.rounds and (number > self.rounds or number.bit_count() > 1):
            return
        samples = self.sampler.settled().sheet(self.n, seed=self.seed)
        heads = self.sampler.condition.heads(self.n)
        png = drawing.encode(self.sampler.kind.show_columns({"generated": samples}, heads))
        try:
            write_atomically(self.folder / SAMPLES / f"{number:08d}.png", png)
            write_atomically(self.folder / PREVIEW, png)
            self.at = number
        except OSError as error:
            if not self._failed:
                warnings.warn(f"{explained(error)}. Training continues without this preview", stacklevel=2)
            self._failed = True

    def tell(self, listener: Listener) -> None:
        """Tells of the newest picture."""
        listener.preview(self.at, self.folder / SAMPLES / f"{self.at:08d}.png")


def frames(folder: Path) -> list[Path]:
    """The pictures of a time-lapse that can be read, with a warning for each other one."""
    found = []
    for file in sorted(folder.glob("*.png")):
        try:
            with Image.open(file) as image:
                image.verify()
        except (OSError, SyntaxError, ValueError) as error:
            warnings.warn(f"{str(file)!r} is damaged ({error}): left out of the time-lapse", stacklevel=3)
        else:
            found.append(file)
    return found


class Checkpoint(Writer):
    """Saves the trainer, and the samplers by themselves, every `every` rounds; keeps the newest two.

    Args:
        folder: Gets `model/<name>.safetensors`, then `checkpoints/<round>/`, with a copy of its config.json.
        samplers: What `sparring.load` opens, by name.
        every: Rounds between checkpoints.
        logs: What is on the disk before the checkpoint is.
        first: Save before the first round too.

    Raises:
        FloatingPointError: A parameter is not finite; nothing is saved.
    """

    def __init__(
        self,
        folder: Path,
        samplers: Mapping[str, Sampler],
        every: int,
        logs: Sequence[Log | Evaluate] = (),
        *,
        first: bool = False,
    ) -> None:
        self.folder, self.samplers, self.every, self.logs, self.first = folder, samplers, every, logs, first
        self.saved = -1

    def start(self, trainer: Playing) -> None:
        """Saves, if that is wanted and nothing is saved yet."""
        if self.first and self.saved < 0:
            self(trainer, {})

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Saves."""
        state = trainer.state_dict()
        bad = [name for name, tensor in state["games"].items() if not torch.isfinite(tensor).all()]
        if bad:
            raise FloatingPointError(
                f"{bad[:5]} became infinite or not a number by round {trainer.state.round}; {_SOUND}"
            )
        for name in self.samplers:
            self.write_model(name)
        for log in self.logs:
            log.lines.synchronise()
        config = {CONFIG: (self.folder / CONFIG).read_bytes()}
        checkpoint.save(self.folder / CHECKPOINTS / f"{trainer.state.round:08d}", state, config)
        self.saved = trainer.state.round
        checkpoint.prune(self.folder / CHECKPOINTS, keep=2, last=self.saved)

    @property
    def at(self) -> int:  # type: ignore[override]  # another name for `saved`
        """The round of the newest checkpoint."""
        return self.saved

    def tell(self, listener: Listener) -> None:
        """Tells that it is saved."""
        listener.saved(self.saved)

    def write_model(self, name: str) -> None:
        """Saves one sampler."""
        models.write(self.folder, name, tensors_of(self.samplers[name].settled()))
