"""A network with the features of one of its layers: what it gives and what it thinks, in one tensor."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["WithFeatures", "tiny"]


class WithFeatures(nn.Module):
    """A network, and beside each row of its output the output of a layer inside it.

    Of a discriminator that is what `losses.FeatureMatching` reads. The layer is asked while the network runs, so the
    features cost nothing, and nothing of them is kept.

    Args:
        network: From samples [B, ...] to numbers [B] or [B, N].
        layer: The name of a layer inside it, as `network.named_modules()` has it, such as "layers.7".

    Raises:
        ValueError: The network has no such layer.

    Example:
        >>> critic = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 1), nn.Flatten(0))
        >>> WithFeatures(critic, "1")(torch.zeros(8, 2)).shape
        torch.Size([8, 6])
    """

    def __init__(self, network: nn.Module, layer: str) -> None:
        super().__init__()
        names = [name for name, _ in network.named_modules() if name]
        if layer not in names:
            raise ValueError(f"the layer is {layer!r}; expected one of {', '.join(map(repr, names))}")
        self.network, self.layer = network, layer

    def forward(self, x: Tensor, *given: Any) -> Tensor:
        """[B, N + K]: the network's output for samples [B, ...], then the layer's, with K numbers each."""
        output, features = self.both(x, *given)
        return torch.cat([output.reshape(len(x), -1), features.flatten(1)], 1)

    def both(self, x: Tensor, *given: Any) -> tuple[Any, Tensor]:
        """The network's output for samples [B, ...], as it is, and the layer's [B, ...].

        Raises:
            RuntimeError: The layer did not run, or ran twice.
        """
        seen: list[Tensor] = []
        look = lambda _, __, output: seen.append(output.clone())  # noqa: E731 - the next layer may work in place
        with self.network.get_submodule(self.layer).register_forward_hook(look):
            output = self.network(x, *given)
        if len(seen) != 1:
            raise RuntimeError(f"the layer {self.layer!r} ran {len(seen)} times; expected once, for each sample")
        return output, seen[0]


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    linear = nn.Sequential(nn.Linear(4, 3), nn.LeakyReLU(0.2, inplace=True), nn.Linear(3, 1), nn.Flatten(0))
    picture = nn.Sequential(nn.Conv2d(1, 2, 3), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(18, 2))
    return [(WithFeatures(linear, "0"), (4,), (4,)), (WithFeatures(picture, "1"), (1, 5, 5), (20,))]
