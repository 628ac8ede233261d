"""What is said where a network does not fit what it is given: which layer, what it takes, what it got."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import is_parametrized

__all__ = ["alike", "fitted", "modules"]


def fitted(role: str, network: nn.Module, what: str, *inputs: Any) -> Any:
    """What a network gives; an error of torch that comes of a size is explained.

    Args:
        role: What the network is in its game.
        network: It.
        what: What it is given.
        *inputs: The same, a tensor [B, ...] first.

    Raises:
        ValueError: The network cannot take it.
    """
    try:
        return network(*inputs)
    except RuntimeError as error:
        if not (why := _misfit(network, inputs)):
            raise
        raise ValueError(
            f"the {role} cannot take {what} of shape {list(inputs[0].shape)}: {why}. Give it {what} of that size, or "
            "build it for these"
        ) from error


def modules(**networks: nn.Module) -> tuple[nn.Module, ...]:
    """Networks by their roles, made sure to be modules.

    Raises:
        TypeError: One is something else; the message says what to write.
    """
    for role, network in networks.items():
        if isinstance(network, type):
            got, line = f"the class {network.__name__}", f"write {role}={network.__name__}(...)"
        else:
            got, line = f"a {type(network).__name__}", f"write {role}=MLP(...), or a class of your own"
        if not isinstance(network, nn.Module):
            raise TypeError(f"the {role} is {got}; expected an nn.Module, whose parameters are trained: {line}")
    return tuple(networks.values())


def alike(real: Tensor, generated: Tensor) -> None:
    """Makes sure that samples have the shape of real examples, without a look at their values.

    Tokens, which are integers, a game turns into something else before it compares them.

    Raises:
        ValueError: They have another one.
    """
    if real.is_floating_point() and real.shape[1:] != generated.shape[1:]:
        raise ValueError(
            f"the generator makes samples of shape {list(generated.shape[1:])}, real examples have "
            f"{list(real.shape[1:])}; expected the same: build the generator for {tuple(real.shape[1:])}"
        )


def _misfit(network: nn.Module, inputs: Sequence[Any]) -> str:
    """Which layer fails and why, from one more pass; "" if its size is not the reason."""
    entered: list[tuple[str, nn.Module, Tensor]] = []
    handles = [
        layer.register_forward_pre_hook(lambda layer, given, name=name: entered.append((name, layer, given[0])))
        for name, layer in network.named_modules()
        if is_parametrized(layer) or not ([*layer.children()] or "parametrizations" in name.split("."))
    ]
    try:
        with torch.no_grad():
            network(*inputs)
    except RuntimeError:
        return _told(*entered[-1]) if entered else ""
    finally:
        for handle in handles:
            handle.remove()
    return ""


def _told(name: str, layer: nn.Module, given: Tensor) -> str:
    """What a layer takes, and what it got; "" if that is not the trouble."""
    sort, got = type(layer).__name__.removeprefix("Parametrized"), list(given.shape)  # so torch calls one with a norm
    own = f"its layer {name!r}, {sort}," if name else sort
    if isinstance(layer, nn.Linear) and got[-1] != layer.in_features:
        return f"{own} takes {layer.in_features} numbers and got {got[-1]}"
    if isinstance(layer, nn.Unflatten):
        size = math.prod(layer.unflattened_size)
        return "" if size in got[1:] else f"{own} takes {size} numbers and got {got[-1]}"
    channels = getattr(layer, "in_channels", None)
    weight = getattr(layer, "weight", None)
    if channels is None or not isinstance(weight, Tensor):
        return ""
    if given.ndim != weight.ndim:
        ones = ", 1" * (weight.ndim - 2)
        return (
            f"{own} takes {weight.ndim} dimensions and got {got}, so nn.Unflatten(1, ({channels}{ones})) may be "
            "missing before it"
        )
    return "" if got[1] == channels else f"{own} takes {channels} channels and got {got[1]}"
