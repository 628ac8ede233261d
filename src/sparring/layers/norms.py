"""Norms by name: what follows each convolution, what is done with the whole network, and how a batch begins it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from torch import Tensor, nn

from sparring.layers.batch_norm import BatchNorm2d
from sparring.layers.reference_norm import ReferenceBatchNorm, Referenced, VirtualBatchNorm
from sparring.layers.spectral import spectral
from sparring.layers.weight_norm import initialise_by, weight_norm

__all__ = ["NORMS", "Choice", "Norm", "norm", "tiny"]

M = TypeVar("M", bound=nn.Module)


def _as_it_is(network: M, *batch: Tensor) -> M:
    return network


@dataclass(frozen=True)
class Norm:
    """A way to normalise a network of convolutions.

    Attributes:
        layer: Makes the norm of a number of channels C, from [B, C, H, W] to the same; None for biases instead.
        whole: What becomes of the network after its weights have been drawn; it is changed in place.
        begun: The network to train, made of it and of a batch that it could be called with: the reference batch of a
            network with reference or virtual batch norm, the batch that initialises one with weight norm.
    """

    layer: Callable[[int], nn.Module] | None = None
    whole: Callable[[nn.Module], nn.Module] = _as_it_is
    begun: Callable[..., nn.Module] = _as_it_is

    def after(self, channels: int) -> list[nn.Module]:
        """The layers that follow a convolution: one, or none."""
        return [] if self.layer is None else [self.layer(channels)]


NORMS: Mapping[str, Norm] = {
    "batch": Norm(BatchNorm2d),
    "layer": Norm(partial(nn.GroupNorm, 1)),
    "instance": Norm(lambda channels: nn.GroupNorm(channels, channels)),
    "reference": Norm(ReferenceBatchNorm, begun=Referenced),
    "virtual": Norm(VirtualBatchNorm, begun=Referenced),
    "spectral": Norm(whole=spectral),
    "weight": Norm(whole=weight_norm, begun=initialise_by),
    "none": Norm(),
}
"""Batch norm (Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167), layer norm over channels and places (Ba et al.
2016, https://arxiv.org/abs/1607.06450), instance norm (Ulyanov et al. 2016, https://arxiv.org/abs/1607.08022), with
gains and biases all; the others stand in files of their own. Instance norm is a group norm with a group for each
channel: the third derivatives of torch's `InstanceNorm2d` are wrong (seen with torch 2.13.0). Rules that differentiate
the gradient of a penalty on gradients, such as consensus, need them."""

Choice = str | Callable[[int], nn.Module] | None
"""A name among `NORMS`, what makes the norm of a number of channels, or None for none."""


def norm(choice: Choice) -> Norm:
    """The norm that somebody chose.

    Raises:
        ValueError: There is none of that name.

    Example:
        >>> type(norm("virtual").after(6)[0]).__name__
        'VirtualBatchNorm'
    """
    if not isinstance(choice, str):
        return Norm(choice)
    if choice not in NORMS:
        raise ValueError(f"there is no norm {choice!r}; expected one of {', '.join(NORMS)}")
    return NORMS[choice]


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Nothing: the networks that take a norm are in `networks`, the layers in files of their own."""
    return []
