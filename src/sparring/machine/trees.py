"""Trees of tensors: put on a device, compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

__all__ = ["differing", "placed"]


def placed(tree: Any, device: torch.device) -> Any:
    """The tree of dicts, lists and tuples with its tensors on a device."""
    match tree:
        case Tensor():
            return tree.to(device)
        case dict():
            return {key: placed(value, device) for key, value in tree.items()}
        case list() | tuple():
            return type(tree)(placed(value, device) for value in tree)
    return tree


def differing(mine: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> list[str]:
    """The first few names whose tensors have not the same shape on both sides."""
    shapes, others = ({name: tensor.shape for name, tensor in side.items()} for side in (mine, theirs))
    return sorted(name for name in shapes.keys() | others.keys() if shapes.get(name) != others.get(name))[:5]
