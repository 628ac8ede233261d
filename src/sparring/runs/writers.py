"""Writers: hooks that put a run on disk."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor

from sparring.game import Cost
from sparring.hooks import Hook, Playing
from sparring.kinds import drawing
from sparring.machine.files import write_atomically
from sparring.runs import checkpoint
from sparring.samplers import Sampler, tensors_of

__all__ = ["Checkpoint", "Evaluate", "Log", "Samples", "read_history", "read_log"]

SCORES = "scores.jsonl"
"""Where a run keeps what `Evaluate` finds."""

_SOUND = "the last checkpoint is sound; try a smaller learning rate, a larger penalty, or data scaled to [-1, 1]"


class Log(Hook):
    """Appends a line of JSON: rounds, images, seconds, images a second, every term and watched value.

    Apart from samples and checkpoints, only its lines make the loop wait for the device. On resuming, lines beyond the
    present round go.

    Raises:
        FloatingPointError: A value is not finite.
    """

    def __init__(self, path: Path, every: int = 20) -> None:
        self.path, self.every = path, every
        self.last: dict[str, float] = {}
        self._seconds = self._since = 0.0
        self._images = 0

    def start(self, trainer: Playing) -> None:
        """Drops lines of rounds that are to be played again."""
        kept = _keep(self.path, trainer.state.round)
        self._seconds = kept[-1]["seconds"] if kept else 0.0
        self._images, self._since = trainer.state.images, time.perf_counter()

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Writes the line."""
        values = {
            f"{player}/{name}": value
            for player, cost in costs.items()
            for name, value in {**cost.terms, **cost.watch}.items()
        }
        numbers = torch.stack([value.float() for value in values.values()]).tolist()
        now, images = time.perf_counter(), trainer.state.images
        self._seconds += now - self._since
        speed = (images - self._images) / max(now - self._since, 1e-9)
        self._since, self._images = now, images
        self.last = dict(zip(values, numbers, strict=True))
        bad = [name for name, number in self.last.items() if not math.isfinite(number)]
        if bad:
            raise FloatingPointError(f"{bad} became infinite or not a number by round {trainer.state.round}; {_SOUND}")
        line = {
            "round": trainer.state.round,
            "images": images,
            "seconds": round(self._seconds, 3),
            "images_per_second": round(speed, 1),
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**line, **self.last}) + "\n")


def read_log(path: Path) -> list[dict[str, float]]:
    """The complete lines of a log; none if there is no log."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            break  # a line cut short by a crash: it and what follows is written again
    return lines


def read_history(run: Path) -> list[dict[str, float]]:
    """The lines of a run's log, and then those of its scores, which have other names."""
    return read_log(run / "log.jsonl") + read_log(run / SCORES)


def _keep(path: Path, last: int) -> list[dict[str, float]]:
    """The lines of a log up to round `last`; the others are dropped from the file."""
    kept = [line for line in read_log(path) if line["round"] <= last]
    write_atomically(path, "".join(json.dumps(line) + "\n" for line in kept).encode())
    return kept


class Evaluate(Hook):
    """Measures samples of the same latents again and again, and appends what was found to a log of its own.

    Args:
        path: The log: a line of JSON for each time. On resuming, lines beyond the present round go.
        sampler: Makes the samples.
        measure: Some cheap figures of samples [n, ...], such as `sparring.evaluation.measures.quick` gives. They decide
            nothing in training, so that examples they are measured against stay unseen.
        every: Rounds between.
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
        self.path, self.sampler, self.measure = path, sampler, measure
        self.every, self.n, self.seed = every, n, seed

    def start(self, trainer: Playing) -> None:
        """Drops lines of rounds that are to be played again."""
        _keep(self.path, trainer.state.round)

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Measures."""
        samples = self.sampler.settled().sample(self.n, seed=self.seed)
        if not torch.isfinite(samples).all():
            raise FloatingPointError(
                f"samples became infinite or not a number by round {trainer.state.round}; {_SOUND}"
            )
        found = self.measure(samples)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"round": trainer.state.round, "images": trainer.state.images, **found}) + "\n")


class Samples(Hook):
    """Draws the same latents again and again: `samples/<round>.png`, and the newest as `preview.png`."""

    def __init__(self, folder: Path, sampler: Sampler, *, every: int, n: int = 64, seed: int = 0) -> None:
        self.folder, self.sampler, self.every, self.n, self.seed = folder, sampler, every, n, seed

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Draws."""
        samples = self.sampler.settled().sample(self.n, seed=self.seed)
        png = drawing.encode(self.sampler.kind.show({"generated": samples}))
        self.folder.joinpath("samples").mkdir(exist_ok=True)
        write_atomically(self.folder / "samples" / f"{trainer.state.round:08d}.png", png)
        write_atomically(self.folder / "preview.png", png)


class Checkpoint(Hook):
    """Saves the trainer, and the samplers by themselves, every `every` rounds; keeps the newest two.

    Args:
        folder: Gets `model/<name>.safetensors`, then `checkpoints/<round>/`.
        samplers: What `sparring.load` opens, by name.
        every: Rounds between checkpoints.

    Raises:
        FloatingPointError: A parameter is not finite; nothing is saved.
    """

    def __init__(self, folder: Path, samplers: Mapping[str, Sampler], every: int) -> None:
        self.folder, self.samplers, self.every = folder, samplers, every
        self.saved = -1

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Saves."""
        state = trainer.state_dict()
        bad = [name for name, tensor in state["games"].items() if not torch.isfinite(tensor).all()]
        if bad:
            raise FloatingPointError(
                f"{bad[:5]} became infinite or not a number by round {trainer.state.round}; {_SOUND}"
            )
        for name, sampler in self.samplers.items():
            checkpoint.save_tensors(self.folder / "model" / f"{name}.safetensors", tensors_of(sampler.settled()))
        checkpoint.save(self.folder / "checkpoints" / f"{trainer.state.round:08d}", state)
        checkpoint.prune(self.folder / "checkpoints", keep=2)
        self.saved = trainer.state.round
