"""A multilayer perceptron."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from torch import Tensor, nn

__all__ = ["MLP", "tiny"]


class MLP(nn.Module):
    """Linear layers with an activation between them, from [B, ...] (flattened) to [B, sizes[-1]].

    Args:
        *sizes: The numbers of units, input first: `MLP(2, 128, 128, 1)`.
        activation: Makes the activation.
        logits: Whether to give [B] instead of [B, 1], as a discriminator must.
    """

    def __init__(self, *sizes: int, activation: Callable[[], nn.Module] = nn.ReLU, logits: bool = False) -> None:
        super().__init__()
        if len(sizes) < 2 or min(sizes) < 1 or (logits and sizes[-1] != 1):
            raise ValueError(f"sizes are {sizes}; expected two or more positive numbers, the last of them 1 for logits")
        layers: list[nn.Module] = [nn.Flatten()]
        for n_in, n_out in pairwise(sizes):
            layers += [nn.Linear(n_in, n_out), activation()]
        self.layers = nn.Sequential(*layers[:-1], *([nn.Flatten(0)] if logits else []))

    def forward(self, x: Tensor) -> Tensor:
        """[B, ...] to [B, sizes[-1]], or [B]."""
        y: Tensor = self.layers(x)
        return y


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    return [(MLP(3, 8, 2), (3,), (2,)), (MLP(4, 8, 1, logits=True), (1, 2, 2), ())]
