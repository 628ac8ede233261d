"""Hooks: what happens between rounds besides playing."""

from __future__ import annotations

import copy
import inspect
import math
import time
import warnings
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from sparring.game import Cost
from sparring.methods import Method, Paper
from sparring.phase import Playing
from sparring.samplers import tensors_of
from sparring.schedules import Schedule

__all__ = ["METHODS", "Action", "Average", "Averaging", "Every", "GradientCheck", "Hook", "LearningRate"]
__all__ += ["Playing", "TimeLimit", "UniformAverage", "hooks_of"]

M = TypeVar("M", bound=nn.Module)


class Hook(ABC):
    """Something that looks at a trainer after every `every` rounds."""

    every: int = 1

    def start(self, trainer: Playing) -> None:  # noqa: B027 - most hooks have nothing to do here
        """Before the first round of a `play`."""

    @abstractmethod
    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """After a round that cost the players `costs`; who did not move is not in them."""

    def finish(self, trainer: Playing) -> None:  # noqa: B027
        """After the last round of a `play`, also when it failed."""

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs back."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:  # noqa: B027
        """Takes back a state."""


Action = Callable[[Playing, Mapping[str, Cost]], object]
"""What can be done after a round."""


class Every(Hook):
    """Calls `action(trainer, costs)` after every `every` rounds."""

    def __init__(self, every: int, action: Action) -> None:
        self.every, self.action = every, action

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Calls the action."""
        self.action(trainer, costs)


def hooks_of(hooks: Sequence[Hook | Action]) -> list[Hook]:
    """Hooks; a function `f(trainer, costs)` among them is called after every round.

    Raises:
        TypeError: They are no hooks; the message says what to write.
    """
    if not isinstance(hooks, Sequence):
        raise TypeError(f"hooks is a {type(hooks).__name__}; expected a list of them: write hooks=[...]")
    for hook in hooks:
        if isinstance(hook, type) or not callable(hook):
            name = f"the class {hook.__name__}" if isinstance(hook, type) else repr(hook)
            raise TypeError(f"a hook is {name}; expected a Hook, or a function f(trainer, costs)")
        if not _takes_both(hook):
            raise TypeError(f"a hook takes {inspect.signature(hook)}; expected a function f(trainer, costs)")
    return [hook if isinstance(hook, Hook) else Every(1, hook) for hook in hooks]


def _takes_both(hook: Hook | Action) -> bool:
    """Whether it can be called as one, as far as can be seen: functions written in C do not say."""
    try:
        inspect.signature(hook).bind(None, None)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


class GradientCheck(Hook):
    """Finds parameters that are trained in name only.

    A parameter without a gradient in its player's first two moves of a phase stops the run. One whose gradient is
    exactly zero in each of the first `moves` moves is a warning.

    Raises:
        RuntimeError: The cost of a player does not depend on a parameter it controls.
    """

    def __init__(self, moves: int = 20) -> None:
        self.moves = moves
        self._phase = 0
        self._counts: Counter[str] = Counter()
        self._moved: dict[str, Tensor] = {}

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Looks at the gradients the optimizers have just used."""
        if self._phase != trainer.state.phase:
            self._phase, self._counts, self._moved = trainer.state.phase, Counter(), {}
        for player in costs:
            if self._counts[player] < self.moves and player in trainer.phase.optimizers:
                self._counts[player] += 1
                self._look(player, trainer.phase.game.strategy(player))

    def _look(self, player: str, strategy: Mapping[str, Tensor]) -> None:
        number = self._counts[player]
        for name, p in strategy.items():
            if p.grad is not None:
                moved = p.grad.detach().ne(0).any()
                self._moved[name] = moved | self._moved[name].to(moved.device) if name in self._moved else moved
            elif number == 2 and name not in self._moved:  # a lazy penalty gives one now and then
                raise RuntimeError(
                    f"{name!r} has no gradient in move {number} of {player!r}, whose cost does not depend on it. "
                    "Use it in the cost, or freeze it with requires_grad_(False)"
                )
        if number == self.moves and (still := [n for n in strategy if n in self._moved and not self._moved[n]]):
            warnings.warn(
                f"the gradient was exactly zero in all of the first {number} moves for {still}. This is right for a "
                "critic's output bias under Wasserstein and relativistic losses, which cancel it. Otherwise look for a "
                "dead unit or a zero weight",
                stacklevel=2,
            )

    def state_dict(self) -> dict[str, Any]:
        """Who has moved how often, and which parameters have had a gradient."""
        return {"phase": self._phase, "counts": dict(self._counts), "moved": self._moved}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back a state."""
        self._phase, self._counts, self._moved = state["phase"], Counter(state["counts"]), dict(state["moved"])


class LearningRate(Hook):
    """Multiplies learning rates in the course of a phase.

    Args:
        schedules: For each player, a function from the share of `rounds` that the phase has finished to a factor of
            the rates that its optimizer's groups began with.
        rounds: How many rounds the schedules stretch over.

    Raises:
        ValueError: No phase has an optimizer for a player that is named.
    """

    def __init__(self, schedules: Mapping[str, Schedule], rounds: int) -> None:
        self.schedules, self.rounds = schedules, rounds

    def start(self, trainer: Playing) -> None:
        """Sets the rates of the first round."""
        known = {player for phase in trainer.phases for player in phase.optimizers}
        if unknown := sorted(self.schedules.keys() - known):
            raise ValueError(f"there are learning rates for {unknown}, but optimizers for {sorted(known)}")
        self(trainer, {})

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Sets the rates of the next round."""
        phase, number = trainer.upcoming()
        for player in self.schedules.keys() & phase.optimizers.keys():
            factor = self.schedules[player](number / self.rounds)
            for group in phase.optimizers[player].param_groups:
                group["lr"] = factor * group.setdefault("initial_lr", group["lr"])


class Averaging(Hook, Generic[M]):
    """A running average of a module's parameters and of its norms' statistics; other buffers are copied.

    Args:
        sampler: Live modules, such as `game.sampler()` or a whole game; `self.sampler` is the averaged copy, to read
            and to sample from.
    """

    def __init__(self, sampler: M) -> None:
        self.live = sampler
        self.sampler: M = copy.deepcopy(sampler).requires_grad_(False)
        self._lists: tuple[list[Tensor], ...] = ()

    @abstractmethod
    def weight(self, trainer: Playing) -> float:
        """The share of the present state in the average, 0 to 1."""

    def start(self, trainer: Playing) -> None:
        """Looks at which tensors there are."""
        mine, theirs = ({**dict(s.named_parameters()), **dict(s.named_buffers())} for s in (self.sampler, self.live))
        averaged = averaged_of(self.live)
        copied = mine.keys() - averaged
        self._lists = tuple([s[n].detach() for n in names] for names in (averaged, copied) for s in (mine, theirs))

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Moves the average towards the live module."""
        averages, lives, copies, originals = self._lists
        torch._foreach_lerp_(averages, lives, self.weight(trainer))
        for copied, original in zip(copies, originals, strict=True):
            copied.copy_(original)

    def state_dict(self) -> dict[str, Any]:
        """The averages."""
        return tensors_of(self.sampler)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes back the averages."""
        self.sampler.load_state_dict(state)


class Average(Averaging[M]):
    """An exponential moving average.

    The weight of a state halves every `half_life` images, or every `ramp` of the images seen so far where that is
    sooner, so that the start is forgotten (as in the training code of Karras et al. 2022,
    https://arxiv.org/abs/2206.00364).

    Args:
        sampler: As in `Averaging`.
        half_life: In images.
        ramp: A share of the images seen.
    """

    def __init__(self, sampler: M, half_life: float, ramp: float = 0.05) -> None:
        super().__init__(sampler)
        self.half_life, self.ramp = half_life, ramp

    def weight(self, trainer: Playing) -> float:
        """How much of the average a batch forgets."""
        half_life = min(self.half_life, self.ramp * trainer.state.images)
        return 1.0 - 0.5 ** (trainer.phase.batch / half_life) if half_life else 1.0


class UniformAverage(Averaging[M]):
    """The mean of the states after all rounds but the first `skip` (Polyak and Juditsky 1992)."""

    def __init__(self, sampler: M, skip: int = 0) -> None:
        super().__init__(sampler)
        self.skip = skip

    def weight(self, trainer: Playing) -> float:
        """One of as many as there are."""
        return 1.0 / max(1, trainer.state.round - self.skip)


def averaged_of(module: nn.Module) -> list[str]:
    """The names of what is averaged: parameters, and the running means and variances of norms."""
    norms = [path for path, part in module.named_modules() if isinstance(part, _NormBase)]
    statistics = {f"{path}.{name}".lstrip(".") for path in norms for name in ("running_mean", "running_var")}
    return [n for n, _ in module.named_parameters()] + [n for n, _ in module.named_buffers() if n in statistics]


class TimeLimit(Hook):
    """Stops the trainer after so many seconds of play."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = math.inf

    def start(self, trainer: Playing) -> None:
        """Starts the clock."""
        self._end = time.monotonic() + self.seconds

    def __call__(self, trainer: Playing, costs: Mapping[str, Cost]) -> None:
        """Stops when time is over."""
        if time.monotonic() >= self._end:
            trainer.stop()


METHODS = (
    Method(
        name="averages of iterates",
        category="dynamics",
        python="hooks.UniformAverage(sampler), hooks.Average(sampler, half_life=10_000)",
        papers=(Paper("Polyak and Juditsky", 1992, "https://doi.org/10.1137/0330046"),),
    ),
)
