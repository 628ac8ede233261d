"""Weight norm: the weight of a unit is a length g times a direction v / ||v||, and a batch sets where both begin.

Salimans and Kingma (2016), https://arxiv.org/abs/1602.07868: w = g v / ||v|| (equation 2) and data-dependent
initialisation (section 3). Here v begins as the network's weight, whatever drew it; there from N(0, .05^2).

torch's own `parametrizations.weight_norm` gives the same weights and gradients. But its second derivatives are wrong
where a unit is a row (seen with torch 2.13.0): it takes ||v|| as a constant in them. Penalties on gradients need them.
"""

from __future__ import annotations

from functools import partial
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from sparring.methods import Method, Paper

__all__ = ["METHODS", "WeightNorm", "initialise_by", "tiny", "weight_norm"]

M = TypeVar("M", bound=nn.Module)

_PLAIN = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def weight_norm(network: M) -> M:
    """The network itself, whose linear and convolutional layers train lengths and directions of their weights.

    Do this after the weights have been drawn: it changes no value. What trains is `parametrizations.weight.original0`
    of each layer, the lengths g, and `original1`, v.

    Raises:
        ValueError: There is no such layer, or one of them has a parametrized weight already.

    Example:
        >>> layer = weight_norm(nn.Linear(3, 5))
        >>> layer.parametrizations.weight.original0.shape
        torch.Size([5, 1])
    """
    layers = _layers(network)
    if not layers:
        raise ValueError(f"{type(network).__name__} has no linear or convolutional layer to normalise")
    if any(parametrize.is_parametrized(layer, "weight") for layer in layers):
        raise ValueError(f"weights of {type(network).__name__} are parametrized already; expected plain ones")
    for layer in layers:
        parametrize.register_parametrization(layer, "weight", WeightNorm(int(isinstance(layer, _TRANSPOSED))))
    return network


class WeightNorm(nn.Module):
    """What `weight_norm` puts between a layer's parameters and its weight.

    Args:
        outputs: The dimension of the units in the weight: 1 of transposed convolutions, else 0.
    """

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.outputs = outputs

    def forward(self, g: Tensor, v: Tensor) -> Tensor:
        """G v / ||v||, of the shape of v; g has one entry for each unit."""
        return v * (g / self._length(v))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        """The g and v of a weight: its lengths, and itself."""
        return self._length(weight), weight

    def _length(self, weight: Tensor) -> Tensor:
        return torch.norm_except_dim(weight, 2, self.outputs)


@torch.no_grad()
def initialise_by(network: M, *batch: Tensor) -> M:
    """The network itself; every pre-activation of its normed layers has mean 0 and variance 1 over a batch.

    With t = v . x / ||v||, which has mean mu and deviation sigma over examples and places, a unit's length is g = 1 /
    sigma and its bias -mu / sigma. One pass does it: each layer hands on what it gives from then on. The network is in
    the mode that it is in. Do it once, before training, on a few hundred examples.

    Args:
        network: After `weight_norm`.
        *batch: What it is called with, a tensor [B, ...] first.

    Raises:
        ValueError: No layer is normed, one has no bias, is asked twice, or has a unit that does not vary.
    """
    layers = [layer for layer in _layers(network) if parametrize.is_parametrized(layer, "weight")]
    if not layers or any(layer.bias is None for layer in layers):
        raise ValueError(
            f"{type(network).__name__} has {len(layers)} layers with a weight norm; expected one or more, each with a "
            "bias. Call weight_norm first, and build layers with bias=True"
        )
    seen: set[nn.Module] = set()
    hooks = [layer.register_forward_hook(partial(_initialise, seen)) for layer in layers]
    try:
        network(*batch)
    finally:
        for hook in hooks:
            hook.remove()
    return network


def _initialise(seen: set[nn.Module], layer: Any, _: object, t: Tensor) -> Tensor:
    """Takes mean and deviation out of what a layer gives, [B, C, ...] or [..., C] of linear ones, and hands on that."""
    channel = t.ndim - 1 if isinstance(layer, nn.Linear) else 1
    over = [axis for axis in range(t.ndim) if axis != channel]
    sigma, mu = torch.std_mean(t, over, correction=0, keepdim=True)
    if layer in seen or not (sigma > 0).all():
        why = "is asked twice in one pass" if layer in seen else "has a unit that gives the same for the whole batch"
        raise ValueError(f"a layer of sort {type(layer).__name__} {why}: it has no scale that suits the batch")
    seen.add(layer)
    layer.parametrizations.weight.original0.div_(sigma.view_as(layer.parametrizations.weight.original0))
    layer.bias.sub_(mu.flatten()).div_(sigma.flatten())
    return (t - mu) / sigma


def _layers(network: nn.Module) -> list[Any]:
    return [layer for layer in network.modules() if isinstance(layer, _PLAIN + _TRANSPOSED)]


METHODS = (
    Method(
        name="weight norm",
        python="layers.weight_norm.initialise_by(layers.weight_norm.weight_norm(network), batch)",
        papers=(Paper("Salimans and Kingma", 2016, "https://arxiv.org/abs/1602.07868"),),
        command="sparring train norms --generator-norm weight --discriminator-norm weight",
        record="tips",
        measured="weight norm in both",
    ),
)


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    linear = nn.Sequential(nn.Linear(4, 3), nn.LeakyReLU(0.2), nn.Linear(3, 2))
    picture = nn.Sequential(nn.ConvTranspose2d(2, 3, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(3, 1, 3))
    return [(weight_norm(linear), (4,), (2,)), (weight_norm(picture), (2, 3, 3), (1, 4, 4))]
