"""Hooks: what happens between rounds besides playing."""

from __future__ import annotations

import copy
import math
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from sparring.game import Cost
from sparring.samplers import Sampler, tensors_of
from sparring.schedules import Schedule

if TYPE_CHECKING:
    from sparring.trainer import Trainer

__all__ = ["Average", "Every", "GradientCheck", "Hook", "LearningRate", "TimeLimit"]


class Hook(ABC):
    """Something that looks at a trainer after every `every` rounds."""

    every: int = 1

    def start(self, trainer: Trainer) -> None:  # noqa: B027 - most hooks have nothing to do here
        """Before the first round of a `play`."""

    @abstractmethod
    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """After a round that cost the players `costs`."""

    def finish(self, trainer: Trainer) -> None:  # noqa: B027
        """After the last round of a `play`, also when it failed."""

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs back."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:  # noqa: B027
        """Takes back a state."""


class Every(Hook):
    """Calls `action(trainer, costs)` after every `every` rounds."""

    def __init__(self, every: int, action: Callable[[Trainer, Mapping[str, Cost]], None]) -> None:
        self.every, self.action = every, action

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Calls the action."""
        self.action(trainer, costs)


class GradientCheck(Hook):
    """Finds parameters that are trained in name only.

    In the first two rounds of a phase a trainable parameter without a gradient stops the run. One whose gradient is
    exactly zero in each of the first `rounds` rounds is a warning.

    Raises:
        RuntimeError: The cost of a player does not depend on a parameter it controls.
    """

    def __init__(self, rounds: int = 20) -> None:
        self.rounds = rounds
        self._moved: dict[str, Tensor] = {}

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Looks at the gradients the optimizers have just used."""
        phase, _, finished = trainer.locate(trainer.state.round - 1)
        number = finished + 1
        if number == 1:
            self._moved = {}
        if number <= self.rounds:
            for player in phase.optimizers:
                self._look(player, phase.game.strategy(player), number)
        if number == self.rounds and (still := [name for name, moved in self._moved.items() if not moved]):
            warnings.warn(
                f"the gradient was exactly zero in all of the first {number} rounds for {still}. Right for a critic's "
                "output bias under Wasserstein and relativistic losses, which cancel it; else look for a dead unit or "
                "a zero weight",
                stacklevel=2,
            )

    def _look(self, player: str, strategy: Mapping[str, Tensor], number: int) -> None:
        for name, p in strategy.items():
            if p.grad is not None:
                moved = p.grad.detach().ne(0).any()
                self._moved[name] = moved | self._moved[name].to(moved.device) if name in self._moved else moved
            elif number <= 2:
                raise RuntimeError(
                    f"{name!r} has no gradient in round {number}: the cost of {player!r} does not depend on it. "
                    "Use it in the cost, or freeze it with requires_grad_(False)"
                )

    def state_dict(self) -> dict[str, Any]:
        """Which parameters have had a gradient."""
        return {"moved": self._moved}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back a state."""
        self._moved = dict(state["moved"])


class LearningRate(Hook):
    """Sets learning rates in the course of a phase.

    Args:
        schedules: For each player, a function from the share of `rounds` that the phase has finished to its rate.
        rounds: How many rounds the schedules stretch over.

    Raises:
        ValueError: No phase has an optimizer for a player that is named.
    """

    def __init__(self, schedules: Mapping[str, Schedule], rounds: int) -> None:
        self.schedules, self.rounds = schedules, rounds

    def start(self, trainer: Trainer) -> None:
        """Sets the rates of the first round."""
        known = {player for phase in trainer.phases for player in phase.optimizers}
        if unknown := sorted(self.schedules.keys() - known):
            raise ValueError(f"there are learning rates for {unknown}, but optimizers for {sorted(known)}")
        self(trainer, {})

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Sets the rates of the next round."""
        phase, _, number = trainer.locate(trainer.state.round)
        for player in self.schedules.keys() & phase.optimizers.keys():
            for group in phase.optimizers[player].param_groups:
                group["lr"] = self.schedules[player](number / self.rounds)


class Average(Hook):
    """An exponential moving average of a sampler's parameters and buffers.

    The weight of a state halves every `half_life` images, or every `ramp` of the images seen so far where that is
    sooner, so that the start is forgotten (as in the training code of Karras et al. 2022,
    https://arxiv.org/abs/2206.00364).

    Args:
        sampler: Live modules; `self.sampler` is the averaged copy.
        half_life: In images.
        ramp: A share of the images seen.
    """

    def __init__(self, sampler: Sampler, half_life: float, ramp: float = 0.05) -> None:
        self.live, self.half_life, self.ramp = sampler, half_life, ramp
        self.sampler = copy.deepcopy(sampler).requires_grad_(False)

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Moves the average towards the live sampler."""
        batch = trainer.locate(trainer.state.round - 1)[0].batch
        half_life = min(self.half_life, self.ramp * trainer.state.images)
        weight = 1.0 - 0.5 ** (batch / half_life) if half_life else 1.0
        averages, lives = tensors_of(self.sampler), tensors_of(self.live)
        floats = [name for name, tensor in averages.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([averages[name] for name in floats], [lives[name] for name in floats], weight)
        for name in averages.keys() - set(floats):
            averages[name].copy_(lives[name])

    def state_dict(self) -> dict[str, Any]:
        """The averages."""
        return tensors_of(self.sampler)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back the averages."""
        self.sampler.load_state_dict(state)


class TimeLimit(Hook):
    """Stops the trainer after so many seconds of play."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = math.inf

    def start(self, trainer: Trainer) -> None:
        """Starts the clock."""
        self._end = time.monotonic() + self.seconds

    def __call__(self, trainer: Trainer, costs: Mapping[str, Cost]) -> None:
        """Stops when time is over."""
        if time.monotonic() >= self._end:
            trainer.stop()
