"""SGD and Adam as differentiable functions, for dynamics that look through an opponent's steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor

__all__ = ["SGD", "Adam", "Rule"]

Tensors = Mapping[str, Tensor]


class Rule(Protocol):
    """An update of parameters that can be differentiated, in the parameters and in the gradients."""

    def init(self, parameters: Tensors) -> dict[str, Any]:
        """The state before the first step."""
        ...

    def __call__(
        self, parameters: Tensors, gradients: Mapping[str, Tensor | None], state: dict[str, Any]
    ) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """The parameters and the state after a step. A parameter whose gradient is None stays where it is."""
        ...


@dataclass(frozen=True)
class SGD:
    """Gradient descent, with heavy-ball momentum as in `torch.optim.SGD`.

    Attributes:
        lr: The learning rate.
        momentum: The weight of the steps before, any number.
    """

    lr: float
    momentum: float = 0.0

    def init(self, parameters: Tensors) -> dict[str, Any]:
        """No velocity yet."""
        return {name: torch.zeros_like(p) for name, p in parameters.items()}

    def __call__(
        self, parameters: Tensors, gradients: Mapping[str, Tensor | None], state: dict[str, Any]
    ) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """One step."""
        velocity = {n: v if (g := gradients[n]) is None else self.momentum * v + g for n, v in state.items()}
        return {n: p if gradients[n] is None else p - self.lr * velocity[n] for n, p in parameters.items()}, velocity


@dataclass(frozen=True)
class Adam:
    """Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1), as in `torch.optim.Adam`.

    Where the second moment is 0 the step is 0, and so are its derivatives: the root has none there.

    Attributes:
        lr: The learning rate.
        betas: Decay rates of the moments.
        eps: What is added to the root of the second moment.
    """

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8

    def init(self, parameters: Tensors) -> dict[str, Any]:
        """Moments of 0, after no steps."""
        zeros = {name: torch.zeros_like(p) for name, p in parameters.items()}
        return {"steps": dict.fromkeys(parameters, 0), "first": zeros, "second": dict(zeros)}

    def __call__(
        self, parameters: Tensors, gradients: Mapping[str, Tensor | None], state: dict[str, Any]
    ) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """One step."""
        moved = {name: dict(values) for name, values in state.items()}
        there = dict(parameters)
        for name, gradient in gradients.items():
            if gradient is not None:
                t, m, v = self._moments(gradient, *(state[part][name] for part in ("steps", "first", "second")))
                moved["steps"][name], moved["first"][name], moved["second"][name] = t, m, v
                there[name] = parameters[name] - self._step(t, m, v)
        return there, moved

    def _moments(self, gradient: Tensor, steps: int, first: Tensor, second: Tensor) -> tuple[int, Tensor, Tensor]:
        b1, b2 = self.betas
        return steps + 1, b1 * first + (1 - b1) * gradient, b2 * second + (1 - b2) * gradient.square()

    def _step(self, steps: int, first: Tensor, second: Tensor) -> Tensor:
        b1, b2 = self.betas
        there = second > 0
        root = torch.where(there, second, torch.ones_like(second)).sqrt() / (1 - b2**steps) ** 0.5
        step = self.lr / (1 - b1**steps) * first / (root + self.eps)
        return torch.where(there, step, torch.zeros_like(step))
