"""Arithmetic of gradients by the names of parameters, in which None is nothing."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from sparring.dynamics.gradients import Field, Gradient
from sparring.game import Cost

__all__ = ["costs", "joint", "kept", "plus", "present", "product"]

Slope = Mapping[str, Tensor | None]


def plus(slope: Slope, weight: float | Tensor, other: Slope) -> Gradient:
    """`slope + weight other`, for the names of `slope`, without graphs."""
    return {name: _sum(value, weight, other.get(name)) for name, value in slope.items()}


def _sum(value: Tensor | None, weight: float | Tensor, other: Tensor | None) -> Tensor | None:
    if other is None:
        return None if value is None else value.detach()
    return (weight * other if value is None else value + weight * other).detach()


def present(slope: Slope) -> dict[str, Tensor]:
    """The gradients that are there."""
    return {name: value for name, value in slope.items() if value is not None}


def kept(slope: Slope) -> dict[str, Tensor]:
    """Copies of the gradients that are there, to remember: updates change gradients in place."""
    return {name: value.detach().clone() for name, value in present(slope).items()}


def product(slope: Slope, other: Slope) -> Tensor:
    """The inner product, a scalar, over the names that both have; with the graphs behind them."""
    first, second = present(slope), present(other)
    terms = [(first[name] * second[name]).sum() for name in first if name in second]
    return torch.stack(terms).sum()


def joint(field: Field) -> Gradient:
    """The gradients of all players as one."""
    return {name: value for _, slope in field.values() for name, value in slope.items()}


def costs(field: Field) -> dict[str, Cost]:
    """The costs alone, detached: what a rule returns."""
    return {player: cost.detach() for player, (cost, _) in field.items()}
