"""Spectral norm: weights divided by their largest singular value, so that no layer makes a difference larger.

Miyato et al. (2018), https://arxiv.org/abs/1802.05957: algorithm 1, one step of power iteration a turn. Here its state
is one vector u, and the estimate of the largest singular value is ||W^T u||, a function of W and u alone, whose
gradient is the one of the paper. u moves after everybody has moved, so that a cost is the same however often a round
asks for it.
"""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils import parametrize

from sparring.game import playing
from sparring.methods import Method, Paper
from sparring.samplers import Settling

__all__ = ["METHODS", "SpectralNorm", "spectral", "tiny"]

M = TypeVar("M", bound=nn.Module)

_PLAIN = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.Embedding)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def spectral(network: M) -> M:
    """The network itself, every weight of whose linear, convolutional and embedding layers has the spectral norm 1.

    Do this last, after the weights have been drawn. What trains is `parametrizations.weight.original` of each layer,
    and u is beside it in the state. Other parameters, such as biases and the gains of norms, stay as they are. So the
    weights of `layers.upsampling` are those of their 3 x 3 kernels.

    Raises:
        ValueError: There is no such layer, or one of them has a parametrized weight already.

    Example:
        >>> layer = spectral(nn.Linear(3, 5))
        >>> bool(torch.linalg.svdvals(layer.weight)[0].sub(1).abs() < 1e-5)
        True
    """
    layers = [layer for layer in network.modules() if isinstance(layer, _PLAIN + _TRANSPOSED)]
    if not layers:
        raise ValueError(f"{type(network).__name__} has no linear, convolutional or embedding layer to normalise")
    if any(parametrize.is_parametrized(layer, "weight") for layer in layers):
        raise ValueError(f"weights of {type(network).__name__} are parametrized already; expected plain ones")
    for layer in layers:
        norm = SpectralNorm(layer, int(isinstance(layer, _TRANSPOSED)))
        parametrize.register_parametrization(layer, "weight", norm, unsafe=True)
        norm.settle()
    return network


class SpectralNorm(Settling):
    """What `spectral` puts between a layer's parameter and its weight.

    A weight is looked at as a matrix [outputs, inputs times the kernel], of an embedding as [entries, features]. In
    training u moves by one step of power iteration after each turn; outside a game it does so whenever the weight is
    asked for, as in `torch.nn.utils.parametrizations.spectral_norm`.

    Args:
        layer: Whose `weight` it is.
        outputs: The dimension of the outputs in it: 1 of transposed convolutions, else 0.

    Attributes:
        u: An estimate of the first left singular vector, [outputs].
    """

    u: Tensor

    def __init__(self, layer: nn.Module, outputs: int) -> None:
        super().__init__()
        self.outputs, self._of = outputs, (layer,)  # in a tuple it is no part of this module
        weight: Tensor = layer.weight  # type: ignore[assignment]
        self.register_buffer("u", torch.zeros_like(self._matrix(weight.detach())[:, 0]))

    def forward(self, weight: Tensor) -> Tensor:
        """The weight over its norm, of any shape."""
        round = playing()
        if self.training and round is None:
            self.iterate()
        elif self.training and round is not None:
            round.afterwards(self, self.iterate)
        with torch.autocast(weight.device.type, enabled=False):
            size = torch.linalg.vector_norm(self._matrix(weight).T @ self.u.clone())  # u moves, graphs stay
            normal: Tensor = weight / size.clamp_min(torch.finfo(size.dtype).tiny)
        return normal

    @torch.no_grad()
    def iterate(self) -> None:
        """Moves u by one step of power iteration, W W^T u over its length."""
        matrix = self._present()
        self.u.copy_(normalize(matrix @ normalize(matrix.T @ self.u, dim=0), dim=0))

    @torch.no_grad()
    def settle(self) -> None:
        """Makes u the first left singular vector of the present weight."""
        self.u.copy_(torch.linalg.svd(self._present(), full_matrices=False).U[:, 0])

    def _present(self) -> Tensor:
        """The matrix of the parameter as it is now."""
        held: Tensor = self._of[0].parametrizations.weight.original  # type: ignore[union-attr, assignment]
        return self._matrix(held.detach())

    def _matrix(self, weight: Tensor) -> Tensor:
        return weight.movedim(self.outputs, 0).flatten(1)


METHODS = (
    Method(
        name="SNGAN",
        python="GAN(..., discriminator=layers.spectral.spectral(discriminator))",
        papers=(Paper("Miyato et al.", 2018, "https://arxiv.org/abs/1802.05957"),),
        command="sparring train hinge",
        record="costs",
        measured="hinge, best",
    ),
)


class _Embedded(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table, self.last = nn.Embedding(7, 4), nn.Linear(4, 2)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.last(self.table((x * 3).long().abs() % 7).sum(1))
        return y


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks with the shapes of one input and one output."""
    linear = nn.Sequential(nn.Linear(4, 3), nn.LeakyReLU(0.2), nn.Linear(3, 2))
    picture = nn.Sequential(nn.ConvTranspose2d(2, 3, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(3, 1, 3))
    return [
        (spectral(linear), (4,), (2,)),
        (spectral(picture), (2, 3, 3), (1, 4, 4)),
        (spectral(_Embedded()), (5,), (2,)),
    ]
