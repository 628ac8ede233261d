"""Penalties with their weights, and penalties that are not due in each round."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from numbers import Real
from types import FunctionType
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from sparring.machine.fitting import fitted
from sparring.penalties.critique import Critique, Generation
from sparring.schedules import Schedule

__all__ = ["GeneratorPenalty", "Lazy", "Penalties", "Penalty", "Weight"]

Penalty = Callable[[Critique], Tensor | None]
"""A penalty on the discriminator, [B]; None in a round in which it is not due."""

GeneratorPenalty = Callable[[Generation], Tensor | None]
"""The same on the generator."""

Weight = float | Schedule
"""The weight of a penalty, or a schedule: a function from the share of the rounds that is done, 0 to 1, to it."""

Evaluation = TypeVar("Evaluation", Critique, Generation)


def name_of(penalty: Callable[..., object]) -> str:
    """The name of a penalty's term."""
    return getattr(penalty, "__name__", type(penalty).__name__)


class Penalties(Generic[Evaluation]):
    """What a player minimises besides its loss.

    Args:
        weights: Penalties and their weights.

    Attributes:
        modules: Those that are modules; they belong to the player.

    Raises:
        TypeError: They are no penalties with weights; the message says what to write.
        ValueError: Two penalties, or a penalty and the loss, have the same name.
    """

    def __init__(self, weights: Mapping[Callable[[Evaluation], Tensor | None], Weight] | None = None) -> None:
        self.weights: dict[Callable[[Evaluation], Tensor | None], Weight] = _weighted(weights)
        names = ["loss", *map(name_of, self.weights)]
        if len(set(names)) < len(names):
            raise ValueError(f"the terms would be {names}; expected different names: define each by its own `def`")
        self.modules = nn.ModuleList(penalty for penalty in self.weights if isinstance(penalty, nn.Module))

    def __call__(self, evaluate: Callable[[], Evaluation]) -> dict[str, Tensor]:
        """The terms of those that are due, by name; without any, nothing is evaluated."""
        if not self.weights:
            return {}
        at, terms = evaluate(), {}
        for penalty, weight in self.weights.items():
            value = penalty(at)
            if value is not None:
                terms[name_of(penalty)] = value.mean() * (weight(at.round.progress) if callable(weight) else weight)
        return terms

    def point(self, samples: Tensor) -> Tensor:
        """The samples, as a tensor of its own at which penalties, if there are any, can differentiate."""
        return samples.view_as(samples).requires_grad_() if self.weights else samples

    def exactly(self, critic: nn.Module, x: Tensor, *given: Tensor) -> Any:
        """What a critic gives; if there are penalties, all of it in the samples' precision."""
        if not self.weights:
            return fitted("discriminator", critic, "samples", x, *given)
        with torch.autocast(x.device.type, enabled=False):
            return fitted("discriminator", critic, "samples", x, *given)


def _weighted(weights: Any) -> dict[Any, Weight]:
    """Penalties and their weights, made sure of."""
    if weights is None:
        return {}
    if not isinstance(weights, Mapping):
        raise TypeError(
            f"the penalties are {_called(weights)}; expected each with its weight: write {{penalties.r1: 0.5}}"
        )
    for penalty, weight in weights.items():
        if isinstance(penalty, type) or not callable(penalty):
            known = penalty in dir(importlib.import_module("sparring.penalties"))
            raise TypeError(
                f"a penalty is {_called(penalty)}; expected a function of penalties, or a module: write "
                f"{{penalties.{penalty if known else 'r1'}: {weight}}}"
            )
        if not (callable(weight) or isinstance(weight, Real | Tensor)):
            raise TypeError(f"the weight of {name_of(penalty)} is {weight!r}; expected a number or a schedule")
    return dict(weights)


def _called(value: object) -> str:
    """What a wrong value is called."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, FunctionType):
        return f"the function {value.__name__}"
    return repr(value) if isinstance(value, str | Real) else f"a {type(value).__name__}"


class Lazy(nn.Module, Generic[Evaluation]):
    """A penalty every so many rounds, and then so many times as heavy (Karras et al. 2020, appendix B).

    https://arxiv.org/abs/1912.04958. It saves time where a penalty is dear; on toys it is not worth its noise.

    Args:
        penalty: What is computed now and then; if it is a module, it is part of the game.
        every: Rounds from one time to the next.

    Raises:
        ValueError: `every` is less than 1.
    """

    def __init__(self, penalty: Callable[[Evaluation], Tensor | None], every: int) -> None:
        super().__init__()
        if every < 1:
            raise ValueError(f"a lazy penalty is due every {every} rounds; expected 1 or more")
        self.penalty: Callable[[Evaluation], Tensor | None] = penalty
        self.every = every

    @property
    def __name__(self) -> str:
        """That of the penalty."""
        return name_of(self.penalty)

    def forward(self, at: Evaluation) -> Tensor | None:
        """The penalty times `every`, [B], or None."""
        value = None if at.round.number % self.every else self.penalty(at)
        return None if value is None else self.every * value
