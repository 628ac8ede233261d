"""A budget: a time to train in, and how many rounds it is for."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence

import torch

from sparring.game import Cost
from sparring.hooks import Hook, Playing
from sparring.phase import Phase, TrainState
from sparring.trainer import Trainer

__all__ = ["Budget", "fitting", "pace"]

PLANNED = 0.95
"""The share of the time that rounds are planned for."""


class Budget(Hook):
    """Stops the trainer when time is out, and before that once, to say how many rounds the time is for.

    Args:
        seconds: The time there is, from the start of play.
        pace: Seconds of a round of each phase, roughly; None if the number of rounds is known.
    """

    def __init__(self, seconds: float, pace: Sequence[float] | None = None) -> None:
        self.seconds, self.pace = seconds, pace
        self.due = self.out = False
        self._begun = math.inf
        self._before: list[int] = []

    def start(self, trainer: Playing) -> None:
        """Starts the clock, if it does not run already."""
        if self._begun == math.inf:
            self._begun, self._before = time.monotonic(), played(trainer.phases, trainer.state)

    @property
    def spent(self) -> float:
        """Seconds of play."""
        return max(0.0, time.monotonic() - self._begun)

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return max(0.0, self.seconds - self.spent)

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Stops at the end; if the number of rounds is not known, after thirty seconds or a fifth of a shorter time."""
        self.due = self.pace is not None and self.spent >= min(30.0, self.seconds / 5)
        self.out = self.spent >= self.seconds
        if self.due or self.out:
            trainer.stop()

    def rounds(self, trainer: Trainer, given: int) -> int:
        """The rounds that fit into the time, as a recipe's configuration has them.

        Args:
            trainer: Where play stands.
            given: The rounds of the configuration that it was made for, of which each phase has its share.
        """
        pace = self.pace or [0.0] * len(trainer.phases)
        so_far = played(trainer.phases, trainer.state)
        before = self._before or so_far
        planned = _total(pace, [now - then for now, then in zip(so_far, before, strict=True)])
        slower = self.spent / planned if planned else 1.0
        one = _total(pace, [phase.rounds / given for phase in trainer.phases])
        return max(1, round(((PLANNED * self.seconds - self.spent) / slower + _total(pace, so_far)) / one))


def fitting(seconds: float, each: float | None) -> int:
    """The rounds that fit into so many seconds, each of so many; 1 at least."""
    return max(1, int(PLANNED * seconds / each)) if each else 1


def played(phases: Sequence[Phase], state: TrainState) -> list[int]:
    """The finished rounds of each phase."""
    return [*(phase.rounds for phase in phases[: state.phase]), state.within, *[0] * (len(phases) - state.phase - 1)]


def pace(trainer: Trainer) -> list[float]:
    """Seconds of a round of each phase, by playing some of each; the trainer is of no use after that."""
    return [_pace(trainer, number) if phase.rounds else 0.0 for number, phase in enumerate(trainer.phases)]


def _pace(trainer: Trainer, number: int) -> float:
    trainer.state = TrainState(phase=number)
    trainer.play(1)  # which prepares much that is used again
    first = _timed(trainer, 1)
    return _timed(trainer, max(1, min(200, int(0.5 / max(first, 1e-6)))), first)


def _timed(trainer: Trainer, rounds: int, otherwise: float = 1e-3) -> float:
    """Seconds of a round, the mean over all ranks; something else if there are no rounds left."""
    start, begun = time.perf_counter(), trainer.state.round
    trainer.play(min(rounds, trainer.phase.rounds - trainer.state.within))
    next(iter(trainer.game.parameters())).sum().item()  # waits for the device
    done = trainer.state.round - begun
    each = (time.perf_counter() - start) / done if done else otherwise
    return float(trainer.ranks.mean([torch.tensor([each], dtype=torch.float64)])[0].item())


def _total(pace: Sequence[float], rounds: Sequence[float]) -> float:
    return sum(each * number for each, number in zip(pace, rounds, strict=True))
