"""A stage: the trainer of a run, with all that writes between rounds."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from sparring import ranks
from sparring.data.source import InMemory
from sparring.data.streams import Data
from sparring.evaluation.measures import quick
from sparring.hooks import Average
from sparring.runs import files
from sparring.runs.news import Writer
from sparring.runs.run import Run
from sparring.runs.writers import Checkpoint, Evaluate, Log, Samples
from sparring.samplers import Mute, Sampler
from sparring.trainer import Trainer

__all__ = ["FRAMES", "MEASUREMENTS", "Stage", "built"]

FRAMES, MEASUREMENTS = 40, 20
"""Pictures of a time-lapse, and measurements of a run, at least."""


class Stage:
    """The trainer at round 0, and its hooks; for another number of rounds it is made again.

    Args:
        run: The run.
        data: What it trains on.
        held_out: What its samples are measured by.

    Attributes:
        yields: Whether the game has a sampler.
        average: Of its weights.
        writers: Log, samples, scores and, last, checkpoints.
    """

    def __init__(self, run: Run, data: Data, held_out: InMemory | None) -> None:
        self.trainer = built(run, data)
        self.yields = self.trainer.game.has_sampler
        live = (self.trainer.game.sampler() if self.yields else Mute()).of(data.kind)
        self.average = Average(live, run.config.half_life * self.trainer.images)
        self.trainer.extend(run.extra)
        self.log = Log(run.path / files.LOG, max(1, min(20, self.trainer.rounds // 50)))
        scores = [] if held_out is None else [self._scores(run, held_out)]
        self.checkpoint = self._checkpoint(run, live, [self.log, *scores])
        self.writers: list[Writer] = [self.log, *self._samples(run, data), *scores, self.checkpoint]  # it last: what
        # was written before is not written again
        self.trainer.hooks += [*([self.average] if self.yields else []), *self.writers]

    @property
    def last(self) -> Mapping[str, float]:
        """The newest line of the log."""
        return self.log.last

    def _samples(self, run: Run, data: Data) -> list[Samples]:
        every = max(1, self.trainer.rounds // FRAMES)
        return [Samples(run.path, self.average.sampler, every=every, n=data.kind.shown)] if self.yields else []

    def _scores(self, run: Run, held_out: InMemory) -> Evaluate:
        n = min(1000, len(held_out))
        measure = quick(held_out.kind, held_out.examples(torch.arange(n)))
        every = run.config.evaluate_every or max(1, self.trainer.rounds // MEASUREMENTS)
        return Evaluate(run.path / files.SCORES, self.average.sampler, measure, every=every, n=n)

    def _checkpoint(self, run: Run, live: Sampler, logs: list[Log | Evaluate]) -> Checkpoint:
        samplers = {"average": self.average.sampler, "raw": live} if self.yields else {}
        every = run.config.checkpoint_every or max(1, min(500, self.trainer.rounds // 10))
        return Checkpoint(run.path, samplers, every, logs, first=bool(run.origin))


def built(run: Run, data: Data) -> Trainer:
    """The trainer alone."""
    torch.manual_seed(run.config.seed)  # ours does not read torch's own generator; somebody's source may
    trainer: Trainer = run.code.made("build", run.config, data)
    trainer.ranks = ranks.of_environment(run.config.device)
    return trainer
