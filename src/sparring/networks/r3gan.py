"""The residual networks of R3GAN: no norm, grouped convolutions inside inverted bottlenecks.

Huang et al. (2024), "The GAN is dead; long live the GAN!", https://arxiv.org/abs/2501.05441, configuration E. Layers
and first weights follow the authors' code as copies of it have it (https://github.com/brownvc/R3GAN itself is
unchecked). Departures: sizes other than 4 x 4 to begin with, such as 7 x 7 for 28 pixels; the presets are small, and
they have fewer blocks; no attention, no classes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

import torch
from torch import Tensor, nn

from sparring.layers.pointwise import Pointwise
from sparring.layers.resampling import Doubled, Halved

__all__ = ["CIFAR10", "PRESETS", "Block", "Discriminator", "Generator", "Plan", "preset", "tiny"]

Shape = tuple[int, int, int]
M = TypeVar("M", bound=nn.Conv2d | nn.Linear)
_SLOPE = 0.2
_GAIN = math.sqrt(2 / (1 + _SLOPE**2))


@dataclass(frozen=True)
class Plan:
    """How large a network is.

    Attributes:
        widths: Channels of each stage, from the smallest picture to the largest; each stage doubles the sides.
        blocks: Residual blocks of each stage.
        group: Channels that a 3 x 3 convolution mixes.
        expansion: How many times as many channels it works on.

    Raises:
        ValueError: The stages do not match, or the channels cannot be grouped so.
    """

    widths: tuple[int, ...]
    blocks: tuple[int, ...]
    group: int = 16
    expansion: int = 2

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.blocks) or len(self.widths) < 2 or sum(self.blocks) < 1:
            raise ValueError(f"got {self}; expected two stages or more, with a width and a number of blocks each")
        if any(width < 1 or width * self.expansion % self.group for width in self.widths):
            raise ValueError(f"got {self}; expected widths that, times the expansion, are multiples of the group")

    def smallest(self, shape: Shape) -> tuple[int, int]:
        """Height and width at the first stage, of pictures [C, H, W].

        Raises:
            ValueError: The sides are no multiples of it.
        """
        factor = 2 ** (len(self.widths) - 1)
        if any(side % factor or not side for side in shape[1:]) or shape[0] < 1:
            raise ValueError(
                f"got pictures of {shape[0]} x {shape[1]} x {shape[2]} (channels, height, width). Expected sides that "
                f"are multiples of {factor} for {len(self.widths)} stages: resize the pictures, or take another plan"
            )
        return shape[1] // factor, shape[2] // factor

    def stages(self) -> list[list[nn.Module]]:
        """New blocks of each stage."""
        total = sum(self.blocks)
        return [
            [Block(width, total, self.group, self.expansion) for _ in range(count)]
            for width, count in zip(self.widths, self.blocks, strict=True)
        ]


CIFAR10 = Plan((768, 768, 768, 768), (2, 2, 2, 2))
"""What the paper has for CIFAR-10 at 32 pixels: 20.7 million parameters in each network."""

PRESETS: Mapping[int, Plan] = MappingProxyType(
    {
        28: Plan((64, 32, 8), (1, 1, 1)),
        32: Plan((64, 32, 16, 8), (1, 1, 1, 1)),
        64: Plan((64, 32, 16, 8, 4), (1, 1, 1, 1, 1), 8),
    }
)
"""Small plans by the side of a picture, in pixels, for two CPU cores."""


class Block(nn.Module):
    """x + a bottleneck of 1 x 1, grouped 3 x 3 and 1 x 1 convolutions, the last of which begins at 0.

    The others begin with N(0, gain^2 / fan_in), gain that of the leaky ReLU times total^(-1/4) (Zhang et al. 2019,
    https://arxiv.org/abs/1901.09321, for three layers a block).

    Args:
        width: Channels C.
        total: Blocks in the whole network.
        group: Channels that the 3 x 3 convolution mixes.
        expansion: How many times as many channels it works on.
    """

    def __init__(self, width: int, total: int, group: int = 16, expansion: int = 2) -> None:
        super().__init__()
        inner, gain = width * expansion, _GAIN * total**-0.25
        self.layers = nn.Sequential(
            _scaled(Pointwise(width, inner), gain),
            nn.LeakyReLU(_SLOPE),
            _scaled(nn.Conv2d(inner, inner, 3, padding=1, groups=inner // group), gain),
            nn.LeakyReLU(_SLOPE),
        )
        self.zero = _scaled(Pointwise(inner, width, bias=False), 0.0)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to the same shape."""
        y: Tensor = x + self.zero(self.layers(x))
        return y


class Generator(nn.Module):
    """From latents [B, latent] to pictures [B, C, H, W], not bounded: nothing comes after the last convolution.

    Args:
        shape: Channels, height and width of a picture.
        plan: How large the network is; of its own preset without.
        latent: The size of the latent.

    Attributes:
        basis: A picture for each channel of the first stage, which the latent weighs.

    Raises:
        ValueError: The picture does not fit the plan, or has no preset.
    """

    def __init__(self, shape: Shape, plan: Plan | None = None, latent: int = 64) -> None:
        super().__init__()
        plan = plan or preset(shape)
        self.basis = nn.Parameter(torch.randn(plan.widths[0], *plan.smallest(shape)))
        self.first = _scaled(nn.Linear(latent, plan.widths[0], bias=False))
        first, *stages = plan.stages()
        for (before, after), blocks in zip(pairwise(plan.widths), stages, strict=True):
            first += [*_changed(before, after), Doubled(), *blocks]
        self.layers = nn.Sequential(*first, _scaled(Pointwise(plan.widths[-1], shape[0], bias=False)))

    def forward(self, z: Tensor) -> Tensor:
        """[B, latent] to [B, C, H, W]."""
        x: Tensor = self.layers(self.first(z)[:, :, None, None] * self.basis)
        return x


class Discriminator(nn.Module):
    """From pictures [B, C, H, W] to logits [B].

    Args:
        shape: Channels, height and width of a picture.
        plan: How large the network is; of its own preset without.

    Raises:
        ValueError: The picture does not fit the plan, or has no preset.
    """

    def __init__(self, shape: Shape, plan: Plan | None = None) -> None:
        super().__init__()
        plan = plan or preset(shape)
        last, *stages = plan.stages()
        layers: list[nn.Module] = [_scaled(Pointwise(shape[0], plan.widths[-1], bias=False))]
        for (after, before), blocks in reversed([*zip(pairwise(plan.widths), stages, strict=True)]):
            layers += [*blocks, Halved(), *_changed(before, after)]
        width = plan.widths[0]
        summary = _scaled(nn.Conv2d(width, width, plan.smallest(shape), groups=width, bias=False))
        logit = _scaled(nn.Linear(width, 1, bias=False))
        self.layers = nn.Sequential(*layers, *last, summary, nn.Flatten(), logit, nn.Flatten(0))

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B]."""
        logits: Tensor = self.layers(x)
        return logits


def preset(shape: Shape, width: int | None = None) -> Plan:
    """The preset for the larger side of pictures [C, H, W].

    Args:
        shape: Of a picture.
        width: Channels next to the picture, if others than the preset's; the other stages have as many times more.

    Raises:
        ValueError: There is no preset for that side, or the channels cannot be grouped.
    """
    plan = PRESETS.get(max(shape[1:]))
    if plan is None:
        raise ValueError(
            f"R3GAN got pictures of {shape[1]} x {shape[2]}; expected 28, 32 or 64. Resize the pictures, for example "
            "with --size 64. Or give a plan, such as Plan((64, 32, 16, 8), (1, 1, 1, 1))"
        )
    width = width or plan.widths[-1]
    widths = tuple(channels * width // plan.widths[-1] for channels in plan.widths)
    return Plan(widths, plan.blocks, min(plan.group, 2 * width), plan.expansion)


def _changed(before: int, after: int) -> list[nn.Module]:
    """A 1 x 1 convolution, where the numbers of channels differ."""
    return [] if before == after else [_scaled(Pointwise(before, after, bias=False))]


def _scaled(layer: M, gain: float = 1.0) -> M:
    """The layer with weights from N(0, gain^2 / fan_in) and biases of 0."""
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.weight[0].numel()))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def _awake(network: nn.Module) -> nn.Module:
    """The network with weights where zeros were, behind which nothing has a gradient."""
    for block in (module for module in network.modules() if isinstance(module, Block)):
        nn.init.normal_(block.zero.weight)
    return network


def tiny() -> list[tuple[nn.Module, tuple[int, ...], tuple[int, ...]]]:
    """Small networks, no longer at their zeros, with the shapes of one input and one output."""
    cases: list[tuple[Shape, Plan]] = [
        ((1, 28, 28), Plan((4, 4, 2), (1, 2, 0), 4)),
        ((3, 32, 32), Plan((8, 4, 4, 2), (1, 1, 1, 1), 2)),
        ((2, 6, 4), Plan((3, 2), (0, 1), 1)),
    ]
    generators = [(_awake(Generator(shape, plan, 5)), (5,), shape) for shape, plan in cases]
    return [*generators, *((_awake(Discriminator(shape, plan)), shape, ()) for shape, plan in cases)]
